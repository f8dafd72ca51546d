/** Random changes of a small fleet, as a person would commit them; and one change rehearsed, then made. */
import { createHash } from 'node:crypto'
import { budgeted } from '../../src/aws/budget.ts'
import { seededRandom } from '../../src/runtime.ts'
import { createRig, type Rig } from '../rig.ts'
import { holdAgainst } from './rehearsing.ts'

interface Unit {
  readonly image: number
  readonly memory: number
  readonly desired: number
  readonly hostPort?: number
  readonly minimum: number
  readonly maximum: number
  readonly breaker: boolean
  readonly checked: boolean
  readonly variable: number
  readonly exec: boolean
  readonly awsvpc: boolean
}

export interface Fleet {
  readonly units: Readonly<Record<string, Unit>>
  readonly insights: boolean
  readonly groups: number
}

const plain: Unit = {
  ...{ image: 1, memory: 128, desired: 2, minimum: 100, maximum: 200 },
  ...{ breaker: false, checked: false, variable: 0, exec: false, awsvpc: false },
}

export const firstFleet: Fleet = {
  insights: false,
  groups: 0,
  units: {
    api: plain,
    web: { ...plain, desired: 3, minimum: 50 },
    edge: { ...plain, hostPort: 8080, desired: 1, minimum: 0 },
    net: { ...plain, awsvpc: true, desired: 1 },
  },
}

type Change = (fleet: Fleet, pick: <T>(of: readonly T[]) => T) => Fleet

const one =
  (change: (unit: Unit, pick: <T>(of: readonly T[]) => T) => Partial<Unit>): Change =>
  (fleet, pick) => {
    const name = pick(Object.keys(fleet.units))
    const unit = fleet.units[name] ?? plain
    return { ...fleet, units: { ...fleet.units, [name]: { ...unit, ...change(unit, pick) } } }
  }

const image = one(({ image }, pick) => ({ image: pick([image + 1, Math.max(1, image - 1)]) }))

const changes: readonly Change[] = [
  image,
  image,
  image,
  (fleet) => ({
    ...fleet,
    units: Object.fromEntries(
      Object.entries(fleet.units).map(([name, unit]) => [name, { ...unit, image: unit.image + 1 }]),
    ),
  }),
  one(({ hostPort }, pick) => ({ desired: hostPort ? 1 : pick([0, 1, 2, 3, 4]) })),
  one((_, pick) => ({ memory: pick([64, 128, 256, 512]) })),
  one((_, pick) => ({ variable: pick([1, 2, 3, 4, 5]) })),
  one((_, pick) => ({ minimum: pick([0, 50, 100]) })),
  one((_, pick) => ({ maximum: pick([150, 200, 300]) })),
  one(({ breaker }) => ({ breaker: !breaker })),
  one(({ checked }) => ({ checked: !checked })),
  one(({ exec }) => ({ exec: !exec })),
  (fleet) => ({ ...fleet, insights: !fleet.insights }),
  (fleet) => ({ ...fleet, groups: fleet.groups < 3 ? fleet.groups + 1 : fleet.groups }),
  (fleet, pick) => {
    const count = Object.keys(fleet.units).length
    const added = { ...plain, desired: pick([1, 2]), checked: pick([true, false]) }
    return count > 7 ? fleet : { ...fleet, units: { ...fleet.units, [`extra${count}`]: added } }
  },
  (fleet) => fleet,
]

/** The next commit: one change, sometimes two. */
export function nextFleet(fleet: Fleet, random: () => number): Fleet {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const first = pick(changes)(fleet, pick)
  return random() < 0.3 ? pick(changes)(first, pick) : first
}

