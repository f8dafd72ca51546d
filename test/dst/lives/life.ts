/**
 * One random life: commits, failing tasks, lost instances, people at the console, throttles, restarts, in any order. The
 * promises hold all along; after the last fault everything is as Git says, or says why not, and then it is quiet.
 */
import assert from 'node:assert/strict'
import { isRead } from '../../../src/cli/connect.ts'
import { seededRandom } from '../../../src/runtime.ts'
import { createRig, type Rig } from '../../rig.ts'
import { conditions } from '../../scenario/shop.ts'
import { faulty } from '../faulty.ts'
import { foreignDigest, furnish, lodger } from './account.ts'
import { drawAct, type Life } from './acts.ts'
import { type App, filesOf, type Git, late } from './git.ts'
import { createPromises } from './promises.ts'

const minute = 60_000

function firstGit({ random, pick, nextTag }: Pick<Life, 'random' | 'pick' | 'nextTag'>): Git {
  const app = (name: string): App => ({
    name,
    onInstances: random() < 0.5,
    tag: nextTag(),
    desired: 2 + Math.floor(random() * 3),
    minimumHealthyPercent: pick([100, 100, 50]),
    strategy: pick(['ROLLING', 'ROLLING', 'ROLLING without a breaker', 'BLUE_GREEN']),
  })
  return { apps: [app('web'), app('api'), app('jobs'), app('mail')], layout: 0 }
}

const nameOf = ({ name }: App) => name

