/** Reads VPCs, all in one call; their attributes only where a manifest declares them, since each is a call of its own. */
import type { DescribeVpcAttributeResult, Vpc } from '@aws-sdk/client-ec2'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { type Ec2List, ec2Candidates, findMeant, observeInBatches } from '../../kit/finding.ts'
import type { Live, ObjectKey, Observation } from '../../model.ts'
import { attributes } from './attributes.ts'
import type { VpcSpec } from './spec.ts'

export interface VpcState {
  readonly state?: string | undefined
  readonly cidrBlock?: string | undefined
  readonly instanceTenancy?: string | undefined
  readonly amazonProvidedIpv6CidrBlock?: boolean
  readonly enableDnsSupport?: boolean
  readonly enableDnsHostnames?: boolean
  readonly enableNetworkAddressUsageMetrics?: boolean
}

const list: Ec2List = {
  operation: 'ec2:DescribeVpcs',
  items: 'Vpcs',
  id: 'VpcId',
  filter: 'vpc-id',
}

export function observe(
  context: ObserveContext,
  wanted: readonly Wanted<VpcSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<VpcState>>> {
  return observeInBatches(wanted, 200, async (batch) => {
    const candidates = await ec2Candidates<VpcSpec, Vpc>(context, batch, list)
    const answers = batch.map(async (want): Promise<[ObjectKey, Observation<VpcState>]> => {
      const seen = findMeant(want, context, candidates, stateOf)
      if (seen.found !== 'yes') return [want.manifest.key, seen]
      const live = await withAttributes(seen.live, want.spec, context)
      return [want.manifest.key, { found: 'yes', live }]
    })
    return new Map(await Promise.all(answers))
  })
}

export function stateOf(vpc: Vpc): VpcState {
  const ipv6 = (vpc.Ipv6CidrBlockAssociationSet ?? []).some(
    ({ Ipv6Pool, Ipv6CidrBlockState }) =>
      Ipv6Pool === 'Amazon' && Ipv6CidrBlockState?.State !== 'disassociated',
  )
  return {
    state: vpc.State,
    cidrBlock: vpc.CidrBlock,
    instanceTenancy: vpc.InstanceTenancy,
    ...(ipv6 ? { amazonProvidedIpv6CidrBlock: true } : {}),
  }
}

async function withAttributes(
  live: Live<VpcState>,
  spec: VpcSpec,
  { read }: ObserveContext,
): Promise<Live<VpcState>> {
  const declared = attributes.filter(({ member }) => spec[member] !== undefined)
  const values = await Promise.all(
    declared.map(async ({ member, parameter }) => {
      const answer = await read<DescribeVpcAttributeResult>('ec2:DescribeVpcAttribute', {
        VpcId: live.attributes.id,
        Attribute: member,
      })
      return [member, answer[parameter]?.Value ?? false] as const
    }),
  )
  return { ...live, state: { ...live.state, ...Object.fromEntries(values) } }
}
