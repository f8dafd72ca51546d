/**
 * Every strategy with every thing that may happen to a roll-out. Given a service of two tasks that runs web:1 by that
 * strategy; Git says web:2; then. Never are fewer than two tasks healthy, and nothing that failed is tried twice.
 */
import { describe, expect, test } from 'vitest'
import { AwsFailure } from '../../src/errors.ts'
import { seededRandom } from '../../src/runtime.ts'
import { createRig, type Rig } from '../rig.ts'
import { frontDoor } from './front-door.ts'
import { conditions, counted, minute, type Shop, service, shop } from './shop.ts'

const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } }
const alarms = { alarms: { alarmNames: ['errors'], enable: true, rollback: true } }

/** How a service is deployed, in the members of its deployment configuration. */
const strategies: Readonly<Record<string, Record<string, unknown>>> = {
  'ROLLING, circuit breaker on': breaker,
  'ROLLING, circuit breaker off': {},
  BLUE_GREEN: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 2 },
  LINEAR: {
    strategy: 'LINEAR',
    linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 },
  },
  CANARY: {
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 1 },
  },
}

interface Scene {
  readonly rig: Rig
  readonly git: (more?: Shop) => Promise<unknown>
}

interface Story {
  /** What the new revision does. */
  readonly simulate?: string
  readonly image?: string
  /** On EC2, and what the new revision takes, in MiB. */
  readonly onInstances?: true
  readonly memory?: string
  /** What happens while it rolls out. */
  readonly during?: (scene: Scene) => Promise<unknown>
  /** The share of calls that AWS throttles while it rolls out. */
  readonly throttled?: number
  readonly end: 'web:2 runs' | 'web:3 runs' | 'rolled back' | 'stuck'
}

const half = 20_000

const stories: Readonly<Record<string, Story>> = {
  'all goes well': { end: 'web:2 runs' },
  'a container crashes': { simulate: 'exit 1 after 3s', end: 'rolled back' },
  'the image does not exist': { simulate: 'cannot pull', image: 'nginx:gone', end: 'rolled back' },
  'the health check fails': { simulate: 'unhealthy after 1s', end: 'rolled back' },
  'memory runs out': { simulate: 'oom after 5s', end: 'rolled back' },
  'an alarm fires': {
    during: async ({ rig }) => {
      await rig.clock.advance(half)
      rig.simulator.disturb({ setAlarm: 'errors', state: 'ALARM' })
    },
    end: 'rolled back',
  },
  'somebody stops it': {
    during: async ({ rig }) => {
      await rig.clock.advance(half)
      const serviceDeploymentArn = rig.status(service)?.rollout?.id
      await rig.aws('ecs:StopServiceDeployment', { serviceDeploymentArn })
    },
    end: 'rolled back',
  },
  'a newer commit comes': {
    during: async ({ rig, git }) => {
      await rig.clock.advance(half)
      await git({ image: 'nginx:1.29' })
    },
    end: 'web:3 runs',
  },
  'a fix comes while it fails': {
    simulate: 'exit 1 after 30s',
    during: async ({ rig, git }) => {
      await rig.clock.advance(half)
      await git({ image: 'nginx:1.29' })
    },
    end: 'web:3 runs',
  },
  'the controller restarts': {
    during: async ({ rig }) => {
      await rig.clock.advance(half)
      await rig.restart()
    },
    end: 'web:2 runs',
  },
  'the controller dies while it fails': {
    simulate: 'exit 1 after 3s',
    during: async ({ rig }) => {
      await rig.clock.advance(half)
      rig.crash()
    },
    end: 'rolled back',
  },
  // The task definition asks for more than any instance has.
  'there is no room': { onInstances: true, memory: '60000', end: 'stuck' },
  'AWS throttles half of all calls': { throttled: 0.5, end: 'web:2 runs' },
  'an old task is killed': {
    during: async ({ rig }) => {
      await rig.clock.advance(half)
      const { taskArns } = (await rig.aws('ecs:ListTasks', {
        cluster: 'shop',
        serviceName: 'web',
      })) as { taskArns: string[] }
      await rig.aws('ecs:StopTask', { cluster: 'shop', task: taskArns[0] })
    },
    end: 'web:2 runs',
  },
}