/** Throws an Error that tells the life and what was broken. `tell` hears of each act, commit and write as it happens. */
export async function life(seed: number, tell: (line: string) => void = () => {}): Promise<void> {
  const random = seededRandom(seed * 104_729)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  let tags = 0
  const nextTag = () => ++tags
  const said: { git: Git; atMs: number }[] = []
  const asked = new Map<string, number>()
  let fault = { probability: 0, untilMs: 0 }
  const startsMs: number[] = []
  const story: string[] = []
  const note = (line: string) =>
    tell(`${new Date(rig.clock.now()).toISOString().slice(11, 19)} ${line}`)

  const promises = createPromises({
    // Not brought up to now: an onlooker sees it in the middle of that.
    world: () => world,
    said: () => {
      const since = rig.clock.now() - 10_000
      return said
        .filter((_, i) => (said[i + 1]?.atMs ?? Number.POSITIVE_INFINITY) >= since)
        .map(({ git }) => git)
    },
    startsMs,
    leastAsked: (name) => asked.get(name) ?? 0,
  })
  const rig: Rig = createRig({
    seed,
    simulator: random() < 0.5 ? { staleReadsMs: 10_000 } : {},
    prune: {},
    layer: (next) => {
      const failing = faulty(
        random,
        1,
        () => rig.clock.now() < fault.untilMs && random() < fault.probability,
      )(next)
      return (operation, input, more) => {
        const call = { operation, input: input as Record<string, unknown> }
        if (!isRead(operation)) {
          promises.write(call)
          note(`${operation} ${JSON.stringify(input)}`)
        }
        return failing(operation, input, more)
      }
    },
  })
  const ask = (name: string, count: number) =>
    asked.set(name, Math.min(asked.get(name) ?? count, count))

  const self: Life = {
    ...{ rig, random, pick, nextTag },
    get git() {
      return said.at(-1)!.git
    },
    get past() {
      return said.map(({ git }) => git).filter(({ apps, damage }) => apps.length > 0 && !damage)
    },
    chance: (probability) => random() < probability,
    world: () => rig.simulator.world(),
    async commit(change) {
      const git = change(self.git)
      for (const { name, desired } of git.apps) ask(name, desired)
      said.push({ git, atMs: rig.clock.now() })
      note(`Git: ${git.damage ?? git.apps.map((app) => JSON.stringify(app)).join(' ')}`)
      const { problems } = await rig.git(filesOf(git))
      assert.equal(problems.length > 0, git.damage === 'half written', String(problems[0]?.message))
    },
    pass: (ms) => rig.clock.advance(ms),
    async startAnew(how) {
      await rig[how]()
      startsMs.push(rig.clock.now())
    },
    async byHand(operation, input) {
      if (operation === 'ecs:UpdateService') ask(String(input.service), Number(input.desiredCount))
      await rig.aws(operation, input).catch(() => {})
    },
    faults(probability, forMs) {
      fault = { probability, untilMs: rig.clock.now() + forMs }
    },
  }

  const world = rig.simulator.world()
  rig.simulator.watch(promises.task)
  await furnish(rig)
  said.push({ git: { apps: [], layout: 0 }, atMs: 0 })
  await self.commit(() => firstGit(self))
  await self.pass(random() * 5 * minute + 30_000)
  await lodger(rig)
  const foreign = foreignDigest(rig)
  const steps = 3 + Math.floor(random() * 6)
  for (let step = 0; step < steps; step++) {
    const act = drawAct(random())
    story.push(act.name)
    note(act.name)
    await act.run(self)
    await self.pass(random() ** 2 * 5 * minute)
  }
  rig.simulator.heal()
  self.faults(0, 0)
  try {
    await end()
  } catch (error) {
    const git = self.git.apps.map((app) => JSON.stringify(app))
    throw new Error([(error as Error).message, story.join('; '), ...git].join('\n    '))
  }
  await rig.stop()

  async function end() {
    // What dies after a while was rolled out for good by then: AWS goes on starting it.
    const dying = new Set(self.git.apps.filter(({ illness }) => illness === late).map(nameOf))
    const open = () =>
      rig.controller.view().manifests.flatMap(({ key, name }) => {
        const words = conditions(rig, key)
        if (words.some((word) => /^(Ready|Stalled) /.test(word))) return []
        return dying.has(name) && /Steady|Unsteady|Scaling/.test(`${words}`)
          ? []
          : `${key}: ${words}`
      })
    const over = () => rig.controller.state() !== 'busy' || (dying.size > 0 && open().length === 0)
    await self.pass(2 * minute)
    await rig.clock.runUntil(over, 90 * minute)
    assert.deepEqual(open(), [], 'everything is Ready, or Stalled')
    await self.pass(2 * minute)
    rig.calls.length = 0
    await self.pass(20 * minute)
    const written = rig.writes().map(({ operation }) => operation)
    assert.deepEqual(written, [], 'the fixpoint is quiet')
    assert.equal(foreignDigest(rig), foreign, 'what is not ours is as it was')
    promises.once()
    assert.deepEqual(promises.breaches, [], 'promises')
    const live = [...self.world().services.values()].filter(
      ({ clusterName, service }) => clusterName === 'bay' && service.status === 'ACTIVE',
    )
    const wanted = self.git.apps.map(({ name }) => name)
    const names = live.flatMap(({ service: { serviceName = '' } }) => serviceName)
    for (const name of wanted) assert.ok(names.includes(name), `${name} is there`)
    for (const name of names) {
      if (wanted.includes(name) || name === 'lodger') continue
      const words = conditions(rig, `default/Service/${name}`)
      assert.match(String(words), /TooManyDeletes|DescribesTooLittle/, `${name} is still there`)
    }
    for (const app of self.git.apps) checkApp(app)
  }

  function checkApp({ name, tag, illness, desired }: App) {
    const record = self.world().services.get(`bay/${name}`)!
    const words = conditions(rig, `default/Service/${name}`)
    const [family = '', revision] = record.service.taskDefinition!.split('/').at(-1)!.split(':')
    const { definition } = self.world().families.get(family)![Number(revision) - 1]!
    const image = definition.containerDefinitions?.[0]?.image
    if (words.includes('Ready Steady')) {
      assert.equal(image, `nginx:${tag}`, `${name} is Ready on what Git says`)
      if (illness === late) return
      assert.equal(illness, undefined, `${name} is not Ready with what does not run`)
      const healthy = [...record.live].filter((id) => self.world().tasks.get(id)?.machine.healthy)
      assert.equal(healthy.length, desired, `${name} has its tasks`)
    }
  }
}
