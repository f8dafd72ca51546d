/** What may happen in a random life, and how often: commits, people at the console, failures of AWS and of us. */

import type { Operation } from '../../../src/model.ts'
import type { World } from '../../../src/simulator/world.ts'
import type { Rig } from '../../rig.ts'
import { type App, type Git, illnesses } from './git.ts'

/** What an act sees and can do. */
export interface Life {
  readonly rig: Rig
  readonly random: () => number
  readonly git: Git
  /** Everything that Git has said, oldest first. */
  readonly past: readonly Git[]
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  nextTag(): number
  world(): World
  commit(change: (git: Git) => Git): Promise<void>
  pass(ms: number): Promise<void>
  /** The controller stops, or dies, and another one starts. */
  startAnew(how: 'restart' | 'crash'): Promise<void>
  /** What somebody does at the console; AWS may refuse it. */
  byHand(operation: Operation, input: Record<string, unknown>): Promise<void>
  /** Calls fail with this probability for this long. */
  faults(probability: number, forMs: number): void
}

export interface Act {
  readonly name: string
  /** How often, against the others. */
  readonly weight: number
  readonly run: (life: Life) => Promise<unknown> | unknown
}

const minute = 60_000

/** One app or several get a new image; some of these do not run. */
async function newImages(life: Life): Promise<void> {
  const shared = life.chance(0.3)
  const illness = life.chance(0.4) ? life.pick(illnesses) : undefined
  const some = shared ? life.git.apps : [life.pick(life.git.apps)]
  for (const { name } of some) {
    const tag = life.nextTag()
    await life.commit((git) => ({
      ...git,
      apps: git.apps.map((app) =>
        app.name === name ? { ...well(app), tag, ...(illness ? { illness } : {}) } : app,
      ),
    }))
  }
}

function well({ illness: _, ...app }: App): App {
  return app
}

const acts: readonly Act[] = [
  { name: 'a new image', weight: 6, run: newImages },
  {
    name: 'one commit after the other',
    weight: 2,
    async run(life) {
      await newImages(life)
      await life.pass(life.random() * 3_000)
      await newImages(life)
    },
  },
  {
    name: 'Git goes back',
    weight: 2,
    run: (life) => life.commit(() => ({ ...life.pick(life.past) })),
  },
  {
    name: 'another number of tasks',
    weight: 2,
    run: (life) => {
      const { name } = life.pick(life.git.apps)
      const desired = 2 + Math.floor(life.random() * 3)
      return life.commit((git) => ({
        ...git,
        apps: git.apps.map((app) => (app.name === name ? { ...app, desired } : app)),
      }))
    },
  },
  {
    name: 'an app is taken out',
    weight: 2,
    run: (life) =>
      life.git.apps.length > 2 &&
      life.commit((git) => {
        const { name } = life.pick(git.apps)
        return { ...git, apps: git.apps.filter((app) => app.name !== name) }
      }),
  },
  {
    name: 'the folder is damaged for a while',
    weight: 1,
    async run(life) {
      const damage = life.chance(0.5) ? 'empty' : 'half written'
      await life.commit((git) => ({ ...git, damage }))
      await life.pass(life.random() * 3 * minute)
      await life.commit(({ damage: _, ...git }) => git)
    },
  },
  {
    name: 'documents move to other files',
    weight: 1,
    run: (life) => life.commit((git) => ({ ...git, layout: git.layout + 1 })),
  },
  {
    name: 'a task is killed',
    weight: 3,
    run: (life) => {
      const tasks = [...life.world().tasks.values()].filter(
        ({ serviceName, task }) => serviceName && task.desiredStatus === 'RUNNING',
      )
      if (tasks.length === 0) return
      const { task, clusterName } = life.pick(tasks)
      return life.byHand('ecs:StopTask', { cluster: clusterName, task: task.taskArn })
    },
  },
  {
    name: 'an instance is lost',
    weight: 2,
    run: (life) => {
      const hosts = [...life.world().compute.hosts.values()].filter(
        ({ instance }) => instance.State?.Name === 'running',
      )
      const failHost = hosts.length > 0 ? life.pick(hosts).instance.InstanceId : undefined
      if (failHost) life.rig.simulator.disturb({ failHost })
    },
  },
  {
    name: 'AWS throttles and fails',
    weight: 2,
    run: (life) => {
      life.faults(0.1 + life.random() * 0.4, life.random() * 4 * minute)
    },
  },
  { name: 'the controller restarts', weight: 2, run: (life) => life.startAnew('restart') },
  { name: 'the controller dies', weight: 2, run: (life) => life.startAnew('crash') },
  {
    name: 'somebody changes the number of tasks',
    weight: 1,
    run: (life) => {
      const app = life.pick(life.git.apps)
      return life.byHand('ecs:UpdateService', {
        ...{ cluster: 'bay', service: app.name },
        desiredCount: 2 + Math.floor(life.random() * 3),
      })
    },
  },
  {
    name: 'somebody stops a deployment',
    weight: 1,
    run: (life) => {
      const running = [...life.world().services.values()].flatMap(({ serviceDeployments }) =>
        serviceDeployments.filter(({ status }) => status === 'IN_PROGRESS'),
      )
      if (running.length === 0) return
      const { serviceDeploymentArn } = life.pick(running)
      return life.byHand('ecs:StopServiceDeployment', { serviceDeploymentArn })
    },
  },
]

const total = acts.reduce((sum, { weight }) => sum + weight, 0)

export function drawAct(random: number): Act {
  let left = random * total
  for (const act of acts) {
    left -= act.weight
    if (left < 0) return act
  }
  throw new Error('no act is drawn')
}
