/** What a VPC needs, as calls. Pure. */

import type { PlanInput } from '../../kind.ts'
import { toAws } from '../../kit/casing.ts'
import { planner, waits } from '../../kit/planning.ts'
import type { DraftCall } from '../../model.ts'
import { tagSpecifications, toAwsTags } from '../../tags.ts'
import { attributes } from './attributes.ts'
import type { VpcState } from './observe.ts'
import { fields } from './policy.ts'
import type { VpcSpec } from './spec.ts'

type Members = Record<string, unknown>
type Input = PlanInput<VpcSpec, VpcState>

export const plan = planner<VpcSpec, VpcState>({
  fields,
  desired: ({ vpcId: _, ...spec }) => spec,
  compared: ({ state: _, ...state }) => ({ ...state }),
  busy: ({ state }) =>
    state.state === 'pending' ? waits('Pending', 'AWS is making the VPC') : undefined,
  create,
  update: ({ live, whole, changed }) => [
    ...modifications(live.attributes.id, whole, (member) => changed.has(member)),
  ],
  tag: ({ attributes: { id } }, tags) => [
    { operation: 'ec2:CreateTags', input: { Resources: [id], Tags: toAwsTags(tags) } },
  ],
  remove: ({ attributes: { id } }) => [{ operation: 'ec2:DeleteVpc', input: { VpcId: id } }],
})

function create(members: Members, { key, tags, want }: Input): DraftCall[] {
  const request = Object.fromEntries(
    Object.entries(members).filter(([name]) => !attributes.some(({ member }) => member === name)),
  )
  return [
    {
      operation: 'ec2:CreateVpc',
      input: {
        ...(toAws(request) as Members),
        TagSpecifications: tagSpecifications('vpc', tags, want!.identity.parts.label!),
      },
      yields: { id: 'Vpc.VpcId' },
    },
    ...modifications(
      { $hole: { key, attribute: 'id' } },
      members,
      (member) => members[member] !== undefined && members[member] !== fields[member]?.default,
    ),
  ]
}

/** One call for each attribute. Support is switched on before hostnames, which need it, and off after them. */
function* modifications(
  VpcId: unknown,
  members: Members,
  differs: (member: string) => boolean,
): Generator<DraftCall> {
  const order = members.enableDnsSupport === false ? [...attributes].reverse() : attributes
  for (const { member, parameter } of order) {
    if (!differs(member)) continue
    yield {
      operation: 'ec2:ModifyVpcAttribute',
      input: { VpcId, [parameter]: { Value: members[member] } },
    }
  }
}
