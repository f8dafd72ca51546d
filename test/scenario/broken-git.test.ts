/** Promise: nothing is changed or deleted because a source was empty, half-written, unreadable or invalid. */
import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import type { Problem } from '../../src/model.ts'
import { readManifests } from '../../src/reconcile/manifest.ts'
import { select } from '../../src/server/api.ts'
import { createRig, type Rig, snapshotOf } from '../rig.ts'
import {
  document,
  fargateSpec,
  files,
  liveService,
  minute,
  said,
  secondService,
  service,
  shop,
  webDefinition,
  webService,
  written,
} from './shop.ts'

const environment = (name: string, spec: Record<string, unknown> = {}): string =>
  JSON.stringify(document('Environment', name, spec))

/** Staging and production in files of their own; each a cluster and a task definition. */
const twoEnvironments = (
  images: { staging: string; production: string },
  broken: { staging?: string; production?: string } = {},
): Record<string, string> => {
  const of = (name: 'staging' | 'production') =>
    files(
      document('Cluster', 'shop', { clusterName: `shop-${name}` }, {}, name),
      document(
        'TaskDefinition',
        'web',
        { ...webDefinition({ image: images[name] }), family: `web-${name}` },
        {},
        name,
      ),
    )['shop.yaml'] + (broken[name] ?? '')
  return {
    'environments.yaml': `${environment('staging')}\n---\n${environment('production')}`,
    'staging.yaml': of('staging'),
    'production.yaml': of('production'),
  }
}

const unknownField =
  '\n---\n{apiVersion: fairlead.dev/v1alpha1, kind: Cluster, metadata: {name: x, namespace: staging}, spec: {nmae: x}}'

test('an invalid document stops its environment and no other, and recovers when mended', async () => {
  const rig = createRig()
  await rig.git(twoEnvironments({ staging: 'nginx:1.27', production: 'nginx:1.27' }))
  await rig.ready()
  rig.calls.length = 0

  const images = { staging: 'nginx:1.28', production: 'nginx:1.28' }
  await rig.git(twoEnvironments(images, { staging: unknownField }))
  await rig.clock.advance(10 * minute)
  expect(rig.writes().map(({ input }) => input.family)).toEqual(['web-production'])
  expect(said(rig, 'InvalidSource')).toEqual([
    expect.stringMatching(/^staging\.yaml:\d+:\d+: Cluster\/x: spec\.nmae: /),
  ])
  expect(said(rig, 'Stopped')).toEqual(['nothing is written to staging until this is mended'])
  expect(rig.status('staging/Cluster/shop')).toMatchObject({ sync: 'Synced' })
  // Each of them once: staging as it was before, production as Git says.
  expect(listed(rig).sort()).toEqual([
    'production/Cluster/shop Synced',
    'production/TaskDefinition/web Synced',
    'staging/Cluster/shop Synced',
    'staging/TaskDefinition/web Synced',
  ])
  const staged = rig.controller
    .view()
    .manifests.find(({ key }) => key === 'staging/TaskDefinition/web')
  expect(JSON.stringify(staged?.spec)).toContain('nginx:1.27')
  expect(rig.status('staging/TaskDefinition/web')?.lastAppliedRevision).not.toBe(
    rig.status('production/TaskDefinition/web')?.lastAppliedRevision,
  )

  rig.calls.length = 0
  expect(said(rig, 'Mended')).toEqual([])
  await rig.git(twoEnvironments(images))
  await rig.ready()
  expect(said(rig, 'Mended')).toHaveLength(1)
  expect(rig.writes().map(({ input }) => input.family)).toEqual(['web-staging'])
  await rig.stop()
})

test('a file that is not YAML at all stops everything: nothing can be told apart', async () => {
  const rig = createRig()
  await rig.git(twoEnvironments({ staging: 'nginx:1.27', production: 'nginx:1.27' }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git({
    ...twoEnvironments({ staging: 'nginx:1.28', production: 'nginx:1.28' }),
    'half.yaml': 'kind: [',
  })
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'Stopped')).toEqual([
    'nothing is written to staging, production until this is mended',
  ])
  await rig.stop()
})

test('stopped by its source, an environment is still watched: drift is told and not touched', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.clock.advance(minute)
  rig.calls.length = 0
  await rig.git({ 'shop.yaml': `${shop()['shop.yaml']}\n---\nkind: Cluster` })
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 5 })
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'DriftDetected')).toHaveLength(1)
  expect((await liveService(rig)).desiredCount).toBe(5)
  await rig.git(shop())
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  await rig.stop()
})

test('an invalid source from the start writes nothing, and is said', async () => {
  const rig = createRig()
  await rig.git({ 'shop.yaml': 'kind: Cluster' })
  await rig.clock.advance(10 * minute)
  expect(rig.calls).toEqual([])
  expect(said(rig, 'InvalidSource').length).toBeGreaterThan(0)
  await rig.git(shop())
  await rig.ready()
  await rig.stop()
})

/** What the page, the API and `get` list. */
const listed = ({ controller }: Pick<Rig, 'controller'>) =>
  select(controller.view(), kinds, {}).map(
    ({ kind, metadata, status }) => `${metadata.namespace}/${kind}/${metadata.name} ${status.sync}`,
  )

