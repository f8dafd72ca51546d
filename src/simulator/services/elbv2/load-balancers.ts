/** Load balancers: create, describe, delete, their attributes. */
import type {
  CreateLoadBalancerInput,
  DescribeLoadBalancersInput,
  LoadBalancer,
  LoadBalancerAttribute,
  SetSecurityGroupsInput,
  SetSubnetsInput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { between } from '../../machines/random.ts'
import type { World } from '../../world.ts'
import type { SubnetRecord } from '../ec2/network-state.ts'
import {
  type AttributeTable,
  attributeList,
  changeAttributes,
  defaultAttributes,
} from './attributes.ts'
import { checkName, elbArn, invalid, listed, mergeTags, tagNew } from './common.ts'
import { dropListener } from './listeners.ts'
import type { LoadBalancerRecord } from './state.ts'

/** How long a new load balancer is provisioned, milliseconds. */
const provisioning = [60_000, 150_000] as const

function notFound(): AwsError {
  return new AwsError('LoadBalancerNotFound', 'One or more load balancers not found')
}

function requireBalancer(world: World, arn = ''): LoadBalancerRecord {
  const record = world.elbv2.loadBalancers.get(arn)
  if (!record) throw notFound()
  return record
}

function tableOf({ Type: type }: LoadBalancer): AttributeTable {
  return type === 'application' ? 'application' : 'network'
}

function shown({ balancer, activeAt }: LoadBalancerRecord, now: number): LoadBalancer {
  return { ...balancer, State: { Code: now >= activeAt ? 'active' : 'provisioning' } }
}

/** The subnets of a new load balancer. Throws as AWS does where they do not fit together. */
function subnetsOf(
  world: World,
  input: Pick<CreateLoadBalancerInput, 'Subnets' | 'SubnetMappings'>,
  application: boolean,
) {
  const ids = input.Subnets ?? (input.SubnetMappings ?? []).map(({ SubnetId: id = '' }) => id)
  const subnets = ids.map((id): SubnetRecord => {
    const subnet = world.ec2.subnets.get(id)
    if (!subnet) throw new AwsError('SubnetNotFound', `The subnet ID '${id}' does not exist`)
    return subnet
  })
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone))
  if (zones.size < (application ? 2 : 1)) {
    throw invalid(
      application
        ? 'At least two subnets in two different Availability Zones must be specified'
        : 'At least one subnet must be specified',
    )
  }
  if (zones.size < subnets.length) {
    throw new AwsError(
      'InvalidConfigurationRequest',
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    )
  }
  if (new Set(subnets.map(({ vpcId }) => vpcId)).size > 1) {
    throw new AwsError('InvalidConfigurationRequest', 'All subnets must belong to the same VPC')
  }
  return subnets
}

function securityGroupsOf(world: World, given: readonly string[] | undefined, vpcId: string) {
  const ids = given ?? []
  const groups = [...world.ec2.securityGroups.values()].filter((group) => group.vpcId === vpcId)
  if (ids.some((id) => !groups.some(({ groupId }) => groupId === id))) {
    throw new AwsError('InvalidSecurityGroup', 'One or more security groups are invalid')
  }
  if (ids.length > 0) return [...ids]
  return groups.filter(({ groupName }) => groupName === 'default').map(({ groupId }) => groupId)
}