export function filesOf(fleet: Fleet): Record<string, string> {
  const documents = [
    `apiVersion: fairlead.dev/v1alpha1
kind: Cluster
metadata: { name: shop }
spec: { settings: [{ name: containerInsights, value: ${fleet.insights ? 'enabled' : 'disabled'} }] }`,
    ...Array.from(
      { length: fleet.groups },
      (_, i) => `apiVersion: fairlead.dev/v1alpha1
kind: SecurityGroup
metadata: { name: group-${i} }
spec: { vpcId: vpc-0defa000000000000, description: "group ${i}" }`,
    ),
    ...Object.entries(fleet.units).map(([name, unit]) => documentOf(name, unit)),
  ]
  return { 'shop.yaml': `${documents.join('\n---\n')}\n` }
}

function documentOf(name: string, unit: Unit): string {
  const port = unit.hostPort ? `, hostPort: ${unit.hostPort}` : ''
  const health = unit.checked
    ? '\n      healthCheck: { command: [CMD, "true"], interval: 10, timeout: 2, retries: 2 }'
    : ''
  const network = unit.awsvpc
    ? '\n  networkConfiguration: { awsvpcConfiguration: { subnets: [subnet-0defa00000000000a, subnet-0defa00000000000b] } }'
    : ''
  return `apiVersion: fairlead.dev/v1alpha1
kind: TaskDefinition
metadata: { name: ${name} }
spec:
  networkMode: ${unit.awsvpc ? 'awsvpc' : 'bridge'}
  containerDefinitions:
    - name: app
      image: "nginx:1.${unit.image}"
      memory: ${unit.memory}
      environment: [{ name: LEVEL, value: "${unit.variable}" }]
      portMappings: [{ containerPort: 80${port} }]${health}
---
apiVersion: fairlead.dev/v1alpha1
kind: Service
metadata: { name: ${name} }
spec:
  cluster: { ref: shop }
  taskDefinition: { ref: ${name} }
  desiredCount: ${unit.desired}
  enableExecuteCommand: ${unit.exec}${network}
  deploymentConfiguration:
    minimumHealthyPercent: ${unit.minimum}
    maximumPercent: ${unit.maximum}
    deploymentCircuitBreaker: { enable: ${unit.breaker}, rollback: ${unit.breaker} }`
}

/** A fleet that stands, on a simulator of its own: another seed, start-up times of its own. */
export async function standingFleet(seed: number, coldStartScale: number): Promise<Rig> {
  let throttled: ReturnType<ReturnType<typeof budgeted>> | undefined
  const rig: Rig = createRig({
    seed,
    layer: (next) => (operation, input, more) => {
      throttled ??= budgeted({ clock: rig.clock, share: 0.8 })(next)
      return throttled(operation, input, more)
    },
    simulator: {
      coldStartScale,
      containerInstances: [{ cluster: 'shop', count: 3, type: 't3.large' }],
    },
  })
  await rig.git(filesOf(firstFleet))
  await rig.ready()
  await rig.clock.advance(120_000)
  return rig
}

/** To go back alone would be stuck as well: it is a roll-out like any other. */
function roomy(fleet: Fleet): Fleet {
  const units = Object.entries(fleet.units).map(([name, unit]) => [
    name,
    { ...unit, maximum: 200, minimum: 0 },
  ])
  return { ...fleet, units: Object.fromEntries(units) }
}

/** So many commits, one after the other. */
export async function holdMany(seed: number, count: number) {
  const random = seededRandom(seed)
  const rig = await standingFleet(seed, 0.7 + random() * 0.9)
  let fleet = firstFleet
  let [withCalls, stuck] = [0, 0]
  for (let i = 0; i < count; i++) {
    const before = fleet
    fleet = nextFleet(fleet, random)
    const digest = createHash('sha256').update(JSON.stringify(fleet)).digest('hex').slice(0, 6)
    const result = await holdAgainst(
      rig,
      filesOf(fleet),
      i % 2 === 0,
      `seed ${seed}, change ${i} (${digest})`,
    )
    if (result.calls > 0) withCalls++
    if (!result.stuck) continue
    stuck++
    fleet = roomy(before)
    await rig.git(filesOf(fleet))
    await rig.ready(4 * 3_600_000)
    await rig.clock.advance(90_000)
  }
  await rig.stop()
  return { withCalls, stuck }
}
