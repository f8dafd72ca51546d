/** Promise: a roll-out that would get stuck is named before it starts: which service, why, and what helps. */
import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { loadObserved } from '../../src/rehearsal/load.ts'
import { createRig } from '../rig.ts'
import { desiredOf, rehearsed } from './rehearsing.ts'

interface Wish {
  readonly image?: string
  readonly hostPort?: number
  readonly memory?: number
  readonly desired?: number
  readonly configuration?: string
}

function shop({ image = '1', hostPort = 0, memory = 128, desired = 1, configuration }: Wish) {
  return {
    'shop.yaml': `apiVersion: fairlead.dev/v1alpha1
kind: Cluster
metadata: { name: shop }
spec: {}
---
apiVersion: fairlead.dev/v1alpha1
kind: TaskDefinition
metadata: { name: web }
spec:
  networkMode: bridge
  containerDefinitions:
    - name: web
      image: "nginx:${image}"
      memory: ${memory}
      portMappings: [{ containerPort: 80${hostPort ? `, hostPort: ${hostPort}` : ''} }]
---
apiVersion: fairlead.dev/v1alpha1
kind: Service
metadata: { name: web }
spec:
  cluster: { ref: shop }
  taskDefinition: { ref: web }
  desiredCount: ${desired}
${configuration ? `  deploymentConfiguration: { ${configuration} }\n` : ''}`,
  }
}

async function standing(wish: Wish, instances = 1) {
  const rig = createRig({
    simulator: { containerInstances: [{ cluster: 'shop', count: instances, type: 't3.small' }] },
  })
  await rig.git(shop(wish))
  await rig.ready()
  await rig.clock.advance(120_000)
  return rig
}

test('one instance, a static host port, 100 % minimum healthy', async () => {
  const rig = await standing({ hostPort: 8080 })
  const before = rig.calls.length
  const rehearsal = await rehearsed(rig, shop({ hostPort: 8080, image: '2' }))
  expect(rehearsal.outcome).toBe('stuck')
  expect(rehearsal.stuck).toHaveLength(1)
  expect(rehearsal.stuck[0]).toMatchObject({
    key: 'default/Service/web',
    cluster: 'shop',
    lack: 'port',
    moreInstances: 1,
    why: 'host port 8080 is taken on the only instance by web, and minimumHealthyPercent 100 keeps the old tasks',
  })
  expect(rehearsal.stuck[0]?.event).toContain('is already using a port required by your task')
  expect(rehearsal.stuck[0]?.help[0]).toMatch(
    /^1 more t3.small instance in the cluster \(tried: all is done after \d+ s\)$/,
  )
  expect(rehearsal.stuck[0]?.help[1]).toBe(
    'minimumHealthyPercent 0, so that an old task goes first',
  )
  // The old task runs on all the while, and nothing was written.
  expect(rehearsal.services[0]?.lowest).toEqual({ least: 1, most: 1 })
  expect(
    rig.calls.slice(before).filter(({ operation }) => /Update|Register|Create/.test(operation)),
  ).toEqual([])
  await rig.stop()
})

test('the same goes through with what is said to help', async () => {
  const rig = await standing({ hostPort: 8080 })
  const helped = shop({
    hostPort: 8080,
    image: '2',
    configuration: 'minimumHealthyPercent: 0',
  })
  const rehearsal = await rehearsed(rig, helped)
  expect(rehearsal.outcome).toBe('done')
  expect(rehearsal.stuck).toEqual([])
  expect(rehearsal.services[0]?.lowest).toEqual({ least: 0, most: 0 })
  await rig.stop()
  const two = await standing({ hostPort: 8080 }, 2)
  expect((await rehearsed(two, shop({ hostPort: 8080, image: '2' }))).outcome).toBe('done')
  await two.stop()
})

test('no memory for a second task beside the first', async () => {
  const rig = await standing({ memory: 1_200 })
  const rehearsal = await rehearsed(rig, shop({ memory: 1_300 }))
  expect(rehearsal.outcome).toBe('stuck')
  expect(rehearsal.stuck[0]).toMatchObject({ lack: 'memory', moreInstances: 1 })
  expect(rehearsal.stuck[0]?.why).toContain('a task takes 1300 MiB of memory')
  await rig.stop()
})

test('percentages that allow neither starting nor stopping', async () => {
  const percentages = 'minimumHealthyPercent: 100, maximumPercent: 125'
  const rig = await standing({ desired: 3, configuration: percentages })
  const wish = { desired: 3, configuration: percentages, image: '2' }
  const rehearsal = await rehearsed(rig, shop(wish))
  expect(rehearsal.outcome).toBe('stuck')
  expect(rehearsal.stuck[0]).toMatchObject({
    lack: 'percentages',
    why: 'of 3 tasks 125 % are 3 and 100 % are 3: none may be started and none stopped',
    help: ['maximumPercent 134 or more', 'minimumHealthyPercent 66 or less'],
  })
  await rig.stop()
})

test('a breaker that would trip for want of room is named too', async () => {
  const breaker = 'deploymentCircuitBreaker: { enable: true, rollback: true }'
  const rig = await standing({ hostPort: 8080, configuration: breaker })
  const wish = { hostPort: 8080, configuration: breaker, image: '2' }
  const rehearsal = await rehearsed(rig, shop(wish))
  expect(rehearsal.outcome).toBe('stalled')
  expect(rehearsal.stuck[0]).toMatchObject({ lack: 'port', moreInstances: 1 })
  expect(rehearsal.open[0]?.key).toBe('default/Service/web')
  await rig.stop()
})

test('no task began after the beginning, though the clock of what was read is ahead of ours', async () => {
  const rig = await standing({ desired: 2 })
  const desired = await desiredOf(shop({ desired: 2, image: '2' }))
  const loaded = await loadObserved({
    ...{ kinds, desired, owner: 'default', region: 'us-east-1', aws: rig.aws },
    environment: desired.environments[0]!,
    now: () => rig.clock.now() - 3_600_000,
  })
  const started = [...rig.simulator.world().tasks.values()].map(({ task }) =>
    Number(task.startedAt),
  )
  expect(started).toHaveLength(2)
  expect(loaded.atMs).toBeGreaterThan(Math.max(...started))
  await rig.stop()
})
