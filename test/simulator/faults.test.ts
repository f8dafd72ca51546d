/** Throttling, stale reads, a lagging tagging index, failures before and after the effect. */
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/runtime.ts'
import { AwsError } from '../../src/simulator/api.ts'
import { createFaults, type Faults, isRead, LostAnswer } from '../../src/simulator/faults.ts'
import { createHistory } from '../../src/simulator/history.ts'
import { createSimulator } from '../../src/simulator/index.ts'
import type { World } from '../../src/simulator/world.ts'
import { createAccount, definition, START } from './account.ts'

/** How many of `tries` calls, all at `now`, are let through. */
function admitted(faults: Faults, operation: string, now: number, tries: number): number {
  let count = 0
  for (let i = 0; i < tries; i++) {
    try {
      faults.admit(operation, now)
      count += 1
    } catch (error) {
      expect(error).toMatchObject({
        code: 'ThrottlingException',
        message: 'Rate exceeded',
        status: 400,
      })
    }
  }
  return count
}

/** A simulated account behind its faults, called as the simulator calls it. */
function faulty(options: Parameters<typeof createFaults>[0], random = () => 0.999_999) {
  const account = createAccount()
  const faults = createFaults(options, random)
  return {
    account,
    faults,
    call(operation: string, input: object = {}) {
      const name = operation.split(':')[1] ?? ''
      faults.admit(operation, account.now)
      const reads = isRead(operation)
      if (!reads) faults.remember(account.world, account.now)
      const output = account.call(
        name,
        input,
        reads ? faults.view(operation, account.world, account.now) : account.world,
      )
      faults.deliver(operation)
      return output
    },
  }
}

describe('throttling', () => {
  it('is off unless asked for', () => {
    expect(
      admitted(
        createFaults({}, () => 0),
        'ecs:CreateCluster',
        0,
        1000,
      ),
    ).toBe(1000)
  })

  it('lets bursts through and refills at the published rate', () => {
    const faults = createFaults({ throttle: true }, () => 0)
    expect(admitted(faults, 'ecs:RegisterTaskDefinition', 0, 30)).toBe(20)
    expect(admitted(faults, 'ecs:RegisterTaskDefinition', 999, 5)).toBe(0)
    expect(admitted(faults, 'ecs:RegisterTaskDefinition', 1000, 5)).toBe(1)
    expect(admitted(faults, 'ecs:RegisterTaskDefinition', 4000, 5)).toBe(3)
    expect(admitted(faults, 'ecs:RegisterTaskDefinition', 3_600_000, 50)).toBe(20)
  })

  it('shares a bucket among the calls that AWS names together, and no other', () => {
    const faults = createFaults({ throttle: true }, () => 0)
    expect(admitted(faults, 'ecs:CreateService', 0, 100)).toBe(50)
    expect(admitted(faults, 'ecs:UpdateService', 0, 1)).toBe(0)
    expect(admitted(faults, 'ecs:DescribeServices', 0, 200)).toBe(100)
    expect(admitted(faults, 'ecs:RunTask', 0, 200)).toBe(100)
    expect(admitted(faults, 'sts:GetCallerIdentity', 0, 500)).toBe(500)
  })
})

