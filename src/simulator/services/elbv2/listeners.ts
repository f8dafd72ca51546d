/** Listeners of load balancers: create, describe, modify, delete, their attributes. Each has a default rule. */
import type {
  CreateListenerInput,
  DescribeListenersInput,
  Listener,
  ListenerAttribute,
  ModifyListenerInput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { checkActions, shownActions } from './actions.ts'
import {
  type AttributeTable,
  attributeList,
  changeAttributes,
  defaultAttributes,
} from './attributes.ts'
import { invalid, listed, mergeTags, tagNew } from './common.ts'
import type { ListenerRecord } from './state.ts'
import { HTTP } from './target-groups.ts'

export function requireListener(world: World, arn = ''): ListenerRecord {
  const record = world.elbv2.listeners.get(arn)
  if (record) return record
  throw new AwsError('ListenerNotFound', 'One or more listeners not found')
}

export function balancerOf(world: World, arn = '') {
  const record = world.elbv2.loadBalancers.get(arn)
  if (record) return record.balancer
  throw new AwsError('LoadBalancerNotFound', 'One or more load balancers not found')
}

function tableOf({ Protocol: protocol }: Listener): AttributeTable {
  return HTTP.includes(protocol ?? '') ? 'httpListener' : 'streamListener'
}

/** Takes a listener away, with all of its rules. */
export function dropListener(world: World, listenerArn: string): void {
  for (const [arn, rule] of world.elbv2.rules) {
    if (rule.listenerArn !== listenerArn) continue
    world.elbv2.rules.delete(arn)
    world.tags.delete(arn)
  }
  world.elbv2.listeners.delete(listenerArn)
  world.tags.delete(listenerArn)
}

type Front = Pick<
  Listener,
  'Protocol' | 'Port' | 'Certificates' | 'SslPolicy' | 'AlpnPolicy' | 'MutualAuthentication'
>

/** Throws as AWS does where protocol, port and certificates do not fit the load balancer. */
function checkFront(world: World, front: Front, balancerArn: string, own?: string): void {
  const { Protocol: protocol, Port: port } = front
  if (protocol === undefined) throw invalid('A listener protocol must be specified')
  if (port === undefined) throw invalid('A listener port must be specified')
  if (port < 1 || port > 65_535) throw invalid(`Port '${port}' must be in the range of 1-65535`)
  const application = balancerOf(world, balancerArn).Type === 'application'
  const allowed = application ? HTTP : ['TCP', 'TLS', 'UDP', 'TCP_UDP']
  if (!allowed.includes(protocol)) {
    throw invalid(`Listener protocol '${protocol}' must be one of '${allowed.join(', ')}'`)
  }
  const secure = protocol === 'HTTPS' || protocol === 'TLS'
  if (secure && !front.Certificates?.length) {
    throw invalid(`A certificate must be specified for ${protocol} listeners`)
  }
  const rival = [...world.elbv2.listeners.values()].some(
    ({ listener }) =>
      listener.LoadBalancerArn === balancerArn &&
      listener.Port === port &&
      listener.ListenerArn !== own,
  )
  if (rival) {
    throw new AwsError(
      'DuplicateListener',
      `A listener already exists on this port for this load balancer '${balancerArn}'`,
    )
  }
}

function frontOf({ Protocol, Port, Certificates, SslPolicy, AlpnPolicy }: Front): Front {
  const secure = Protocol === 'HTTPS' || Protocol === 'TLS'
  return {
    Port,
    Protocol,
    ...(secure && {
      Certificates,
      SslPolicy: SslPolicy ?? 'ELBSecurityPolicy-2016-08',
      ...(Protocol === 'HTTPS' && { MutualAuthentication: { Mode: 'off' } }),
    }),
    ...(AlpnPolicy && { AlpnPolicy }),
  }
}

export function putListener(world: World, record: ListenerRecord): void {
  const { listener } = record
  const arn = listener.ListenerArn ?? ''
  world.elbv2.listeners.set(arn, record)
  const base = arn.replace(':listener/', ':listener-rule/')
  const known = [...world.elbv2.rules.values()].find(
    ({ rule, listenerArn }) => listenerArn === arn && rule.IsDefault,
  )
  const RuleArn = known?.rule.RuleArn ?? `${base}/${arn.slice(-16).split('').reverse().join('')}`
  world.elbv2.rules.set(RuleArn, {
    listenerArn: arn,
    rule: {
      RuleArn,
      Priority: 'default',
      Conditions: [],
      Actions: listener.DefaultActions,
      IsDefault: true,
    },
  })
}

function create(input: CreateListenerInput, { world, id }: CallContext) {
  const { LoadBalancerArn: balancerArn = '' } = input
  const balancer = balancerOf(world, balancerArn)
  checkFront(world, input, balancerArn)
  checkActions(world, balancer, input.DefaultActions)
  mergeTags({}, input.Tags)
  const base = balancerArn.replace(':loadbalancer/', ':listener/')
  const listener: Listener = {
    ListenerArn: `${base}/${id().slice(0, 16)}`,
    LoadBalancerArn: balancerArn,
    ...frontOf(input),
    DefaultActions: shownActions(input.DefaultActions),
  }
  putListener(world, { listener, attributes: defaultAttributes(tableOf(listener)) })
  tagNew(world, listener.ListenerArn ?? '', input.Tags)
  return { Listeners: [listener] }
}

function modify(input: ModifyListenerInput, { world }: CallContext) {
  const record = requireListener(world, input.ListenerArn)
  const { LoadBalancerArn: balancerArn = '' } = record.listener
  const front = frontOf({
    ...record.listener,
    ...Object.fromEntries(
      (['Port', 'Protocol', 'Certificates', 'SslPolicy', 'AlpnPolicy'] as const).flatMap((key) =>
        input[key] === undefined ? [] : [[key, input[key]]],
      ),
    ),
  })
  checkFront(world, front, balancerArn, record.listener.ListenerArn)
  if (input.DefaultActions)
    checkActions(world, balancerOf(world, balancerArn), input.DefaultActions)
  const listener: Listener = {
    ListenerArn: record.listener.ListenerArn,
    LoadBalancerArn: balancerArn,
    ...front,
    DefaultActions: input.DefaultActions
      ? shownActions(input.DefaultActions)
      : record.listener.DefaultActions,
  }
  putListener(world, { ...record, listener })
  return { Listeners: [listener] }
}

function describe(input: DescribeListenersInput, { world }: CallContext) {
  const { ListenerArns: arns, LoadBalancerArn: balancerArn } = input
  if (arns?.length) {
    return { Listeners: arns.map((arn) => requireListener(world, arn).listener) }
  }
  if (!balancerArn) throw invalid('You must specify either listener ARNs or a load balancer ARN')
  balancerOf(world, balancerArn)
  const own = [...world.elbv2.listeners.values()]
    .map(({ listener }) => listener)
    .filter((listener) => listener.LoadBalancerArn === balancerArn)
  const { items, more } = listed(own, input, ({ ListenerArn: arn = '' }) => arn)
  return { Listeners: items, ...more }
}

export const listenerHandlers: ServiceHandlers = {
  CreateListener: create,
  ModifyListener: modify,
  DescribeListeners: describe,
  DeleteListener({ ListenerArn: arn = '' }: { ListenerArn?: string }, { world }) {
    requireListener(world, arn)
    dropListener(world, arn)
    return {}
  },
  DescribeListenerAttributes(input: { ListenerArn?: string }, { world }) {
    return { Attributes: attributeList(requireListener(world, input.ListenerArn).attributes) }
  },
  ModifyListenerAttributes(
    input: { ListenerArn?: string; Attributes?: ListenerAttribute[] },
    { world },
  ) {
    const record = requireListener(world, input.ListenerArn)
    const table = tableOf(record.listener)
    const attributes = changeAttributes(table, record.attributes, input.Attributes)
    world.elbv2.listeners.set(input.ListenerArn ?? '', { ...record, attributes })
    return { Attributes: attributeList(attributes) }
  },
}
