/** The manifests of the stories in this folder, and how the stories look at what came of them. */
import type { Service } from '@aws-sdk/client-ecs'
import { conditionOf } from '../../src/conditions.ts'
import type { Condition, Operation } from '../../src/model.ts'
import type { Rig } from '../rig.ts'

export const minute = 60_000
export const cluster = 'default/Cluster/shop'
export const definition = 'default/TaskDefinition/web'
export const service = 'default/Service/web'

export const fargateSpec = {
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
}

export interface Shop {
  readonly image?: string
  /** What the container does, in the words of the docker label. */
  readonly simulate?: string
  readonly cluster?: Record<string, unknown>
  readonly definition?: Record<string, unknown>
  readonly service?: Record<string, unknown>
  /** Annotations of the service, and of the cluster, without their prefix. */
  readonly annotations?: Record<string, string>
  readonly clusterAnnotations?: Record<string, string>
  /** Further documents. */
  readonly more?: readonly object[]
}

export function document(
  kind: string,
  name: string,
  spec: Record<string, unknown> = {},
  annotations: Record<string, string> = {},
  namespace?: string,
): object {
  return {
    apiVersion: 'fairlead.dev/v1alpha1',
    kind,
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      annotations: Object.fromEntries(
        Object.entries(annotations).map(([word, value]) => [`fairlead.dev/${word}`, value]),
      ),
    },
    spec,
  }
}

/** JSON is YAML: one file with many documents. */
export const files = (...documents: readonly object[]): Record<string, string> => ({
  'shop.yaml': documents.map((each) => JSON.stringify(each)).join('\n---\n'),
})

export function webDefinition({ image = 'nginx:1.27', simulate, definition = {} }: Shop = {}) {
  return {
    ...fargateSpec,
    containerDefinitions: [
      {
        name: 'app',
        image,
        ...(simulate ? { dockerLabels: { 'fairlead.dev/simulate': simulate } } : {}),
      },
    ],
    ...definition,
  }
}

export const webService = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  cluster: { ref: 'shop' },
  taskDefinition: { ref: 'web' },
  launchType: 'FARGATE',
  desiredCount: 2,
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0defa00000000000a'] } },
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  ...more,
})

/** A cluster, a task definition and a service on Fargate: two tasks of one container. */
export function shop(options: Shop = {}): Record<string, string> {
  return files(
    document('Cluster', 'shop', options.cluster, options.clusterAnnotations),
    document('TaskDefinition', 'web', webDefinition(options)),
    document('Service', 'web', webService(options.service), options.annotations),
    ...(options.more ?? []),
  )
}

/** What a second service beside `web` needs, of the same cluster and task definition unless told otherwise. */
export const secondService = (more: Record<string, unknown> = {}, name = 'api'): object =>
  document('Service', name, webService({ desiredCount: 1, ...more }))

/** The operations written since the last look, in order. */
export function written(rig: Rig): Operation[] {
  const operations = rig.writes().map(({ operation }) => operation)
  rig.calls.length = 0
  return operations
}

/** The events of a reason, newest last. */
export const said = (rig: Rig, reason: string, key?: string): string[] =>
  rig.events
    .filter((event) => event.reason === reason && (key === undefined || event.key === key))
    .map(({ message }) => message)

export async function liveService(rig: Rig, name = 'web'): Promise<Service> {
  const answer = await rig.aws('ecs:DescribeServices', {
    cluster: 'shop',
    services: [name],
    include: ['TAGS'],
  })
  const [found] = (answer as { services: Service[] }).services
  if (!found) throw new Error(`no service ${name}`)
  return found
}

/** `type reason` of each condition that is true, and `not Ready reason`. */
export function conditions(rig: Rig, key: string): string[] {
  return (rig.status(key)?.conditions ?? []).map(
    ({ type, status, reason }: Condition) => `${status === 'True' ? '' : 'not '}${type} ${reason}`,
  )
}

export const readyMessage = (rig: Rig, key: string): string =>
  conditionOf(rig.status(key), 'Ready')?.message ?? ''

/** Lets time pass until the resource is Stalled, and fails when it never is. */
export async function stalled(rig: Rig, key: string, limitMs = 60 * minute): Promise<void> {
  const is = () => conditionOf(rig.status(key), 'Stalled')?.status === 'True'
  if (await rig.clock.runUntil(is, limitMs)) return
  throw new Error(`${key} is not stalled: ${conditions(rig, key).join(', ')}`)
}

/** The sum of a counter's series whose labels hold these. */
export async function counted(
  rig: Rig,
  metric: 'driftDetected' | 'commitToLive' | 'rollouts' | 'changes' | 'passes' | 'bugs',
  labels: Record<string, string> = {},
): Promise<number> {
  const { values } = await rig.metrics[metric].get()
  return values
    .filter((value) => !('metricName' in value) || String(value.metricName).endsWith('_count'))
    .filter((value) =>
      Object.entries(labels).every(([name, text]) => (value.labels as never)[name] === text),
    )
    .reduce((sum, { value }) => sum + value, 0)
}