function create(input: CreateLoadBalancerInput, { world, now, id }: CallContext) {
  const { Name: name = '', Type: type = 'application', Scheme: scheme = 'internet-facing' } = input
  checkName('load balancer', name)
  const application = type === 'application'
  if (!['application', 'network'].includes(type)) {
    throw invalid(`The load balancer type '${type}' is not simulated: application and network are`)
  }
  if (!['internet-facing', 'internal'].includes(scheme)) {
    throw invalid(`The load balancer scheme '${scheme}' is not valid`)
  }
  mergeTags({}, input.Tags)
  const subnets = subnetsOf(world, input, application)
  const vpcId = subnets[0]?.vpcId ?? ''
  const gateways = [...world.ec2.internetGateways.values()]
  if (scheme === 'internet-facing' && !gateways.some((gateway) => gateway.vpcId === vpcId)) {
    throw new AwsError('InvalidSubnet', `VPC ${vpcId} has no internet gateway`)
  }
  const groups =
    application || input.SecurityGroups?.length
      ? securityGroupsOf(world, input.SecurityGroups, vpcId)
      : undefined
  const settings = {
    LoadBalancerName: name,
    Scheme: scheme,
    VpcId: vpcId,
    Type: type,
    AvailabilityZones: zonesOf(subnets),
    ...(groups && { SecurityGroups: groups }),
    IpAddressType: input.IpAddressType ?? 'ipv4',
  }
  const existing = [...world.elbv2.loadBalancers.values()].find(
    ({ balancer }) => balancer.LoadBalancerName === name,
  )
  if (existing) {
    const same = Object.entries(settings).every(
      ([key, value]) =>
        JSON.stringify(value) === JSON.stringify(existing.balancer[key as keyof LoadBalancer]),
    )
    if (same) return { LoadBalancers: [shown(existing, now)] }
    throw new AwsError(
      'DuplicateLoadBalancerName',
      `A load balancer with the same name '${name}' exists, but with different settings`,
    )
  }
  const unique = id().slice(0, 16)
  const host = `${scheme === 'internal' ? 'internal-' : ''}${name}`
  const suffix = application
    ? `${Number.parseInt(unique.slice(0, 8), 16)}.${world.region}.elb.amazonaws.com`
    : `${unique}.elb.${world.region}.amazonaws.com`
  const arn = elbArn(world, `loadbalancer/${application ? 'app' : 'net'}/${name}/${unique}`)
  const balancer = {
    LoadBalancerArn: arn,
    DNSName: `${host}-${suffix}`,
    CanonicalHostedZoneId: application ? 'Z35SXDOTRQ7X7K' : 'Z26RNL4JYFTOTI',
    CreatedTime: new Date(now),
    ...settings,
  } as LoadBalancer
  const record: LoadBalancerRecord = {
    balancer,
    attributes: defaultAttributes(tableOf(balancer)),
    activeAt: now + between(world, 'elbv2', ...provisioning),
  }
  world.elbv2.loadBalancers.set(arn, record)
  tagNew(world, arn, input.Tags)
  return { LoadBalancers: [shown(record, now)] }
}

/** The zones of a load balancer, as the API shows them. */
function zonesOf(subnets: readonly SubnetRecord[]) {
  return subnets.map(({ availabilityZone, subnetId }) => ({
    ZoneName: availabilityZone,
    SubnetId: subnetId,
    LoadBalancerAddresses: [],
  }))
}

function setSubnets(input: SetSubnetsInput, { world }: CallContext) {
  const record = requireBalancer(world, input.LoadBalancerArn)
  const { balancer } = record
  const subnets = subnetsOf(world, input, balancer.Type === 'application')
  if (subnets.some(({ vpcId }) => vpcId !== balancer.VpcId)) {
    throw new AwsError('InvalidConfigurationRequest', 'All subnets must belong to the same VPC')
  }
  const AvailabilityZones = zonesOf(subnets)
  const changed = { ...record, balancer: { ...balancer, AvailabilityZones } }
  world.elbv2.loadBalancers.set(input.LoadBalancerArn ?? '', changed)
  return { AvailabilityZones, IpAddressType: balancer.IpAddressType }
}

