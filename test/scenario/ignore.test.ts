/**
 * Promises: an ignored field is no change and is told; a call that has to send it sends what is live; whoever registers
 * revisions of an ignoring task definition decides what it ignores.
 */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import {
  conditions,
  counted,
  definition,
  document,
  files,
  liveService,
  minute,
  service,
  shop,
  webDefinition,
  webService,
  written,
} from './shop.ts'

const release = (
  ignore: { service?: string; definition?: string },
  { image = 'nginx:1.27', more = {}, count = 2, tags = {} as Record<string, string> } = {},
) =>
  files(
    document('Cluster', 'shop'),
    document(
      'TaskDefinition',
      'web',
      webDefinition({ image, definition: more }),
      ignore.definition ? { ignore: ignore.definition } : {},
    ),
    document(
      'Service',
      'web',
      webService({
        desiredCount: count,
        ...(Object.keys(tags).length > 0
          ? { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) }
          : {}),
      }),
      ignore.service ? { ignore: ignore.service } : {},
    ),
  )

async function atRest(...given: Parameters<typeof release>): Promise<Rig> {
  const rig = createRig()
  await rig.git(release(...given))
  await rig.ready()
  rig.calls.length = 0
  rig.events.length = 0
  return rig
}

const notes = (rig: Rig, key: string) =>
  rig.controller
    .view()
    .plans.flatMap(({ changes }) => changes.flatMap((one) => (one.key === key ? one.notes : [])))

/** What a deploy job does: a revision with another image, and the service moved to it. */
async function deployBesides(rig: Rig, image: string, move = true): Promise<void> {
  await rig.aws('ecs:RegisterTaskDefinition', { family: 'web', ...webDefinition({ image }) })
  if (!move) return
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', taskDefinition: 'web' })
}

const imageOf = async (rig: Rig) => {
  const { taskDefinition } = await liveService(rig)
  const answer = (await rig.aws('ecs:DescribeTaskDefinition', { taskDefinition })) as {
    taskDefinition: { containerDefinitions: { image: string }[]; memory: string }
  }
  const { containerDefinitions, memory } = answer.taskDefinition
  return `${containerDefinitions[0]?.image} ${memory} ${taskDefinition?.split('/').at(-1)}`
}

test('an ignored count is left to whoever sets it, told in the plan, and no drift', async () => {
  const rig = await atRest({ service: 'spec.desiredCount' })
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 3 })
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(conditions(rig, service)).toEqual(['Ready Steady'])
  expect(rig.status(service)).toMatchObject({ sync: 'Synced', health: 'Healthy', pending: [] })
  expect(notes(rig, service)).toContain('desiredCount is ignored: 3 (Git says 2)')
  expect(await counted(rig, 'driftDetected')).toBe(0)
  // Another change does not bring it back.
  await rig.git(release({ service: 'spec.desiredCount' }, { image: 'nginx:1.28' }))
  await rig.ready()
  expect((await liveService(rig)).desiredCount).toBe(3)
  // No longer ignored: as Git says.
  await rig.git(release({}, { image: 'nginx:1.28' }))
  await rig.ready()
  expect((await liveService(rig)).desiredCount).toBe(2)
  await rig.stop()
})

test('a member that AWS replaces as a whole is sent with the ignored part as it is live', async () => {
  const network = (groups: string[], publicIp: string) => ({
    awsvpcConfiguration: {
      subnets: ['subnet-0defa00000000000a'],
      securityGroups: groups,
      assignPublicIp: publicIp,
    },
  })
  const git = (publicIp: string) =>
    shop({
      service: { networkConfiguration: network(['sg-0defa000000000000'], publicIp) },
      annotations: { ignore: 'networkConfiguration.awsvpcConfiguration.subnets' },
    })
  const rig = createRig()
  await rig.git(git('DISABLED'))
  await rig.ready()
  const moved = network(['sg-0defa000000000000'], 'DISABLED')
  moved.awsvpcConfiguration.subnets = ['subnet-0defa00000000000b']
  await rig.aws('ecs:UpdateService', {
    cluster: 'shop',
    service: 'web',
    networkConfiguration: moved,
  })
  rig.calls.length = 0
  await rig.git(git('ENABLED'))
  await rig.ready()
  const [update] = rig.writes()
  expect(update?.input).toMatchObject({
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ['subnet-0defa00000000000b'], assignPublicIp: 'ENABLED' },
    },
  })
  await rig.stop()
})

const image = 'spec.containerDefinitions[app].image'

