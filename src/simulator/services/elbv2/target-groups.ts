/** Target groups: create, describe, modify, delete, their attributes. */
import type {
  CreateTargetGroupInput,
  DescribeTargetGroupsInput,
  ModifyTargetGroupInput,
  TargetGroup,
  TargetGroupAttribute,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import {
  type AttributeTable,
  attributeList,
  changeAttributes,
  defaultAttributes,
} from './attributes.ts'
import { checkName, elbArn, invalid, listed, mergeTags, tagNew } from './common.ts'
import { balancersOf } from './lookups.ts'
import type { TargetGroupRecord } from './state.ts'

export const HTTP: readonly string[] = ['HTTP', 'HTTPS']

export function requireGroup(world: World, arn = ''): TargetGroupRecord {
  const record = world.elbv2.targetGroups.get(arn)
  if (record) return record
  throw new AwsError('TargetGroupNotFound', 'One or more target groups not found')
}

function putGroup(world: World, record: TargetGroupRecord): void {
  world.elbv2.targetGroups.set(record.group.TargetGroupArn ?? '', record)
}

function shown(world: World, { group }: TargetGroupRecord): TargetGroup {
  return { ...group, LoadBalancerArns: balancersOf(world, group.TargetGroupArn ?? '') }
}

function tableOf({ Protocol: protocol }: TargetGroup): AttributeTable {
  return HTTP.includes(protocol ?? '') ? 'httpGroup' : 'streamGroup'
}

type Checks = Pick<
  TargetGroup,
  | 'HealthCheckProtocol'
  | 'HealthCheckPort'
  | 'HealthCheckEnabled'
  | 'HealthCheckPath'
  | 'HealthCheckIntervalSeconds'
  | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount'
  | 'UnhealthyThresholdCount'
  | 'Matcher'
>

/** AWS's defaults of the health checks of a new target group. */
function defaultChecks(protocol: string, lambda: boolean): Checks {
  const http = HTTP.includes(protocol) || lambda
  return {
    HealthCheckProtocol: http && !lambda ? 'HTTP' : 'TCP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: !lambda,
    ...(http && { HealthCheckPath: '/', Matcher: { HttpCode: '200' } }),
    HealthCheckIntervalSeconds: lambda ? 35 : 30,
    HealthCheckTimeoutSeconds: lambda ? 30 : http ? 5 : 10,
    HealthyThresholdCount: 5,
    UnhealthyThresholdCount: 2,
  }
}

const RANGES = [
  ['HealthCheckIntervalSeconds', 'Health check interval', 5, 300],
  ['HealthCheckTimeoutSeconds', 'Health check timeout', 2, 120],
  ['HealthyThresholdCount', 'Health check healthy threshold', 2, 10],
  ['UnhealthyThresholdCount', 'Health check unhealthy threshold', 2, 10],
] as const

/** The checks with what a request says. Throws ValidationError and InvalidConfigurationRequest. */
function changedChecks(before: Checks, input: Checks): Checks {
  const checks: Checks = { ...before }
  const keys = Object.keys({ ...defaultChecks('HTTP', false) }) as (keyof Checks)[]
  for (const key of keys) {
    if (input[key] !== undefined) Object.assign(checks, { [key]: input[key] })
  }
  // A check by TCP has no path, unless the group itself speaks HTTP, where the path waits.
  if (HTTP.includes(checks.HealthCheckProtocol ?? '')) {
    checks.HealthCheckPath ??= '/'
    checks.Matcher ??= { HttpCode: '200-399' }
  } else if (input.HealthCheckPath !== undefined) {
    throw new AwsError(
      'InvalidConfigurationRequest',
      'You cannot specify a health check path with a health check protocol of TCP',
    )
  }
  for (const [key, name, from, to] of RANGES) {
    const value = checks[key] ?? from
    if (value < from || value > to) {
      throw invalid(`${name} '${value}' must be in the range of ${from}-${to}`)
    }
  }
  const { HealthCheckIntervalSeconds: interval = 30, HealthCheckTimeoutSeconds: timeout = 5 } =
    checks
  if (timeout >= interval && checks.HealthCheckEnabled) {
    throw invalid(
      `Health check timeout '${timeout}' must be smaller than the interval '${interval}'`,
    )
  }
  const port = checks.HealthCheckPort ?? ''
  if (
    port !== 'traffic-port' &&
    !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)
  ) {
    throw invalid(`Health check port '${port}' must be in the range of 1-65535 or 'traffic-port'`)
  }
  return checks
}

