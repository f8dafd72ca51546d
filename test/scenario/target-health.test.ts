/** Promise: a roll-out behind a load balancer tells how many targets are healthy, as numbers too; they go when it ends. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../src/errors.ts'
import { createRig } from '../rig.ts'
import { frontDoor } from './front-door.ts'
import { minute, service, shop } from './shop.ts'

const container = (image: string) => ({
  containerDefinitions: [{ name: 'app', image, portMappings: [{ containerPort: 80 }] }],
})

test('healthy targets in the condition, in the progress and in the metrics, while it rolls out', async () => {
  const rig = createRig()
  const members = await frontDoor(rig)
  const git = (image: string) => rig.git(shop({ service: members, definition: container(image) }))
  await git('nginx:1.27')
  await rig.ready()
  const targets = async () =>
    (await rig.metrics.resourceProgress.get()).values
      .filter(({ labels }) => /targets|healthy/.test(String(labels.count)))
      .map(({ labels, value }) => [labels.count, value])
  const tasks = (await rig.metrics.resourceProgress.get()).values
  expect(tasks).toContainEqual(
    expect.objectContaining({
      labels: { namespace: 'default', kind: 'Service', name: 'web', count: 'running' },
      value: 2,
    }),
  )
  expect(await targets()).toEqual([])
  await git('nginx:1.28')
  const told = new Set<string>()
  await rig.clock.runUntil(() => {
    const { progress, conditions = [] } = rig.status(service) ?? {}
    const ready = conditions.find(({ type }) => type === 'Ready')
    const [said] = /\d of \d targets healthy/.exec(ready?.message ?? '') ?? []
    if (said) told.add(said)
    if (progress?.targets) {
      expect(ready?.message).toContain(`${progress.healthy} of ${progress.targets} targets healthy`)
    }
    return told.has('4 of 4 targets healthy') || told.has('2 of 2 targets healthy')
  }, 10 * minute)
  expect(told.size).toBeGreaterThan(0)
  expect(await targets()).toEqual([
    ['targets', expect.any(Number)],
    ['healthy', expect.any(Number)],
  ])
  await rig.ready()
  expect(await targets()).toEqual([])
  await rig.stop()
})

test('one that may not read target health does without', async () => {
  const rig = createRig({
    layer: (next) => async (operation, input, more) => {
      if (operation !== 'elasticloadbalancing:DescribeTargetHealth')
        return next(operation, input, more)
      throw new AwsFailure(operation, 'denied', 'AccessDenied', 'not authorized')
    },
  })
  const members = await frontDoor(rig)
  await rig.git(shop({ service: members, definition: container('nginx:1.27') }))
  await rig.ready()
  await rig.git(shop({ service: members, definition: container('nginx:1.28') }))
  await rig.clock.advance(30_000)
  expect(rig.status(service)?.progress).not.toHaveProperty('targets')
  await rig.ready()
  await rig.stop()
})

test('a look reads it once, though the report of what fails asks for it too', async () => {
  const rig = createRig({
    layer: (next) => (operation, input, more) => {
      if (operation.endsWith(':DescribeTargetHealth')) {
        asked.push(`${rig.clock.now()} ${JSON.stringify(input)}`)
      }
      return next(operation, input, more)
    },
  })
  const asked: string[] = []
  const members = await frontDoor(rig)
  const [app] = container('nginx:1.27').containerDefinitions
  const git = (labels: Record<string, string>) =>
    rig.git(
      shop({
        service: members,
        definition: { containerDefinitions: [{ ...app, dockerLabels: labels }] },
      }),
    )
  await git({})
  await rig.ready()
  await git({ 'fairlead.dev/simulate': 'fails target health checks after 0s' })
  await rig.clock.advance(3 * minute)
  expect(rig.status(service)?.report?.cause).toMatch(/Target/)
  expect(asked.length).toBeGreaterThan(10)
  expect(new Set(asked).size).toBe(asked.length)
  await rig.stop()
})