test('images are deployed beside fairlead: nothing is registered, nothing rolled back', async () => {
  const rig = await atRest({ definition: image })
  await deployBesides(rig, 'nginx:2')
  await rig.clock.advance(30 * minute)
  // The revision that the job registered becomes ours; the service runs it, and goes on to.
  expect(written(rig)).toEqual(['ecs:TagResource'])
  expect(await imageOf(rig)).toBe('nginx:2 512 web:2')
  expect(rig.status(service)).toMatchObject({ sync: 'Synced', health: 'Healthy' })
  expect(notes(rig, definition)).toEqual([
    `${image.slice(5)} is ignored: nginx:2 (Git says nginx:1.27)`,
  ])
  // Once more, and once more with the same content.
  await deployBesides(rig, 'nginx:3')
  await rig.clock.advance(10 * minute)
  await deployBesides(rig, 'nginx:3')
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual(['ecs:TagResource', 'ecs:TagResource'])
  expect(await imageOf(rig)).toBe('nginx:3 512 web:4')
  expect(await counted(rig, 'driftDetected', { kind: 'Service' })).toBe(0)
  await rig.stop()
})

test('a change in Git of something else keeps the image that was deployed, also after a restart', async () => {
  const rig = await atRest({ definition: image })
  await deployBesides(rig, 'nginx:2')
  await rig.clock.advance(10 * minute)
  await rig.restart()
  rig.calls.length = 0
  await rig.git(release({ definition: image }, { more: { memory: '1024' } }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
  expect(await imageOf(rig)).toBe('nginx:2 1024 web:3')
  // At rest it costs no write, and one read for the family at each sweep.
  rig.calls.length = 0
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.clock.advance(10 * minute)
  const lists = rig.reads().filter(({ operation }) => operation === 'ecs:ListTaskDefinitions')
  expect(lists.length).toBeLessThanOrEqual(11)
  await rig.stop()
})

test('the image that Git names is the first, where nothing is there yet', async () => {
  const rig = await atRest({ definition: image }, { image: 'nginx:7' })
  expect(await imageOf(rig)).toBe('nginx:7 512 web:1')
  await rig.git(release({ definition: image }, { image: 'nginx:8' }))
  await rig.clock.advance(5 * minute)
  expect(written(rig)).toEqual([])
  expect(await imageOf(rig)).toBe('nginx:7 512 web:1')
  await rig.stop()
})

test('a family that is not ours is not taken over by ignoring its image', async () => {
  const rig = createRig()
  await rig.aws('ecs:RegisterTaskDefinition', { family: 'web', ...webDefinition() })
  await rig.git(release({ definition: image }))
  await rig.clock.advance(5 * minute)
  expect(conditions(rig, definition)).toContain('Stalled NotOwned')
  expect(written(rig)).toEqual(['ecs:CreateCluster'])
  await rig.stop()
})

test('ignored tags are neither set nor put back; at creation Git’s count', async () => {
  const rig = await atRest({ service: 'spec.tags.cost' }, { tags: { cost: '1', team: 'web' } })
  const { serviceArn } = await liveService(rig)
  const tags = async () =>
    Object.fromEntries(((await liveService(rig)).tags ?? []).map(({ key, value }) => [key, value]))
  expect(await tags()).toMatchObject({ cost: '1', team: 'web' })
  await rig.aws('ecs:TagResource', {
    resourceArn: serviceArn,
    tags: [
      { key: 'cost', value: '2' },
      { key: 'team', value: 'other' },
    ],
  })
  await rig.clock.advance(10 * minute)
  expect(await tags()).toMatchObject({ cost: '2', team: 'web' })
  await rig.stop()
})

test('of other kinds: what the recipe sends is live, too', async () => {
  const rig = createRig()
  const git = (insights: string, exec: string, ignore?: string) =>
    files(
      document(
        'Cluster',
        'shop',
        {
          settings: [{ name: 'containerInsights', value: insights }],
          configuration: { executeCommandConfiguration: { logging: exec } },
        },
        ignore ? { ignore } : {},
      ),
    )
  await rig.git(git('enabled', 'DEFAULT', 'settings[containerInsights]'))
  await rig.ready()
  await rig.aws('ecs:UpdateCluster', {
    cluster: 'shop',
    settings: [{ name: 'containerInsights', value: 'disabled' }],
  })
  rig.calls.length = 0
  await rig.clock.advance(5 * minute)
  expect(written(rig)).toEqual([])
  await rig.git(git('enabled', 'NONE', 'settings[containerInsights]'))
  await rig.ready()
  expect(JSON.stringify(rig.writes())).not.toContain('"enabled"')
  await rig.stop()
})
