/** The simulator as a whole: determinism, jumps in time, snapshots, regions, and what is conserved whatever happens. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AwsError } from '../../src/simulator/api.ts'
import { createSimulator } from '../../src/simulator/index.ts'
import { membersOf, type World } from '../../src/simulator/world.ts'
import { onFargate, start, story } from './story.ts'

type Step = readonly [kind: string, number: number]

const labels = [
  undefined,
  'exit 1 after 3s',
  'cannot pull',
  'unhealthy after 45s',
  'never ready',
  'exit 0 after 100s',
]

const percents = [
  [100, 200],
  [50, 100],
  [0, 100],
  [75, 150],
] as const

/** Does one of many things to a service, and lets time pass. Refusals are part of life. */
function act(teller: ReturnType<typeof story>, [kind, number]: Step): void {
  const container = { portMappings: [{ containerPort: 80, hostPort: number % 3 === 0 ? 8080 : 0 }] }
  const simulate = labels[number % labels.length]
  const [minimumHealthyPercent, maximumPercent] = percents[number % percents.length] ?? percents[0]
  const dockerLabels = simulate ? { 'fairlead.dev/simulate': simulate } : {}
  const serviceName = `web${number % 2}`
  const roll = { cluster: 'shop', service: serviceName }
  const deploymentConfiguration = {
    minimumHealthyPercent,
    maximumPercent,
    deploymentCircuitBreaker: { enable: number % 2 === 0, rollback: number % 4 === 0 },
  }
  const instances = [...membersOf(teller.sim.world(), 'shop').instances]
  const containerInstance = instances[number % instances.length]
  const acts: Record<string, () => unknown> = {
    register: () => teller.revision({ ...container, dockerLabels }),
    create: () => teller.create({ serviceName, desiredCount: number % 7, deploymentConfiguration }),
    roll: () => teller.ecs('UpdateService', { ...roll, taskDefinition: 'web' }),
    force: () =>
      teller.ecs('UpdateService', { ...roll, forceNewDeployment: true, deploymentConfiguration }),
    scale: () => teller.ecs('UpdateService', { ...roll, desiredCount: number % 9 }),
    run: () =>
      teller.ecs('RunTask', { cluster: 'shop', taskDefinition: 'web', count: 1 + (number % 3) }),
    stop: () =>
      teller.ecs('StopTask', {
        cluster: 'shop',
        task: [...teller.sim.world().tasks.keys()][number],
      }),
    drain: () =>
      teller.ecs('UpdateContainerInstancesState', {
        cluster: 'shop',
        containerInstances: [containerInstance],
        status: number % 2 ? 'ACTIVE' : 'DRAINING',
      }),
    delete: () => teller.ecs('DeleteService', { ...roll, force: true }),
  }
  try {
    acts[kind]?.()
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
  }
}

const steps = fc.array(
  fc.tuple(
    fc.constantFrom(
      'register',
      'create',
      'roll',
      'force',
      'scale',
      'run',
      'stop',
      'drain',
      'delete',
    ),
    fc.nat(50),
    fc.integer({ min: 1, max: 90 }),
  ),
  { minLength: 5, maxLength: 25 },
)

function stage(seed: number) {
  const teller = story({ seed, containerInstances: [{ cluster: 'shop', count: 3 }] })
  teller.revision()
  teller.create({ serviceName: 'web0' })
  return teller
}

