/** Promise: the way from one name in AWS to another ends the same wherever the process dies, and whatever AWS shows late. */
import { describe, expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import { isRead } from '../../src/cli/connect.ts'
import { createRig, type Rig, type RigOptions } from '../rig.ts'
import { allowed, front, grouped, running, targetGroups } from './beside.ts'
import { deathsIn } from './deaths.ts'
import { taskRole } from './means.ts'
import { document, liveService, minute, shop } from './shop.ts'

const from = front({ name: 'web' }, allowed, { serviceName: 'web' })
const [text = ''] = Object.values(front({ name: 'web2' }, allowed, { serviceName: 'web2' }))

/** The target group and the service get other names at once. */
const to = {
  'shop.yaml': text
    .split('\n---\n')
    .map((each) => {
      const parsed = JSON.parse(each)
      if (parsed.kind === 'Service')
        parsed.metadata.annotations = { 'fairlead.dev/replace': 'allowed' }
      return JSON.stringify(parsed)
    })
    .join('\n---\n'),
}

/** Dies at its n-th write; and no deletion is ever sent before the new service is steady. */
function watched(n: number, when: 'before' | 'after') {
  const state = { sent: 0, dead: false, steady: () => true }
  const layer: Layer = (next) => async (operation, input, options) => {
    if (isRead(operation)) return next(operation, input, options)
    if (/Delete/.test(operation)) expect(state.steady(), `${operation} too early`).toBe(true)
    state.sent++
    if (state.sent !== n) return next(operation, input, options)
    if (when === 'after') await next(operation, input, options)
    state.dead = true
    return new Promise<never>(() => {})
  }
  return { state, layer }
}

const isSteady = (rig: Rig) => () =>
  [...rig.simulator.world().tasks.values()].filter(
    ({ task }) => task.group === 'service:web2' && task.lastStatus === 'RUNNING',
  ).length === 2

async function sameEnd(rig: Rig): Promise<void> {
  expect(targetGroups(rig)).toEqual(['web2'])
  const active = [...rig.simulator.world().services.values()].filter(
    ({ service }) => service.status === 'ACTIVE',
  )
  expect(active.map(({ service }) => service.serviceName)).toEqual(['web2'])
  await rig.clock.advance(3 * minute)
  expect(running(rig)).toBe(2)
  rig.calls.length = 0
  await rig.clock.advance(10 * minute)
  expect(rig.writes()).toEqual([])
}

async function story(n: number, when: 'before' | 'after'): Promise<boolean> {
  const { state, layer } = watched(n, when)
  const rig = createRig({ layer: (next) => layer(next) })
  state.sent = Number.NEGATIVE_INFINITY
  await rig.git(from)
  await rig.ready()
  state.sent = 0
  state.steady = isSteady(rig)
  await rig.git(to)
  await rig.clock.runUntil(() => state.dead || rig.controller.state() === 'ready', 60 * minute)
  if (state.dead) rig.crash()
  await rig.ready(60 * minute)
  await sameEnd(rig)
  await rig.stop()
  return state.sent >= n
}

describe.each(['before', 'after'] as const)('%s the effect', (when) => {
  test('death at every single write in turn: always the same end', async () => {
    expect(await deathsIn((n) => story(n, when))).toBe(5)
  }, 300_000)
})

/** A service whose tasks have a role, which AWS would delete under them. */
const withRole = (roleName: string) => {
  const role = document('Role', 'task', { ...taskRole, policies: [], roleName }, allowed)
  return shop({ definition: { taskRoleArn: { ref: 'task' } }, more: [role] })
}

test.each(Array.from({ length: 12 }, (_, i) => i + 1))(
  'seed %i: Git goes back just after the service has moved, and a fresh process reads what was before',
  async (seed) => {
    const taken: string[] = []
    let rig: Rig | undefined
    const layer: Layer = (next) => async (operation, input, options) => {
      if (operation === 'iam:DeleteRole') {
        const { services, families } = rig!.simulator.world()
        for (const { service } of services.values()) {
          const number = Number(service.taskDefinition?.split(':').at(-1))
          const role = families.get('web')?.[number - 1]?.definition.taskRoleArn
          if (role?.endsWith(`/${(input as { RoleName: string }).RoleName}`)) taken.push(role)
        }
      }
      return next(operation, input, options)
    }
    rig = createRig({ seed, layer, simulator: { staleReadsMs: 10_000 } })
    await rig.git(withRole('one'))
    await rig.ready(60 * minute)
    await rig.clock.advance(2 * minute)
    rig.calls.length = 0
    await rig.git(withRole('two'))
    const { calls } = rig
    await rig.clock.runUntil(
      () => calls.some(({ operation }) => operation === 'ecs:UpdateService'),
      10 * minute,
    )
    rig.crash()
    await rig.git(withRole('one'))
    await rig.clock.advance(2 * minute)
    await rig.ready(60 * minute)
    rig.simulator.heal()
    await rig.clock.advance(2 * minute)
    await rig.ready(60 * minute)
    expect(taken, 'roles of what runs').toEqual([])
    expect([...rig.simulator.world().iam.roles.keys()]).not.toContain('two')
    await rig.stop()
  },
  60_000,
)

const troubles: [string, RigOptions['simulator']][] = [
  ['lost answers', { loseAnswer: 0.3 }],
  ['reads up to ten seconds old', { staleReadsMs: 10_000 }],
  ['throttling and failures', { failBefore: 0.3 }],
  ['all of it', { loseAnswer: 0.2, staleReadsMs: 5_000, failBefore: 0.2 }],
]

describe.each(troubles)('%s', (_, faults) => {
  test.each([1, 2, 3])(
    'seed %i: the same end, and no deletion too early',
    async (seed) => {
      const { state, layer } = watched(-1, 'after')
      const rig = createRig({ seed, layer, simulator: faults! })
      await rig.git(from)
      await rig.ready(120 * minute)
      await rig.clock.advance(2 * minute)
      state.steady = isSteady(rig)
      await rig.git(to)
      await rig.clock.advance(2 * minute)
      await rig.restart()
      await rig.ready(120 * minute)
      rig.simulator.heal()
      await rig.clock.advance(2 * minute)
      await rig.ready(120 * minute)
      await sameEnd(rig)
      await rig.stop()
    },
    60_000,
  )

  test.each([1, 2, 3])(
    'seed %i: back and forth, and a restart in between',
    async (seed) => {
      const rig = createRig({ seed, simulator: faults! })
      await rig.git(grouped('web', allowed))
      await rig.ready(120 * minute)
      await rig.clock.advance(2 * minute)
      await rig.git(grouped('web2', allowed))
      await rig.clock.runUntil(
        () => rig.writes().filter(({ operation }) => operation === 'ecs:UpdateService').length > 0,
        60 * minute,
      )
      rig.crash()
      await rig.git(grouped('web', allowed))
      await rig.ready(120 * minute)
      rig.simulator.heal()
      await rig.clock.advance(2 * minute)
      await rig.ready(120 * minute)
      const groups = [...rig.simulator.world().ec2.securityGroups.values()]
      expect(groups.map(({ groupName }) => groupName).sort()).toEqual(['db', 'default', 'web'])
      const { networkConfiguration } = await liveService(rig)
      expect(networkConfiguration?.awsvpcConfiguration?.securityGroups).toEqual(
        groups.flatMap(({ groupName, groupId }) => (groupName === 'web' ? groupId : [])),
      )
      await rig.stop()
    },
    60_000,
  )
})