describe('stale reads', () => {
  const CREATE = { clusterName: 'shop' }
  const describeShop = { clusters: ['shop'] }

  it('see the world of up to so long ago, writes see the truth', () => {
    const { account, call } = faulty({ staleReadsMs: 10_000 })
    call('ecs:CreateCluster', CREATE)
    account.now += 9_999
    expect(call('ecs:DescribeClusters', describeShop).failures).toHaveLength(1)
    call('ecs:UpdateClusterSettings', {
      cluster: 'shop',
      settings: [{ name: 'containerInsights', value: 'enabled' }],
    })
    account.now += 1
    const [cluster] = call('ecs:DescribeClusters', {
      ...describeShop,
      include: ['SETTINGS'],
    }).clusters
    expect(cluster.settings[0].value).toBe('disabled')
    account.now += 10_000
    expect(
      call('ecs:DescribeClusters', { ...describeShop, include: ['SETTINGS'] }).clusters[0]
        .settings[0].value,
    ).toBe('enabled')
  })

  it('draw their age per call', () => {
    const draws = [0.9, 0.1]
    const { account, call } = faulty({ staleReadsMs: 10_000 }, () => draws.shift() ?? 0)
    call('ecs:CreateCluster', CREATE)
    account.now += 5_000
    expect(call('ecs:DescribeClusters', describeShop).clusters).toHaveLength(0)
    expect(call('ecs:DescribeClusters', describeShop).clusters).toHaveLength(1)
  })

  it('are not reached by anything that happens later', () => {
    let now = START
    const simulator = createSimulator({
      now: () => now,
      containerInstances: [{ cluster: 'default', count: 3, type: 'm5.large' }],
    })
    const call = simulator.call
    call('ecs:CreateCluster')
    call('ecs:RegisterTaskDefinition', definition({}, { portMappings: [{ containerPort: 80 }] }))
    call(
      'ecs:RegisterTaskDefinition',
      definition(
        {},
        {
          healthCheck: { command: ['CMD', 'true'] },
          portMappings: [{ containerPort: 80, hostPort: 8080 }],
        },
      ),
    )
    const service = (name: string, more: object) =>
      call('ecs:CreateService', {
        serviceName: name,
        taskDefinition: 'web:1',
        desiredCount: 2,
        ...more,
      })
    service('web', { tags: [{ key: 'a', value: 'b' }] })
    service('each', { schedulingStrategy: 'DAEMON', desiredCount: undefined })
    service('gone', {})
    // What the world was at many moments of a busy life, remembered and fully copied.
    const moments: (readonly [World, World])[] = []
    const deeds: Record<number, () => unknown> = {
      40: () => call('ecs:UpdateService', { service: 'web', taskDefinition: 'web:2' }),
      50: () => call('ecs:RegisterTaskDefinition', definition()),
      60: () => call('ecs:UpdateService', { service: 'web', desiredCount: 5 }),
      65: () => call('ecs:StopTask', { task: call('ecs:ListTasks').taskArns[0] }),
      70: () => call('ecs:DeleteService', { service: 'gone', force: true }),
      80: () => call('ecs:RunTask', { taskDefinition: 'web:1' }),
    }
    for (let second = 0; second < 120; second++) {
      now += 1000
      const world = simulator.world()
      const history = createHistory(1e9, 'all')
      history.remember(world, now)
      moments.push([history.at(0, world), structuredClone(world)])
      deeds[second]?.()
    }
    for (const member of [
      'clusters',
      'families',
      'services',
      'tasks',
      'instances',
      'members',
      'tags',
    ] as const) {
      for (const [seen, was] of moments) expect(seen[member]).toEqual(was[member])
    }
    // It was busy: the service went through a roll-out to the end.
    expect(simulator.world().services.get('default/web')?.serviceDeployments).toHaveLength(2)
  })

  it('take few pictures of a busy world', () => {
    const account = createAccount()
    let copies = 0
    const counted = {
      ...account.world,
      get members() {
        copies += 1
        return account.world.members
      },
    }
    const faults = createFaults({ staleReadsMs: 10_000, tagIndexLagMs: 0 }, () => 0)
    for (let ms = 0; ms < 60_000; ms += 10) faults.remember(counted, START + ms)
    // Spreading reads the member once and copying it once more.
    expect(copies / 2).toBeLessThanOrEqual(61)
  })

  it('leave STS alone', () => {
    const { account, faults, call } = faulty({ staleReadsMs: 10_000 })
    call('ecs:CreateCluster', CREATE)
    expect(faults.view('sts:GetCallerIdentity', account.world, account.now)).toBe(account.world)
  })

  it('end when healed, as does every other fault', () => {
    const { account, faults, call } = faulty(
      { staleReadsMs: 10_000, throttle: true, failBefore: 1, loseAnswer: 1 },
      () => 0,
    )
    expect(() => call('ecs:CreateCluster', CREATE)).toThrow('Rate exceeded')
    faults.heal()
    call('ecs:CreateCluster', CREATE)
    expect(call('ecs:DescribeClusters', describeShop).clusters).toHaveLength(1)
    expect(admitted(faults, 'ecs:CreateCluster', account.now, 100)).toBe(100)
  })
})

describe('the tagging index', () => {
  it('lags a few seconds behind by itself', () => {
    const { account, call } = faulty({})
    call('ecs:CreateCluster', { clusterName: 'shop', tags: [{ key: 'a', value: 'b' }] })
    const found = () => call('tag:GetResources').ResourceTagMappingList
    account.now += 2_999
    expect(found()).toEqual([])
    account.now += 1
    expect(found()).toHaveLength(1)
    call('ecs:DeleteCluster', { cluster: 'shop' })
    account.now += 2_999
    expect(found()).toHaveLength(1)
    account.now += 1
    expect(found()).toEqual([])
  })

  it('does not lag when told so', () => {
    const { call } = faulty({ tagIndexLagMs: 0 })
    call('ecs:CreateCluster', { clusterName: 'shop', tags: [{ key: 'a', value: 'b' }] })
    expect(call('tag:GetResources').ResourceTagMappingList).toHaveLength(1)
  })
})

describe('random failures', () => {
  it('come before the effect, as throttles and server errors', () => {
    const { account, call } = faulty({ failBefore: 0.5 }, seededRandom(1))
    const codes = new Map<string, number>()
    for (let i = 0; i < 200; i++) {
      const clusterName = `c${i}`
      try {
        call('ecs:CreateCluster', { clusterName })
        expect(account.world.clusters.has(clusterName)).toBe(true)
      } catch (error) {
        const code = (error as AwsError).code
        codes.set(code, (codes.get(code) ?? 0) + 1)
        expect(account.world.clusters.has(clusterName)).toBe(false)
      }
    }
    expect([...codes.keys()].sort()).toEqual(['ServerException', 'ThrottlingException'])
    const failures = [...codes.values()].reduce((a, b) => a + b)
    expect(failures).toBeGreaterThan(70)
    expect(failures).toBeLessThan(130)
  })

  it('or after it, as lost answers and server errors', () => {
    const { account, call } = faulty({ loseAnswer: 1 }, seededRandom(2))
    const kinds = new Set<unknown>()
    for (let i = 0; i < 50; i++) {
      try {
        call('ecs:CreateCluster', { clusterName: `c${i}` })
        expect.unreachable()
      } catch (error) {
        kinds.add((error as { code?: string }).code)
        expect(error).toBeInstanceOf(
          (error as { code?: string }).code === 'ECONNRESET' ? LostAnswer : AwsError,
        )
      }
    }
    expect([...kinds].sort()).toEqual(['ECONNRESET', 'ServerException'])
    expect(account.world.clusters.size).toBe(50)
  })

  it('are the same for the same seed', () => {
    const outcomes = (seed: number) => {
      const faults = createFaults({ failBefore: 0.3, loseAnswer: 0.3 }, seededRandom(seed))
      return Array.from({ length: 40 }, () => {
        try {
          faults.admit('ecs:RunTask', 0)
          faults.deliver('ecs:RunTask')
          return 'fine'
        } catch (error) {
          return (error as Error).message
        }
      })
    }
    expect(outcomes(7)).toEqual(outcomes(7))
    expect(outcomes(7)).not.toEqual(outcomes(8))
  })
})
