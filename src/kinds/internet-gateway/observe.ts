/** Reads internet gateways, all in one call. */
import type { InternetGateway } from '@aws-sdk/client-ec2'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { type Ec2List, ec2Candidates, findMeant, observeInBatches } from '../../kit/finding.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import type { InternetGatewaySpec } from './spec.ts'

export interface InternetGatewayState {
  /** The VPC that it is attached to. */
  readonly vpcId?: string
  /** `available` once it is attached; AWS's type names other words. */
  readonly attachment?: string
}

const list: Ec2List = {
  operation: 'ec2:DescribeInternetGateways',
  items: 'InternetGateways',
  id: 'InternetGatewayId',
  filter: 'internet-gateway-id',
}

export function observe(
  context: ObserveContext,
  wanted: readonly Wanted<InternetGatewaySpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<InternetGatewayState>>> {
  return observeInBatches(wanted, 200, async (batch) => {
    const candidates = await ec2Candidates<InternetGatewaySpec, InternetGateway>(
      context,
      batch,
      list,
    )
    return new Map(
      batch.map((want) => [want.manifest.key, findMeant(want, context, candidates, stateOf)]),
    )
  })
}

export function stateOf({ Attachments = [] }: InternetGateway): InternetGatewayState {
  const held = Attachments.find(({ State }) => State !== 'detached' && State !== 'detaching')
  if (!held?.VpcId) return {}
  return { vpcId: held.VpcId, ...(held.State ? { attachment: held.State } : {}) }
}