function setSecurityGroups(input: SetSecurityGroupsInput, { world }: CallContext) {
  const record = requireBalancer(world, input.LoadBalancerArn)
  const { balancer } = record
  if (balancer.Type !== 'application' && !balancer.SecurityGroups) {
    throw new AwsError(
      'InvalidConfigurationRequest',
      'Security groups cannot be set on a load balancer that was made without',
    )
  }
  const groups = securityGroupsOf(world, input.SecurityGroups, balancer.VpcId ?? '')
  const changed = { ...record, balancer: { ...balancer, SecurityGroups: groups } }
  world.elbv2.loadBalancers.set(input.LoadBalancerArn ?? '', changed)
  return { SecurityGroupIds: groups }
}

function describe(input: DescribeLoadBalancersInput, { world, now }: CallContext) {
  const { LoadBalancerArns: arns, Names: names } = input
  const all = [...world.elbv2.loadBalancers.values()]
  if (arns?.length) {
    return { LoadBalancers: arns.map((arn) => shown(requireBalancer(world, arn), now)) }
  }
  if (names?.length) {
    const found = names.map((name) => {
      const record = all.find(({ balancer }) => balancer.LoadBalancerName === name)
      if (!record) {
        throw new AwsError('LoadBalancerNotFound', `Load balancers '[${name}]' not found`)
      }
      return shown(record, now)
    })
    return { LoadBalancers: found }
  }
  const { items, more } = listed(all, input, ({ balancer }) => balancer.LoadBalancerArn ?? '')
  return { LoadBalancers: items.map((record) => shown(record, now)), ...more }
}

/** Takes its listeners and rules with it. Deleting what is not there succeeds. */
function remove(
  { LoadBalancerArn: arn = '' }: { LoadBalancerArn?: string },
  { world }: CallContext,
) {
  const record = world.elbv2.loadBalancers.get(arn)
  if (record?.attributes['deletion_protection.enabled'] === 'true') {
    throw new AwsError(
      'OperationNotPermitted',
      `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
    )
  }
  for (const [listenerArn, { listener }] of world.elbv2.listeners) {
    if (listener.LoadBalancerArn === arn) dropListener(world, listenerArn)
  }
  world.elbv2.loadBalancers.delete(arn)
  world.tags.delete(arn)
  return {}
}

export const loadBalancerHandlers: ServiceHandlers = {
  CreateLoadBalancer: create,
  DescribeLoadBalancers: describe,
  DeleteLoadBalancer: remove,
  SetIpAddressType(
    input: { LoadBalancerArn?: string; IpAddressType?: LoadBalancer['IpAddressType'] },
    { world },
  ) {
    const record = requireBalancer(world, input.LoadBalancerArn)
    const { IpAddressType } = input
    if (!/^(ipv4|dualstack|dualstack-without-public-ipv4)$/.test(IpAddressType ?? '')) {
      throw invalid(`The IP address type '${IpAddressType}' is not valid`)
    }
    const changed = { ...record, balancer: { ...record.balancer, IpAddressType } }
    world.elbv2.loadBalancers.set(input.LoadBalancerArn ?? '', changed)
    return { IpAddressType }
  },
  SetSecurityGroups: setSecurityGroups,
  SetSubnets: setSubnets,
  DescribeLoadBalancerAttributes(input: { LoadBalancerArn?: string }, { world }) {
    return { Attributes: attributeList(requireBalancer(world, input.LoadBalancerArn).attributes) }
  },
  /** Nobody reserves capacity here. */
  DescribeCapacityReservation(input: { LoadBalancerArn?: string }, { world }) {
    requireBalancer(world, input.LoadBalancerArn)
    return { DecreaseRequestsRemaining: 0, CapacityReservationState: [] }
  },
  ModifyLoadBalancerAttributes(
    input: { LoadBalancerArn?: string; Attributes?: LoadBalancerAttribute[] },
    { world },
  ) {
    const record = requireBalancer(world, input.LoadBalancerArn)
    const table = tableOf(record.balancer)
    const attributes = changeAttributes(table, record.attributes, input.Attributes)
    world.elbv2.loadBalancers.set(input.LoadBalancerArn ?? '', { ...record, attributes })
    return { Attributes: attributeList(attributes) }
  },
}