/** What holds in every world at every moment. */
function expectConserved(world: World): void {
  for (const [id, instance] of world.instances) {
    const tasks = [...world.tasks.entries()].filter(
      ([, one]) => one.instanceId === id && one.task.lastStatus !== 'STOPPED',
    )
    const sum = (of: (need: (typeof tasks)[number][1]['need']) => number) =>
      tasks.reduce((total, [, one]) => total + of(one.need), 0)
    const registered = (name: string) =>
      instance.instance.registeredResources?.find((r) => r.name === name)?.integerValue ?? 0
    expect(instance.free.cpu).toBe(registered('CPU') - sum((need) => need.cpu))
    expect(instance.free.memory).toBe(registered('MEMORY') - sum((need) => need.memory))
    expect(
      Math.min(instance.free.cpu, instance.free.memory, instance.free.enis),
    ).toBeGreaterThanOrEqual(0)
    expect(new Set(instance.ports.tcp).size).toBe(instance.ports.tcp.length)
    expect([...instance.tasks].sort()).toEqual(tasks.map(([task]) => task).sort())
  }
  for (const record of world.services.values()) {
    const primaries = record.deployments.filter((one) => one.status === 'PRIMARY')
    expect(primaries).toHaveLength(record.service.status === 'INACTIVE' ? 0 : 1)
    const own = [...world.tasks.entries()].filter(
      ([, one]) =>
        one.serviceName === record.service.serviceName && one.task.lastStatus !== 'STOPPED',
    )
    for (const [id] of own) expect(record.live.has(id)).toBe(true)
    expect((record.service.events ?? []).length).toBeLessThanOrEqual(100)
  }
}