async function play(strategy: Record<string, unknown>, story: Story) {
  const random = seededRandom(7)
  let storm = 0
  const rig = createRig({
    simulator: { containerInstances: [{ cluster: 'shop', count: 3, type: 'm5.large' }] },
    layer: (next) => async (operation, input, more) => {
      if (random() < storm) {
        throw new AwsFailure(operation, 'throttled', 'ThrottlingException', 'Rate exceeded')
      }
      return next(operation, input, more)
    },
  })
  const shifts = 'strategy' in strategy
  const members = shifts ? await frontDoor(rig) : {}
  const onInstances = story.onInstances
    ? { requiresCompatibilities: ['EC2'], cpu: '128', memory: '256' }
    : {}
  const git = ({ image = 'nginx:1.27', simulate, definition = {} }: Shop = {}) =>
    rig.git(
      shop({
        annotations: { timeout: '20m' },
        service: {
          ...members,
          ...(story.onInstances ? { launchType: 'EC2' } : {}),
          deploymentConfiguration: { ...strategy, ...alarms },
        },
        definition: {
          ...onInstances,
          ...definition,
          containerDefinitions: [
            {
              name: 'app',
              image,
              portMappings: [{ containerPort: 80 }],
              ...(simulate ? { dockerLabels: { 'fairlead.dev/simulate': simulate } } : {}),
            },
          ],
        },
      }),
    )
  const { problems } = await git()
  expect(problems).toEqual([])
  await rig.ready()
  const healthy = () =>
    [...rig.simulator.world().tasks.values()].filter(
      ({ task }) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING',
    ).length
  await git({
    image: story.image ?? 'nginx:1.28',
    ...(story.simulate ? { simulate: story.simulate } : {}),
    ...(story.memory ? { definition: { memory: story.memory } } : {}),
  })
  storm = story.throttled ?? 0
  await rig.clock.advance(3_000)
  await story.during?.({ rig, git })
  let lowest = healthy()
  await rig.clock.runUntil(() => {
    lowest = Math.min(lowest, healthy())
    return rig.controller.state() !== 'busy'
  }, 60 * minute)
  await rig.clock.advance(2 * minute)
  storm = 0
  await rig.clock.advance(15 * minute)
  return { rig, lowest }
}

const revisionOf = (rig: Rig) => {
  const [record] = [...rig.simulator.world().services.values()]
  return record?.service.taskDefinition?.split('/').at(-1)
}

const attempts = (rig: Rig) =>
  [...rig.simulator.world().services.values()][0]?.serviceDeployments.length

describe.each(Object.entries(strategies))('%s', (_, strategy) => {
  test.each(Object.entries(stories))(
    '%s',
    async (name, story) => {
      const { rig, lowest } = await play(strategy, story)
      const killed = name === 'an old task is killed' ? 1 : 0
      expect(lowest).toBeGreaterThanOrEqual(2 - killed)
      const words = conditions(rig, service)
      // AWS's circuit breaker counts tasks that find no room; without one, only the deadline tells.
      const end = story.end === 'stuck' && strategy === breaker ? 'rolled back' : story.end
      if (end === 'rolled back') {
        expect(words).toContain('Stalled RolledBack')
        expect(revisionOf(rig)).toBe('web:1')
        expect(await counted(rig, 'rollouts', { result: 'Superseded' })).toBe(0)
        rig.calls.length = 0
        await rig.clock.advance(10 * minute)
        expect(rig.writes()).toEqual([])
      } else if (end === 'stuck') {
        expect(words).toContain('Stalled ProgressDeadlineExceeded')
        expect(rig.status(service)?.report?.cause).toBe('NoCapacity')
      } else {
        expect(words).toEqual(['Ready Steady'])
        expect(revisionOf(rig)).toBe(end.split(' ')[0])
        expect(await counted(rig, 'rollouts', { result: 'RolledBack' })).toBe(0)
      }
      // The first, and then each content once.
      expect(attempts(rig)).toBe(end === 'web:3 runs' ? 3 : 2)
      await rig.stop()
    },
    60_000,
  )
})
