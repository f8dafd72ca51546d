/** How a golden case becomes a planner's input: live states are built from what AWS would answer. */
import type { Service } from '@aws-sdk/client-ecs'
import type { Draft, Kind, PlanInput } from '../../src/kind.ts'
import { stateOf as groupStateOf } from '../../src/kinds/auto-scaling-group/state.ts'
import { stateOf as gatewayState } from '../../src/kinds/internet-gateway/observe.ts'
import { stateOf as routeTableState } from '../../src/kinds/route-table/observe.ts'
import { stateOf as securityGroupState } from '../../src/kinds/security-group/observe.ts'
import { stateOf } from '../../src/kinds/service/state.ts'
import { stateOf as subnetState } from '../../src/kinds/subnet/observe.ts'
import { canonicalDefinition } from '../../src/kinds/task-definition/canonical.ts'
import { stateOf as vpcState } from '../../src/kinds/vpc/observe.ts'
import type { Environment, Live, Manifest } from '../../src/model.ts'
import { tagsOf } from '../../src/reconcile/plan/ownership.ts'

export interface GoldenCase {
  readonly case: string
  readonly annotations?: Record<string, string>
  readonly ownership?: PlanInput['ownership']
  /** The spec; absent: no longer in Git. */
  readonly want?: Record<string, unknown>
  /** What AWS answers: a cluster, a service, or a revision (with `match: true` when it was found to be equal). */
  readonly live?: Record<string, unknown>
  /** Attributes of the live resource besides its name and ARN. */
  readonly attributes?: Record<string, string>
  /** What was asked of AWS before it can be created. */
  readonly facts?: Record<string, string>
  /** Tags of the live resource; by default those that it must carry. */
  readonly tags?: Record<string, string>
  readonly gives?: unknown
}

export const environment: Environment = {
  name: 'default',
  namePrefix: '',
  tags: {},
  mode: 'apply',
}

export function manifestOf(
  kind: string,
  name: string,
  spec: Record<string, unknown>,
  annotations: Record<string, string> = {},
): Manifest {
  return {
    key: `default/${kind}/${name}`,
    namespace: 'default',
    kind,
    name,
    annotations,
    labels: {},
    spec,
    position: { file: 'web.yaml', line: 1, column: 1 },
    positions: {},
    digest: 'sha256:0',
  }
}

const ownTags = (key: string) => ({ 'fairlead:owner': 'default', 'fairlead:resource': key })

/** The live resource `web` as AWS's answer describes it. */
export function liveOf(kind: Kind, answer: object, tags: Record<string, string> = {}): Live {
  const members = answer as Record<string, unknown>
  const identity = kind.identify({}, 'web', environment)
  return {
    key: `default/${kind.name}/web`,
    identity,
    attributes: { arn: arnOf(kind.name, members), name: identity.name },
    tags,
    state: liveState(kind.name, members),
  }
}

export function planCase(kind: Kind, golden: GoldenCase): Draft {
  const spec = golden.want ?? {}
  const manifest = manifestOf(kind.name, 'web', spec, golden.annotations)
  const identity = kind.identify(spec, 'web', environment)
  const tags = ownTags(manifest.key)
  const found = golden.live && liveOf(kind, golden.live, golden.tags ?? tags)
  const id = identity.parts.id ?? golden.live?.[idMembers[kind.name] ?? '']
  const live = found && {
    ...found,
    identity,
    attributes: { ...found.attributes, ...(id ? { id: String(id) } : {}), ...golden.attributes },
  }
  const { ownership = 'mine' } = golden
  return kind.plan({
    key: manifest.key,
    now: 0,
    environment,
    tags: tagsOf(manifest, environment, 'default', ownership),
    ownership,
    ...(golden.want ? { want: { manifest, identity, spec } } : {}),
    ...(live ? { live } : {}),
    ...(golden.facts ? { facts: golden.facts } : {}),
  })
}

/** Of what AWS gives an id: its member. */
const idMembers: Readonly<Record<string, string>> = {
  Vpc: 'VpcId',
  Subnet: 'SubnetId',
  InternetGateway: 'InternetGatewayId',
  RouteTable: 'RouteTableId',
  SecurityGroup: 'GroupId',
}

/** What observers make of answers; attributes that are read one by one stand beside the answer, in camelCase. */
const statesOf: Readonly<Record<string, (live: never) => object>> = {
  Vpc: (live: Record<string, unknown>) => ({
    ...Object.fromEntries(Object.entries(live).filter(([name]) => /^[a-z]/.test(name))),
    ...vpcState(live),
  }),
  Subnet: subnetState,
  InternetGateway: gatewayState,
  RouteTable: routeTableState,
  SecurityGroup: securityGroupState,
}

const prefix = 'arn:aws:ecs:eu-central-1:123456789012'

function arnOf(kind: string, live: Record<string, unknown>): string {
  if (kind === 'TaskDefinition') return `${prefix}:task-definition/web:1`
  if (kind === 'Cluster') return `${prefix}:cluster/web`
  if (kind === 'Service') return String(live.serviceArn ?? `${prefix}:service/shop/web`)
  return `arn:aws:test:eu-central-1:123456789012:${kind}/web`
}

function liveState(kind: string, live: Record<string, unknown>): Record<string, unknown> {
  if (kind === 'AutoScalingGroup') {
    const { refresh, image, trouble, ...group } = live
    const more = Object.entries({ refresh, image, trouble }).filter(([, value]) => value)
    return { ...groupStateOf(group), ...Object.fromEntries(more) }
  }
  if (kind === 'Task')
    return { indexed: true, parameter: '/fairlead/default/default/Task/web', ...live }
  const stateOfKind = statesOf[kind]
  if (stateOfKind) return stateOfKind(live as never) as Record<string, unknown>
  if (kind !== 'TaskDefinition' && kind !== 'Service') return live
  if (kind === 'TaskDefinition') {
    const { match, ...definition } = live
    const arn = `${prefix}:task-definition/web:1`
    return match
      ? { match: { arn } }
      : { base: { arn, definition: canonicalDefinition(definition) } }
  }
  const { rejected, scaling, ...service } = live
  const state = stateOf(service as Service)
  return { ...state, ...(rejected ? { rejected } : {}), ...(scaling ? { scaling } : {}) }
}

/** A draft as YAML can say it: no undefined members. */
export const plain = (draft: Draft): unknown => JSON.parse(JSON.stringify(draft))
