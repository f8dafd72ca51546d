/** The files of a cluster and what it stands on: network, cluster, instances. Pure. */
import type { Said } from './question.ts'
import type { Draft } from './yaml.ts'

/** What was written with commas between. */
export const listed = (answer: unknown): string[] =>
  String(answer)
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)

export const isEc2 = (said: Said) => said.launch === 'ec2'

/** The ids that exist, or the network that is made, under the name of the cluster. */
export function subnetsOf(said: Said): unknown[] {
  return said.vpc ? [said.subnet ?? []].flat() : [{ ref: `Network/${said.cluster}` }]
}

export function vpcOf(said: Said): unknown {
  return said.vpc || { ref: said.cluster }
}

export function networkDrafts(said: Said): Draft[] {
  if (said.vpc) return []
  return [
    {
      kind: 'Network',
      name: String(said.cluster),
      head: 'A VPC with a public subnet in each zone, an internet gateway, and the route to it.',
      spec: { cidrBlock: said['cidr-block'], availabilityZones: Number(said.zones) },
      notes: { availabilityZones: 'how many, or their names' },
    },
  ]
}

export function clusterDrafts(said: Said): Draft[] {
  const insights = said['container-insights']
  const fargate = isEc2(said) ? {} : fargateCapacity(String(said['fargate-capacity']))
  return [
    {
      kind: 'Cluster',
      name: String(said.cluster),
      spec: { settings: [{ name: 'containerInsights', value: insights }], ...fargate },
    },
  ]
}

/** For tasks that name no capacity themselves: those of somebody's RunTask. */
function fargateCapacity(answer: string) {
  return {
    capacityProviders: answer === 'FARGATE' ? ['FARGATE'] : ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: fargateStrategy(answer),
  }
}

export const fargateStrategy = (answer: string) =>
  answer === 'both'
    ? [
        { capacityProvider: 'FARGATE', base: 1, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 3 },
      ]
    : [{ capacityProvider: answer, weight: 1 }]

/** `userData` is the text of the file that was named. */
export function instanceDrafts(
  said: Said,
  userData: string | undefined,
  groups: readonly unknown[],
): Draft[] {
  if (!isEc2(said)) return []
  const mixed = said.purchase === 'Mix'
  const purchase = mixed
    ? {
        onDemandBaseCapacity: Number(said['on-demand-base']),
        onDemandPercentageAboveBaseCapacity: Number(said['on-demand-percentage']),
      }
    : said.purchase
  return [
    {
      kind: 'InstanceGroup',
      name: `${said.cluster}-instances`,
      head: 'The instances of the cluster: launch template, Auto Scaling group, capacity provider, role.',
      spec: {
        cluster: { ref: said.cluster },
        ...(said.vpc ? { subnets: subnetsOf(said) } : { network: { ref: said.cluster } }),
        ...(groups.length > 0 ? { securityGroups: groups } : {}),
        instanceTypes: listed(said['instance-types']),
        size: { min: Number(said.min), max: Number(said.max) },
        purchase,
        volume: { size: Number(said['volume-size']), type: said['volume-type'] },
        ami: said.ami,
        ...(said.gpu === 'yes' ? { gpu: true } : {}),
        ...(said['instance-role'] ? { role: said['instance-role'] } : {}),
        ...(said['key-pair'] ? { keyName: said['key-pair'] } : {}),
        ...(userData ? { userData } : {}),
      },
      notes: {
        size: 'ECS adds and removes instances between these as tasks need them',
        volume: 'GiB; holds images and containers',
        ami: 'the newest ECS-optimised image of the family when an instance starts',
        ...(mixed ? { purchase: 'the others are Spot' } : {}),
        userData: 'besides joining the cluster',
      },
    },
  ]
}
