/** Reads subnets, all in one call, and which zones there are where one has to be chosen for a subnet that is to come. */
import type { AvailabilityZone, Subnet } from '@aws-sdk/client-ec2'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { fromAws } from '../../kit/casing.ts'
import { type Ec2List, ec2Candidates, findMeant, observeInBatches } from '../../kit/finding.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import { zoneNumber } from './rules.ts'
import type { SubnetSpec } from './spec.ts'

export interface SubnetState extends Omit<SubnetSpec, 'subnetId' | 'tags'> {
  readonly state?: string | undefined
}

const list: Ec2List = {
  operation: 'ec2:DescribeSubnets',
  items: 'Subnets',
  id: 'SubnetId',
  filter: 'subnet-id',
}

export function observe(
  context: ObserveContext,
  wanted: readonly Wanted<SubnetSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<SubnetState>>> {
  return observeInBatches(wanted, 200, async (batch) => {
    const candidates = await ec2Candidates<SubnetSpec, Subnet>(context, batch, list)
    const answers = batch.map(async (want): Promise<[ObjectKey, Observation<SubnetState>]> => {
      const seen = findMeant(want, context, candidates, stateOf, ({ SubnetArn = '' }) => ({
        arn: SubnetArn,
      }))
      const number = zoneNumber(want.spec.availabilityZone)
      if (seen.found !== 'no' || number === undefined) return [want.manifest.key, seen]
      const zones = await zonesOf(context)
      const availabilityZone = zones[number - 1]
      const facts = { zones: zones.join(', '), ...(availabilityZone ? { availabilityZone } : {}) }
      return [want.manifest.key, { found: 'no', facts }]
    })
    return new Map(await Promise.all(answers))
  })
}

export function stateOf(subnet: Subnet): SubnetState {
  const { PrivateDnsNameOptionsOnLaunch: names, Ipv6CidrBlockAssociationSet: blocks = [] } = subnet
  const ipv6 = blocks.find(({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === 'associated')
  const all = {
    state: subnet.State,
    vpcId: subnet.VpcId,
    cidrBlock: subnet.CidrBlock,
    availabilityZone: subnet.AvailabilityZone,
    availabilityZoneId: subnet.AvailabilityZoneId,
    ipv6CidrBlock: ipv6?.Ipv6CidrBlock,
    ipv6Native: subnet.Ipv6Native,
    outpostArn: subnet.OutpostArn,
    mapPublicIpOnLaunch: subnet.MapPublicIpOnLaunch,
    assignIpv6AddressOnCreation: subnet.AssignIpv6AddressOnCreation,
    enableDns64: subnet.EnableDns64,
    privateDnsNameOptionsOnLaunch: fromAws<Record<string, unknown> | undefined>(names),
  }
  const there = Object.entries(all).filter(([, value]) => value !== undefined)
  return Object.fromEntries(there) as SubnetState
}

/** The ordinary zones of the region that the account has, by name. Remembered: they change once in years. */
function zonesOf({ read, memory }: ObserveContext): Promise<readonly string[]> {
  const known = memory.get('zones') as Promise<readonly string[]> | undefined
  if (known) return known
  const asked = read<{ AvailabilityZones?: AvailabilityZone[] }>('ec2:DescribeAvailabilityZones', {
    Filters: [
      { Name: 'zone-type', Values: ['availability-zone'] },
      { Name: 'state', Values: ['available'] },
    ],
  }).then(({ AvailabilityZones = [] }) =>
    AvailabilityZones.flatMap(({ ZoneName }) => ZoneName ?? []).sort(),
  )
  memory.set('zones', asked)
  // What failed is asked again.
  asked.catch(() => memory.delete('zones'))
  return asked
}