function described(world: World, input: CreateTargetGroupInput): TargetGroup {
  const { TargetType: type = 'instance', Protocol: protocol, Port: port, VpcId: vpc } = input
  const lambda = type === 'lambda'
  if (!['instance', 'ip', 'lambda', 'alb'].includes(type)) {
    throw invalid(
      `1 validation error detected: Value '${type}' at 'targetType' failed to satisfy constraint: Member must satisfy enum value set: [instance, ip, lambda, alb]`,
    )
  }
  if (!lambda) {
    if (protocol === undefined) throw invalid('A protocol must be specified')
    if (!/^(HTTPS?|TCP|TLS|UDP|TCP_UDP|QUIC|TCP_QUIC)$/.test(protocol)) {
      throw invalid(`Protocol '${protocol}' is not supported`)
    }
    if (port === undefined) throw invalid('A port must be specified')
    if (port < 1 || port > 65_535) throw invalid(`Port '${port}' must be in the range of 1-65535`)
    if (vpc === undefined) throw invalid('A VPC ID must be specified')
    if (!world.ec2.vpcs.has(vpc)) throw invalid(`The VPC ID '${vpc}' is not found`)
  }
  const http = HTTP.includes(protocol ?? '')
  return {
    TargetGroupName: input.Name ?? '',
    ...(!lambda && { Protocol: protocol, Port: port, VpcId: vpc }),
    ...changedChecks(defaultChecks(protocol ?? '', lambda), input as Checks),
    TargetType: type,
    ...(http && { ProtocolVersion: input.ProtocolVersion ?? 'HTTP1' }),
    ...(!lambda && { IpAddressType: input.IpAddressType ?? 'ipv4' }),
  } as TargetGroup
}

function create(input: CreateTargetGroupInput, { world, id }: CallContext) {
  const name = input.Name ?? ''
  checkName('target group', name)
  const group = described(world, input)
  mergeTags({}, input.Tags)
  const existing = [...world.elbv2.targetGroups.values()].find(
    (record) => record.group.TargetGroupName === name,
  )
  if (existing) {
    const { TargetGroupArn: _, ...settings } = existing.group
    if (JSON.stringify(sorted(settings)) !== JSON.stringify(sorted(group))) {
      throw new AwsError(
        'DuplicateTargetGroupName',
        `A target group with the same name '${name}' exists, but with different settings`,
      )
    }
    return { TargetGroups: [shown(world, existing)] }
  }
  const TargetGroupArn = elbArn(world, `targetgroup/${name}/${id().slice(0, 16)}`)
  const record: TargetGroupRecord = {
    group: { TargetGroupArn, ...group },
    attributes: defaultAttributes(tableOf(group)),
  }
  putGroup(world, record)
  tagNew(world, TargetGroupArn, input.Tags)
  return { TargetGroups: [shown(world, record)] }
}

function sorted(group: TargetGroup) {
  return Object.entries(group).sort(([a], [b]) => (a < b ? -1 : 1))
}

function describe(input: DescribeTargetGroupsInput, { world }: CallContext) {
  const { TargetGroupArns: arns, Names: names, LoadBalancerArn: balancer } = input
  const all = [...world.elbv2.targetGroups.values()].map((record) => shown(world, record))
  if (arns?.length) {
    return { TargetGroups: arns.map((arn) => shown(world, requireGroup(world, arn))) }
  }
  if (names?.length) {
    const found = names.map((name) => all.find((group) => group.TargetGroupName === name))
    if (found.includes(undefined)) {
      throw new AwsError('TargetGroupNotFound', 'One or more target groups not found')
    }
    return { TargetGroups: found }
  }
  if (balancer && !world.elbv2.loadBalancers.has(balancer)) {
    throw new AwsError('LoadBalancerNotFound', 'One or more load balancers not found')
  }
  const given = balancer ? all.filter((group) => group.LoadBalancerArns?.includes(balancer)) : all
  const { items, more } = listed(given, input, ({ TargetGroupArn: arn = '' }) => arn)
  return { TargetGroups: items, ...more }
}

function modify(input: ModifyTargetGroupInput, { world }: CallContext) {
  const record = requireGroup(world, input.TargetGroupArn)
  const group = { ...record.group, ...changedChecks(record.group, input as Checks) }
  putGroup(world, { ...record, group })
  return { TargetGroups: [shown(world, { ...record, group })] }
}

/** Deleting what is not there succeeds. */
function remove({ TargetGroupArn: arn = '' }: { TargetGroupArn?: string }, { world }: CallContext) {
  if (balancersOf(world, arn).length > 0) {
    throw new AwsError(
      'ResourceInUse',
      `Target group '${arn}' is currently in use by a listener or a rule`,
    )
  }
  if (world.elbv2.targetGroups.delete(arn)) world.elbv2.deleted.set(arn, true)
  world.tags.delete(arn)
  return {}
}

export const targetGroupHandlers: ServiceHandlers = {
  CreateTargetGroup: create,
  DescribeTargetGroups: describe,
  ModifyTargetGroup: modify,
  DeleteTargetGroup: remove,
  DescribeTargetGroupAttributes(input: { TargetGroupArn?: string }, { world }) {
    return { Attributes: attributeList(requireGroup(world, input.TargetGroupArn).attributes) }
  },
  ModifyTargetGroupAttributes(
    input: { TargetGroupArn?: string; Attributes?: TargetGroupAttribute[] },
    { world },
  ) {
    const record = requireGroup(world, input.TargetGroupArn)
    const table = tableOf(record.group)
    const attributes = changeAttributes(table, record.attributes, input.Attributes)
    putGroup(world, { ...record, attributes })
    return { Attributes: attributeList(attributes) }
  },
}
