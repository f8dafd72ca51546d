/** What an internet gateway needs, as calls. Pure. */
import type { PlanInput } from '../../kind.ts'
import { planner } from '../../kit/planning.ts'
import type { DraftCall } from '../../model.ts'
import { tagSpecifications, toAwsTags } from '../../tags.ts'
import type { InternetGatewayState } from './observe.ts'
import { fields } from './policy.ts'
import type { InternetGatewaySpec } from './spec.ts'

type Members = Record<string, unknown>

const attach = (InternetGatewayId: unknown, VpcId: unknown): DraftCall => ({
  operation: 'ec2:AttachInternetGateway',
  input: { InternetGatewayId, VpcId },
})

const detach = (InternetGatewayId: unknown, VpcId: unknown): DraftCall => ({
  operation: 'ec2:DetachInternetGateway',
  input: { InternetGatewayId, VpcId },
})

export const plan = planner<InternetGatewaySpec, InternetGatewayState>({
  fields,
  desired: ({ internetGatewayId: _, ...spec }) => spec,
  compared: ({ attachment: _, ...state }) => ({ ...state }),
  create,
  update: ({ live: { attributes, state }, whole }) => [
    ...(state.vpcId ? [detach(attributes.id, state.vpcId)] : []),
    attach(attributes.id, whole.vpcId),
  ],
  tag: ({ attributes: { id } }, tags) => [
    { operation: 'ec2:CreateTags', input: { Resources: [id], Tags: toAwsTags(tags) } },
  ],
  // While public addresses are in use in the VPC, AWS refuses the first call: not yet.
  remove: ({ attributes: { id }, state }) => [
    ...(state.vpcId ? [detach(id, state.vpcId)] : []),
    { operation: 'ec2:DeleteInternetGateway', input: { InternetGatewayId: id } },
  ],
})

function create(
  { vpcId }: Members,
  { key, tags, want }: PlanInput<InternetGatewaySpec, InternetGatewayState>,
): DraftCall[] {
  const name = want!.identity.parts.label!
  return [
    {
      operation: 'ec2:CreateInternetGateway',
      input: { TagSpecifications: tagSpecifications('internet-gateway', tags, name) },
      yields: { id: 'InternetGateway.InternetGatewayId' },
    },
    ...(vpcId ? [attach({ $hole: { key, attribute: 'id' } }, vpcId)] : []),
  ]
}
