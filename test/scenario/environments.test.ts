/** Promise: an Environment is the border: its names, tags, region, account and mode reach all of it and nothing else. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import {
  conditions,
  counted,
  document,
  files,
  minute,
  said,
  webDefinition,
  webService,
  written,
} from './shop.ts'

/** The same three resources in an environment. */
const inside = (name: string, spec: Record<string, unknown> = {}, image = 'nginx:1.27') => [
  document('Environment', name, spec),
  document('Cluster', 'shop', {}, {}, name),
  document('TaskDefinition', 'web', webDefinition({ image }), {}, name),
  document('Service', 'web', webService(), {}, name),
]

const namesIn = (rig: Rig, region?: string) => {
  const { clusters, services, families } = rig.simulator.world(region)
  return {
    clusters: [...clusters.values()].map(({ cluster }) => cluster.clusterName),
    services: [...services.values()].map(({ service }) => service.serviceName),
    families: [...families.keys()],
  }
}

test('namePrefix reaches the names that come from metadata, and nothing that is written out', async () => {
  const rig = createRig()
  await rig.git(
    files(
      ...inside('staging', { namePrefix: 'stg-' }),
      document('Cluster', 'plain', { clusterName: 'as-written' }, {}, 'staging'),
    ),
  )
  await rig.ready()
  expect(namesIn(rig)).toEqual({
    clusters: expect.arrayContaining(['stg-shop', 'as-written']),
    services: ['stg-web'],
    families: ['stg-web'],
  })
  await rig.clock.advance(10 * minute)
  expect(rig.writes()).toHaveLength(4)
  await rig.stop()
})

test('two environments with the same manifests live side by side by their prefixes', async () => {
  const rig = createRig()
  await rig.git(
    files(...inside('staging', { namePrefix: 'stg-' }), ...inside('live', { namePrefix: 'live-' })),
  )
  await rig.ready()
  expect(namesIn(rig).services.sort()).toEqual(['live-web', 'stg-web'])
  rig.calls.length = 0
  await rig.git(
    files(
      ...inside('staging', { namePrefix: 'stg-' }, 'nginx:1.28'),
      ...inside('live', { namePrefix: 'live-' }),
    ),
  )
  await rig.ready()
  expect(JSON.stringify(rig.writes())).not.toContain('live-web')
  await rig.stop()
})

test('without prefixes they would be one and the same: the second is refused', async () => {
  const rig = createRig()
  await rig.git(files(...inside('live'), ...inside('staging', {}, 'nginx:1.28')))
  await rig.clock.advance(10 * minute)
  expect(said(rig, 'Stopped')).toEqual(['nothing is written to staging until this is mended'])
  expect(JSON.stringify(rig.writes())).not.toContain('staging')
  expect(rig.writes()).toHaveLength(3)
  await rig.stop()
})

