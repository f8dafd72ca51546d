/** Promise: an environment's role is its way into AWS: assumed under its name, in its account, and refused for it alone. */
import { expect, test } from 'vitest'
import { assumedDirectly, type RoleToAssume, sessionNameOf } from '../../src/aws/role.ts'
import { directAws } from '../../src/aws/sdk.ts'
import { connector } from '../../src/cli/connect.ts'
import { conditionOf } from '../../src/conditions.ts'
import { createController } from '../../src/controller.ts'
import { kinds } from '../../src/kinds/index.ts'
import { createMetrics } from '../../src/metrics.ts'
import type { Environment, JournalEvent } from '../../src/model.ts'
import { readManifests } from '../../src/reconcile/manifest.ts'
import { quietLog } from '../../src/runtime.ts'
import { AwsError } from '../../src/simulator/api.ts'
import { createSimulator } from '../../src/simulator/index.ts'
import { createVirtualClock } from '../../src/virtual-clock.ts'
import { snapshotOf } from '../rig.ts'

const elsewhere = '210987654321'
const roleThere = `arn:aws:iam::${elsewhere}:role/fairlead`
const inside = (name: string, spec: object) =>
  [
    { kind: 'Environment', metadata: { name }, spec },
    { kind: 'Cluster', metadata: { name: 'shop', namespace: name }, spec: {} },
  ].map((document) => JSON.stringify({ apiVersion: 'fairlead.dev/v1alpha1', ...document }))

/** The controller over two environments, with what STS says to those who ask for a role. */
async function started(there: object, refuse?: AwsError) {
  const clock = createVirtualClock()
  const runtime = { clock, random: () => 0.5, log: quietLog }
  const simulator = createSimulator({ now: () => clock.now() })
  const events: JournalEvent[] = []
  const sessions: unknown[] = []
  const as = (caller?: string) =>
    directAws((operation, input) => {
      if (operation === 'sts:AssumeRole') {
        sessions.push(input.RoleSessionName)
        if (refuse) throw refuse
      }
      return simulator.call(operation, input, caller ? { caller } : {})
    })
  const controller = createController({
    kinds,
    owner: 'default',
    runtime,
    metrics: createMetrics(),
    connect: connector({
      io: { env: {} } as never,
      runtime,
      embedded: (_, role?: RoleToAssume) => (role ? assumedDirectly(role, as) : as()),
    }),
    onEvent: (event) => events.push(event),
  })
  const files = { 'all.yaml': [...inside('here', {}), ...inside('there', there)].join('\n---\n') }
  const desired = await readManifests(snapshotOf(files), kinds)
  expect(desired.problems).toEqual([])
  const stop = new AbortController()
  const running = controller.run(stop.signal)
  controller.submit(desired)
  return {
    clock,
    controller,
    events,
    sessions,
    clusters: (account?: string) => [...simulator.world(undefined, account).clusters.keys()],
    ready: (key: string) => conditionOf(controller.view().statuses.get(key), 'Ready'),
    async end() {
      stop.abort()
      await clock.advance(10_000)
      await running
    },
  }
}

test('a role of another account is assumed once, under the name of the environment', async () => {
  const { clock, controller, sessions, clusters, end } = await started({
    roleArn: roleThere,
    accountId: elsewhere,
  })
  await clock.runUntil(() => controller.state() === 'ready', 600_000)
  expect(controller.state()).toBe('ready')
  expect(clusters()).toEqual(['shop'])
  expect(clusters(elsewhere)).toEqual(['shop'])
  expect(controller.view().statuses.get('there/Cluster/shop')?.attributes.arn).toContain(elsewhere)
  expect(sessions).toEqual(['fairlead-there'])
  await end()
})

test('a role that STS denies stops its environment in AWS’s words, and no other', async () => {
  const words = `User: arn:aws:iam::1:user/ci is not authorized to perform: sts:AssumeRole on resource: ${roleThere}`
  const denied = new AwsError('AccessDenied', words, 403)
  const { clock, controller, events, clusters, ready, end } = await started(
    { roleArn: roleThere },
    denied,
  )
  await clock.advance(600_000)
  expect(ready('here/Cluster/shop')?.status).toBe('True')
  expect(ready('there/Cluster/shop')).toMatchObject({
    status: 'Unknown',
    reason: 'RoleNotAssumed',
    message: `its role cannot be assumed: AccessDenied: ${words}`,
  })
  const status = controller.view().statuses.get('there/Cluster/shop')
  expect(conditionOf(status, 'Stalled')?.status).toBe('True')
  expect(clusters(elsewhere)).toEqual([])
  expect(events.filter(({ reason }) => reason === 'PassFailed')).toEqual([])
  await end()
})

test('a session name is as long as STS takes it', () => {
  expect(sessionNameOf('live')).toBe('fairlead-live')
  expect(sessionNameOf('x'.repeat(63))).toHaveLength(64)
})

test('environments of one account and region share one budget; others have their own', async () => {
  const clock = createVirtualClock()
  const times: string[] = []
  const connect = connector({
    io: { env: { AWS_REGION: 'eu-central-1' } } as never,
    runtime: { clock, random: () => 0.5, log: quietLog },
    apiShare: 1,
    embedded:
      ({ name }) =>
      async () => {
        if (clock.now() > startMs) times.push(name)
        return {}
      },
  })
  const startMs = clock.now()
  const environment = (name: string, more: Partial<Environment>): Environment => ({
    name,
    namePrefix: '',
    tags: {},
    mode: 'apply',
    ...more,
  })
  const first = connect(environment('first', { roleArn: roleThere }))
  const second = connect(environment('second', { roleArn: roleThere, region: 'eu-central-1' }))
  const other = connect(environment('other', { roleArn: roleThere, region: 'eu-west-1' }))
  // Clusters are created twenty at once, then one a second.
  const sent = [first, second, other].flatMap((aws) =>
    Array.from({ length: 15 }, () => aws('ecs:CreateCluster', {})),
  )
  await clock.advance(60_000)
  await Promise.all(sent)
  expect(times).toEqual(Array(10).fill('second'))
})
