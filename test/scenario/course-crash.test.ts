/** Promise: the whole course, from the role to the service and back, ends the same whatever happens to a call; nothing comes twice. */
import { describe, expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import { isRead } from '../../src/cli/connect.ts'
import { createRig, type Rig, type RigOptions } from '../rig.ts'
import { hosts, remains } from './capacity.ts'
import {
  cluster,
  ecsInstanceRole,
  instances,
  newVpc,
  onInstances,
  service,
  task,
  taskDefinition,
} from './course.ts'
import { deathsIn } from './deaths.ts'
import { files, minute } from './shop.ts'

const hour = 60 * minute

/** All that the course writes, on EC2. One instance at most, or ECS would add one for tasks that wait. */
const course = files(
  ...[ecsInstanceRole(), newVpc(), cluster(), instances({ size: { min: 1, max: 1 } })],
  ...[taskDefinition('hello', 'exit 0 after 10s'), task(onInstances)],
  ...[taskDefinition('web'), service(onInstances)],
)

/** How often AWS has seen each thing of the course, those that are gone by now included; and the instances that run. */
function made(rig: Rig) {
  const world = rig.simulator.world()
  const tasksOf = (family: string) =>
    [...world.tasks.values()].filter(({ task }) =>
      task.taskDefinitionArn?.includes(`task-definition/${family}:`),
    ).length
  const revisions = (family: string) => world.families.get(family)?.length ?? 0
  return {
    clusters: world.clusters.size,
    vpcs: world.ec2.vpcs.size - 1,
    subnets: world.ec2.subnets.size - 3,
    gateways: world.ec2.internetGateways.size - 1,
    roles: world.iam.roles.has('ecsinstancerole') ? 1 : 0,
    profiles: world.iam.profiles.size,
    templates: world.compute.templates.size,
    groups: world.autoscaling.groups.size,
    hosts: hosts(rig).length,
    providers: world.capacityProviders.size,
    revisions: [revisions('hello'), revisions('web')],
    services: world.services.size,
    tasks: [tasksOf('hello'), tasksOf('web')],
  }
}

const once = {
  ...{ clusters: 1, vpcs: 1, subnets: 2, gateways: 1, roles: 1, profiles: 1 },
  ...{ templates: 1, groups: 1, hosts: 1, providers: 1, revisions: [1, 1], services: 1 },
  tasks: [1, 2],
}

const nothing = {
  ...{ groups: 0, providers: 0, hosts: 0, templates: 0, clusters: 0, roles: 0, profiles: 0 },
}

async function quiet(rig: Rig): Promise<void> {
  await rig.clock.advance(minute)
  rig.calls.length = 0
  await rig.clock.advance(3 * minute)
  expect(rig.writes()).toEqual([])
}

/**
 * A process that dies at its n-th write, before the answer comes. What comes after knows AWS alone, so this is also a
 * death between any two writes.
 */
function dyingAt(n: number) {
  const state = { sent: 0, dead: false }
  const layer: Layer = (next) => async (operation, input, options) => {
    if (isRead(operation)) return next(operation, input, options)
    state.sent++
    if (state.sent !== n) return next(operation, input, options)
    await next(operation, input, options).catch(() => {})
    state.dead = true
    return new Promise<never>(() => {})
  }
  return { state, layer }
}

/** Up with the course, and down again, with one death on the way; whether it died. */
async function throughDeath(n: number): Promise<boolean> {
  const { state, layer } = dyingAt(n)
  const settle = async (rig: Rig) => {
    await rig.git(course)
    await rig.clock.runUntil(() => state.dead || rig.controller.state() === 'ready', hour)
    if (state.dead) {
      state.dead = false
      rig.crash()
    }
    await rig.ready(hour)
    return rig
  }
  const rig = await settle(createRig({ layer }))
  expect(made(rig)).toEqual(once)
  await quiet(rig)
  await rig.stop()
  const down = await settle(createRig({ beside: rig, teardown: true, layer }))
  expect(remains(down)).toEqual(nothing)
  await quiet(down)
  await down.stop()
  return state.sent >= n
}

test('death at every single write, up and down, in turn', { timeout: 120_000 }, async () => {
  expect(await deathsIn((n) => throughDeath(n))).toBeGreaterThan(30)
})

const troubles: [string, RigOptions['simulator']][] = [
  ['answers lost after the effect', { loseAnswer: 0.3 }],
  ['reads up to ten seconds old', { staleReadsMs: 10_000 }],
  ['both, and calls that fail', { loseAnswer: 0.2, staleReadsMs: 10_000, failBefore: 0.2 }],
]

describe.each(troubles)('%s', (_, faults) => {
  test.each([1, 2, 3])('seed %i: the same end', async (seed) => {
    const rig = createRig({ seed, simulator: faults! })
    await rig.git(course)
    await rig.clock.advance(20_000)
    rig.crash()
    await rig.ready(2 * hour)
    await rig.clock.advance(2 * minute)
    await rig.ready(2 * hour)
    expect(made(rig)).toEqual(once)
    await rig.stop()
    const down = createRig({ seed, beside: rig, teardown: true })
    await down.git(course)
    await down.ready(2 * hour)
    expect(remains(down)).toEqual(nothing)
    down.simulator.heal()
    await quiet(down)
    await down.stop()
  })
})