test('the environment’s tags are on everything; the manifest’s own win; new ones cost one call each', async () => {
  const rig = createRig()
  const tagged = (tags: Record<string, string>) => {
    const [environment, , definition, service] = inside('staging', { tags })
    const own = document(
      'Cluster',
      'shop',
      { tags: [{ key: 'team', value: 'shop' }] },
      {},
      'staging',
    )
    return files(environment ?? {}, own, definition ?? {}, service ?? {})
  }
  await rig.git(tagged({ stage: 'test', team: 'platform' }))
  await rig.ready()
  const tagsOf = async (resourceArn: string) => {
    const { tags } = (await rig.aws('ecs:ListTagsForResource', { resourceArn })) as {
      tags: { key: string; value: string }[]
    }
    return Object.fromEntries(tags.map(({ key, value }) => [key, value]))
  }
  const arn = (key: string) => rig.status(`staging/${key}`)?.attributes.arn ?? ''
  expect(await tagsOf(arn('Cluster/shop'))).toMatchObject({ stage: 'test', team: 'shop' })
  expect(await tagsOf(arn('Service/web'))).toMatchObject({ stage: 'test', team: 'platform' })
  expect(await tagsOf(arn('TaskDefinition/web'))).toMatchObject({
    stage: 'test',
    'fairlead:owner': 'default',
    'fairlead:resource': 'staging/TaskDefinition/web',
  })
  rig.calls.length = 0
  await rig.git(tagged({ stage: 'test', team: 'platform', 'cost-centre': '42' }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:TagResource', 'ecs:TagResource', 'ecs:TagResource'])
  await rig.stop()
})

test('mode observe: looked at, compared, never written', async () => {
  const rig = createRig()
  await rig.git(files(...inside('live', { mode: 'observe' })))
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(rig.status('live/Cluster/shop')).toMatchObject({ sync: 'OutOfSync', health: 'Missing' })
  // Handing it over is one word in Git.
  await rig.git(files(...inside('live')))
  await rig.ready()
  expect(written(rig)).toHaveLength(3)
  await rig.git(files(...inside('live', { mode: 'observe' }, 'nginx:1.28')))
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(rig.status('live/TaskDefinition/web')?.pending.map(({ path }) => path)).toEqual([
    'containerDefinitions[app].image',
  ])
  await rig.stop()
})

test('the wrong account: nothing is read but its number, nothing is written, and it is said', async () => {
  const rig = createRig()
  await rig.git(files(...inside('live', { accountId: '999999999999' })))
  await rig.clock.advance(10 * minute)
  expect(new Set(rig.calls.map(({ operation }) => operation))).toEqual(
    new Set(['sts:GetCallerIdentity']),
  )
  expect(said(rig, 'WrongAccount')[0]).toMatch(/account 123456789012.* says 999999999999/)
  expect(await counted(rig, 'passes', { environment: 'live', result: 'stopped' })).toBeGreaterThan(
    1,
  )
  await rig.git(files(...inside('live', { accountId: '123456789012' })))
  await rig.ready()
  await rig.stop()
})

test('a wrong account number that comes later stops it, too', async () => {
  const rig = createRig()
  await rig.git(files(...inside('live', { accountId: '123456789012' })))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(files(...inside('live', { accountId: '999999999999' }, 'nginx:1.28')))
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('each environment in its region', async () => {
  const rig = createRig()
  await rig.git(
    files(
      ...inside('eu', { region: 'eu-central-1', namePrefix: 'eu-' }),
      ...inside('us', { region: 'us-east-1', namePrefix: 'us-' }),
    ),
  )
  await rig.ready()
  expect(namesIn(rig, 'eu-central-1').services).toEqual(['eu-web'])
  expect(namesIn(rig, 'us-east-1').services).toEqual(['us-web'])
  await rig.stop()
})

test('an environment that moves to another region is kept there from then on', async () => {
  const rig = createRig()
  await rig.git(files(...inside('live', { region: 'us-east-1' })))
  await rig.ready()
  await rig.git(files(...inside('live', { region: 'eu-central-1' }, 'nginx:1.28')))
  await rig.ready()
  expect(namesIn(rig, 'eu-central-1').services).toEqual(['web'])
  expect(rig.status('live/Service/web')?.attributes.arn).toContain(':eu-central-1:')
  expect(rig.simulator.world('us-east-1').families.get('web')).toHaveLength(1)
  await rig.stop()
})

test('an environment that is no longer described is left as it is, and said', async () => {
  const rig = createRig()
  await rig.git(
    files(...inside('staging', { namePrefix: 'stg-' }), ...inside('live', { namePrefix: 'live-' })),
  )
  await rig.ready()
  rig.calls.length = 0
  await rig.git(files(...inside('live', { namePrefix: 'live-' })))
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'EnvironmentRemoved')).toEqual([
    'staging is no longer described: nothing in it is deleted',
  ])
  expect(conditions(rig, 'staging/Cluster/shop')).toEqual([])
  const { values } = await rig.metrics.resourceReady.get()
  expect(values.filter(({ labels }) => labels.namespace === 'staging')).toEqual([])
  expect(namesIn(rig).services.sort()).toEqual(['live-web', 'stg-web'])
  await rig.stop()
})

test('one environment that is throttled to a standstill does not hold up the other', async () => {
  const rig = createRig({
    layer: (next) => async (operation, input, options) => {
      if (JSON.stringify(input).includes('slow-')) return new Promise<never>(() => {})
      return next(operation, input, options)
    },
  })
  await rig.git(
    files(...inside('slow', { namePrefix: 'slow-' }), ...inside('fast', { namePrefix: 'fast-' })),
  )
  await rig.clock.runUntil(() => rig.status('fast/Service/web')?.health === 'Healthy', 10 * minute)
  expect(conditions(rig, 'fast/Service/web')).toEqual(['Ready Steady'])
})