describe('whatever is done', () => {
  it('resources, ports and tasks are conserved, and the answers agree with them', () => {
    fc.assert(
      fc.property(fc.nat(1000), steps, (seed, moves) => {
        const teller = stage(seed)
        for (const [kind, number, seconds] of moves) {
          act(teller, [kind, number])
          teller.after(seconds)
          expectConserved(teller.sim.world())
        }
        for (const { service } of teller.sim.world().services.values()) {
          if (service.status !== 'ACTIVE') continue
          const shown = teller.service(service.serviceName)
          const tasks = teller.tasks('RUNNING', service.serviceName)
          const stopping = teller.tasks('STOPPED', service.serviceName)
          const running = [...tasks, ...stopping].filter((task) => task.lastStatus === 'RUNNING')
          expect(shown.runningCount).toBe(running.length)
          const sum = shown.deployments?.reduce((total, one) => total + (one.runningCount ?? 0), 0)
          expect(sum).toBe(running.length)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('a deployment never starts tasks above its upper bound', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(3),
        fc.nat(5),
        (seed, desiredCount, p, l) => {
          const [minimumHealthyPercent, maximumPercent] = percents[p] ?? percents[0]
          const teller = story({ seed, containerInstances: [{ cluster: 'shop', count: 3 }] })
          teller.revision()
          teller.create({
            desiredCount,
            deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
          })
          teller.after(120)
          const label = labels[l]
          teller.revision(label ? { dockerLabels: { 'fairlead.dev/simulate': label } } : {})
          teller.update({ taskDefinition: 'web' })
          const most = Math.floor((desiredCount * maximumPercent) / 100)
          const fewest = Math.ceil((desiredCount * minimumHealthyPercent) / 100)
          let [highest, lowest] = [0, desiredCount]
          for (let i = 0; i < 100; i++) {
            teller.after(2)
            const { tasks, services } = teller.sim.world()
            const live = [...(services.get('shop/web')?.live ?? [])]
            const records = live.flatMap((id) => tasks.get(id) ?? [])
            const active = records.filter((one) => one.task.lastStatus !== 'STOPPED')
            highest = Math.max(highest, active.length)
            lowest = Math.min(lowest, active.filter((one) => one.machine.healthy).length)
          }
          expect(highest).toBeLessThanOrEqual(most)
          // Old tasks keep the floor until the new ones have been healthy.
          const everHealthy = label === 'unhealthy after 45s' || label === 'exit 0 after 100s'
          if (!everHealthy) expect(lowest).toBeGreaterThanOrEqual(fewest)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('the same seed gives the same history, byte for byte, and jumps equal small steps', () => {
    fc.assert(
      fc.property(fc.nat(1000), steps, (seed, moves) => {
        const history = (slices: number) => {
          const teller = stage(seed)
          for (const [kind, number, seconds] of moves) {
            act(teller, [kind, number])
            for (let i = 0; i < slices; i++) {
              teller.after(seconds / slices)
              teller.sim.world()
            }
          }
          const { tasks, services, instances } = teller.sim.world()
          return JSON.stringify([[...tasks], [...services], [...instances]])
        }
        expect(history(1)).toBe(history(1))
        expect(history(4)).toBe(history(1))
      }),
      { numRuns: 15 },
    )
  })

  it('another seed gives other ids and other times', () => {
    const first = (seed: number) => {
      const teller = story({ seed })
      teller.fargate()
      teller.create(onFargate)
      teller.after(60)
      return teller.tasks()[0]
    }
    expect(first(1)?.taskArn).toBe(first(1)?.taskArn)
    expect(first(1)?.taskArn).not.toBe(first(2)?.taskArn)
    expect(first(1)?.startedAt).not.toEqual(first(2)?.startedAt)
  })
})

describe('the simulator', () => {
  it('goes on from a snapshot as if nothing had happened', () => {
    let now = start
    const at = { now: () => now }
    const teller = createSimulator(at)
    teller.call('ecs:CreateCluster', { clusterName: 'shop' })
    teller.call('ecs:RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: [{ name: 'app', image: 'a' }],
    })
    teller.call('ecs:CreateService', {
      cluster: 'shop',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 3,
      ...onFargate,
    })
    now += 25_000
    teller.world()
    const twin = createSimulator({ ...at, from: teller.snapshot() })
    now += 600_000
    const look = (sim: typeof teller) =>
      sim.call('ecs:DescribeServices', { cluster: 'shop', services: ['web'] })
    expect(look(teller).services[0]).toMatchObject({ runningCount: 3 })
    expect(look(twin)).toEqual(look(teller))
  })

  it('keeps regions apart', () => {
    const { sim } = story()
    const list = (region: string) => sim.call('ecs:ListClusters', {}, { region }).clusterArns
    expect(list('us-east-1')).toHaveLength(1)
    expect(list('eu-west-1')).toEqual([])
  })

  it('shares nothing with its callers', () => {
    const teller = story()
    teller.revision()
    const input = { placementConstraints: [{ type: 'distinctInstance' }] }
    const service = teller.create(input)
    input.placementConstraints.pop()
    service.placementConstraints?.pop()
    expect(teller.service().placementConstraints).toHaveLength(1)
  })

  it('knows operations by name and refuses others', () => {
    const { sim, refusal } = story()
    expect(refusal('FlyToTheMoon')).toMatch(/^UnknownOperationException/)
    expect(sim.operations).toContain('ecs:CreateService')
    expect(sim.operations).toContain('tag:GetResources')
    expect(sim.operations).toContain('sts:GetCallerIdentity')
  })

  it('lets services see through throttling and stale reads as they were asked for', () => {
    const teller = story({ throttle: true, staleReadsMs: 10_000 })
    teller.after(30)
    teller.fargate()
    teller.create(onFargate)
    const stale = Array.from({ length: 40 }, () => {
      teller.after(1)
      const { services } = teller.ecs('DescribeServices', { cluster: 'shop', services: ['web'] })
      return services.length === 0
    })
    expect(stale.slice(0, 9)).toContain(true)
    expect(stale.slice(10)).not.toContain(true)
    for (let i = 0; i < 60; i++) {
      try {
        teller.update({ desiredCount: i })
      } catch (error) {
        expect(error).toMatchObject({ code: 'ThrottlingException' })
        return
      }
    }
    throw new Error('nothing was throttled')
  })

  it('rolls a thousand services out in little time', () => {
    const teller = story()
    teller.fargate()
    const names = Array.from({ length: 1000 }, (_, i) => `s${i}`)
    const { user: before } = process.cpuUsage()
    for (const serviceName of names) teller.create({ ...onFargate, serviceName })
    teller.after(200)
    const { services, tasks } = teller.sim.world()
    const states = [...services.values()].map((one) => one.deployments[0]?.rolloutState)
    expect(new Set(states)).toEqual(new Set(['COMPLETED']))
    expect(tasks.size).toBe(2000)
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(5)
  })
})