const lived = {
  'env.yaml': environment('live'),
  ...files(
    document('Cluster', 'shop', {}, {}, 'live'),
    document('TaskDefinition', 'web', webDefinition(), {}, 'live'),
    document('Service', 'web', webService(), {}, 'live'),
  ),
}

const unreadable = {
  ...snapshotOf({}),
  problems: [
    {
      file: 'manifests',
      line: 1,
      column: 1,
      code: 'Unreadable',
      severity: 'error' as const,
      message: 'the folder is gone',
    },
  ],
}

test.each([
  ['a source that cannot be read', async () => readManifests(unreadable, kinds)],
  [
    'an Environment that is no YAML',
    async () => readManifests(snapshotOf({ ...lived, 'env.yaml': '{ bad' }), kinds),
  ],
])('%s: its environment is held, not taken for removed', async (_, broken) => {
  const rig = createRig()
  await rig.git(lived)
  await rig.ready()
  const web = 'live/Service/web'
  rig.calls.length = 0
  rig.controller.submit(await broken())
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'EnvironmentRemoved')).toEqual([])
  expect(said(rig, 'Stopped').at(-1)).toContain('live')
  expect(rig.status(web)).toMatchObject({ sync: 'Synced', health: 'Healthy' })
  expect(listed(rig)).toEqual([
    'live/Cluster/shop Synced',
    'live/TaskDefinition/web Synced',
    'live/Service/web Synced',
  ])
  const { values } = await rig.metrics.resourceReady.get()
  expect(values.find(({ labels }) => labels.name === 'web' && labels.kind === 'Service')).toEqual(
    expect.objectContaining({ value: 1 }),
  )
  await rig.git(lived)
  await rig.ready()
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('an unreadable source with no files changes nothing and keeps what is known', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.clock.advance(minute)
  rig.calls.length = 0
  rig.controller.submit(await readManifests(unreadable, kinds))
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'Released')).toEqual([])
  expect(rig.status(service)).toMatchObject({ sync: 'Synced', health: 'Healthy' })
  expect(listed(rig)).toHaveLength(3)
  await rig.git(shop({ service: { desiredCount: 3 } }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  await rig.stop()
})

test('a snapshot that is empty without any problem deletes nothing either', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  await rig.git({})
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect((await liveService(rig)).status).toBe('ACTIVE')
  expect(said(rig, 'Released')).toHaveLength(3)
  await rig.stop()
})

test('a manifest that is taken away leaves its resource as it is, and says so', async () => {
  const rig = createRig()
  await rig.git(shop({ more: [secondService()] }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop())
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(rig.status('default/Service/api')).toBeUndefined()
  expect(said(rig, 'Released')).toEqual(['Service api is no longer in Git: left as it is in AWS'])
  expect((await liveService(rig, 'api')).runningCount).toBe(1)
  // Back again: it is still ours and as it was.
  await rig.git(shop({ more: [secondService()] }))
  await rig.ready()
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a call that waits for another is not sent for a manifest that has gone meanwhile', async () => {
  let answer = () => {}
  const slow = new Promise<void>((resolve) => {
    answer = resolve
  })
  const rig = createRig({
    layer: (next) => async (operation, input, options) => {
      if (operation === 'ecs:RegisterTaskDefinition') await slow
      return next(operation, input, options)
    },
  })
  await rig.git(shop())
  await rig.clock.advance(10_000)
  await rig.git(
    files(document('Cluster', 'shop'), document('TaskDefinition', 'web', webDefinition())),
  )
  answer()
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:CreateCluster', 'ecs:RegisterTaskDefinition'])
  await rig.stop()
})

test('one service described twice is refused before anything is written', async () => {
  const rig = createRig()
  await rig.git(
    shop({
      more: [secondService({ serviceName: 'web' }), document('TaskDefinition', 'x', fargateSpec)],
    }),
  )
  await rig.clock.advance(5 * minute)
  expect(rig.calls).toEqual([])
  expect(said(rig, 'InvalidSource').join()).toContain('Service/api')
  await rig.stop()
})

test('a Git server that is away: what was read last stands and drift is repaired; told once, and when it is back', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  const away = (why: string): Problem => ({
    code: 'GitUnreachable',
    severity: 'notice',
    file: 'https://git.example.com/shop',
    line: 1,
    column: 1,
    message: `cannot be fetched: ${why}`,
  })
  for (const why of ['no route to host', 'timed out']) {
    await rig.source({ ...snapshotOf(shop()), problems: [away(why)] })
    await rig.clock.advance(minute)
  }
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 5 })
  await rig.clock.advance(2 * minute)
  expect((await liveService(rig)).desiredCount).toBe(2)
  expect(said(rig, 'SourceUnreachable')).toEqual(['cannot be fetched: no route to host'])
  expect(said(rig, 'SourceReachable')).toEqual([])
  await rig.git(shop())
  await rig.clock.advance(minute)
  expect(said(rig, 'SourceReachable')).toHaveLength(1)
  await rig.stop()
})
