/** The simulator put together: AWS as one function `call(operation, input)`, on a clock that is passed in. */
import { AwsError, type CallContext, type Handler, type ServiceHandlers } from './api.ts'
import { copyOf } from './copy.ts'
import { createFaults, type FaultOptions, type Faults, isRead } from './faults.ts'
import { advance, wakeAgents } from './machines/advance.ts'
import { type Disturbance, disturb } from './machines/disturb.ts'
import { instanceTypes } from './machines/instance-types.ts'
import { draw, hexId } from './machines/random.ts'
import { type Onlooker, watchTasks } from './machines/watch.ts'
import { type Answer, loadWorld } from './seed/index.ts'
import { applicationAutoScalingHandlers } from './services/application-autoscaling/index.ts'
import { autoScalingHandlers } from './services/autoscaling/index.ts'
import { cloudTrailHandlers } from './services/cloudtrail/index.ts'
import { record } from './services/cloudtrail/record.ts'
import { ec2Handlers } from './services/ec2/index.ts'
import { ZONE_LETTERS } from './services/ec2/network-state.ts'
import { ecrHandlers } from './services/ecr/index.ts'
import { attributeHandlers } from './services/ecs/attributes.ts'
import { capacityProviderHandlers } from './services/ecs/capacity-providers.ts'
import { clusterHandlers } from './services/ecs/clusters.ts'
import { groupProviderHandlers } from './services/ecs/group-providers.ts'
import { instanceHandlers } from './services/ecs/instances.ts'
import { serviceDeploymentHandlers } from './services/ecs/service-deployments.ts'
import { serviceHandlers } from './services/ecs/services.ts'
import { settingHandlers } from './services/ecs/settings.ts'
import { tagHandlers } from './services/ecs/tags.ts'
import { taskDefinitionHandlers } from './services/ecs/task-definitions.ts'
import { taskProtectionHandlers } from './services/ecs/task-protection.ts'
import { taskReadHandlers } from './services/ecs/task-reads.ts'
import { taskSetHandlers } from './services/ecs/task-sets.ts'
import { taskHandlers } from './services/ecs/tasks.ts'
import { elbv2Handlers } from './services/elbv2/index.ts'
import { iamHandlers } from './services/iam/index.ts'
import { createIamState, type IamState } from './services/iam/state.ts'
import { logsHandlers } from './services/logs/index.ts'
import { schedulerHandlers } from './services/scheduler/index.ts'
import { secretsHandlers } from './services/secretsmanager/index.ts'
import { ssmHandlers } from './services/ssm/index.ts'
import { stsHandlers } from './services/sts.ts'
import { taggingHandlers } from './services/tagging.ts'
import { createWorld, type Pace, type World } from './world.ts'

/** Container instances that register themselves as soon as their cluster exists. */
export interface ContainerInstances {
  readonly cluster: string
  readonly count: number
  /** `m5.large`; see machines/instance-types.ts. Default t3.medium. */
  readonly type?: string
  readonly capacityProvider?: string
}

export interface SimulatorOptions extends FaultOptions {
  /** Milliseconds since the epoch; must not go back. */
  readonly now: () => number
  /** Same seed, same clock, same calls: same history. Default 1. */
  readonly seed?: number
  /** Default 123456789012. */
  readonly account?: string
  readonly containerInstances?: readonly ContainerInstances[]
  /** Multiplies how long tasks take to start. Default 1. */
  readonly coldStartScale?: number
  /** Tasks fail whose image would have to be in a repository of the account and region, and is not. Default false. */
  readonly checksImages?: boolean
  /**
   * Tasks fail whose secrets, parameters, log groups or roles would have to be in the account and region, and are not.
   * Default false.
   */
  readonly checksReferences?: boolean
  /** Whether everything takes as short or as long as it may; absent: as the seed draws. */
  readonly pace?: Pace
  /** Go on from what `snapshot()` gave. */
  readonly from?: SimulatorSnapshot
}

/** The state of all regions, as plain cloneable data; those of other accounts are called `account/region`. */
export interface SimulatorSnapshot {
  readonly worlds: ReadonlyMap<string, World>
}

export interface Simulator {
  /**
   * Runs one operation, spelled like its IAM action: `ecs:CreateService`. Everything that is due by now has happened
   * before. Region: us-east-1 unless given. A caller's session (`arn:aws:sts::…`) is of its role's account. The user
   * agent is for CloudTrail. Throws AwsError, or LostAnswer where faults were asked for.
   */
  call(
    operation: string,
    input?: Record<string, unknown>,
    options?: { readonly region?: string; readonly caller?: string; readonly userAgent?: string },
    // biome-ignore lint/suspicious/noExplicitAny: answers have the shape that the operation gives them
  ): Record<string, any>
  /** The state of a region, brought up to now; for looking only. Account: the simulator's own unless given. */
  world(region?: string, account?: string): World
  /** The names of all operations. */
  readonly operations: readonly string[]
  /** Lets something happen that no API does: an agent dies, a Spot instance is taken away, a host fails. */
  disturb(what: Disturbance, options?: { readonly region?: string }): void
  snapshot(): SimulatorSnapshot
  /** Puts what AWS answered to reads into a region that nothing was done in yet; see seed/. */
  load(answers: readonly Answer[], options?: { readonly region?: string }): void
  /** Lets an onlooker see each change of a region's tasks. */
  watch(onlooker: Onlooker, options?: { readonly region?: string }): void
  /** Ends random failures, throttling and stale reads for good. */
  heal(): void
}

const services: Readonly<Record<string, ServiceHandlers>> = {
  ecs: {
    ...attributeHandlers,
    ...capacityProviderHandlers,
    ...clusterHandlers,
    ...groupProviderHandlers,
    ...instanceHandlers,
    ...serviceDeploymentHandlers,
    ...serviceHandlers,
    ...settingHandlers,
    ...tagHandlers,
    ...taskDefinitionHandlers,
    ...taskHandlers,
    ...taskProtectionHandlers,
    ...taskReadHandlers,
    ...taskSetHandlers,
  },
  'application-autoscaling': applicationAutoScalingHandlers,
  autoscaling: autoScalingHandlers,
  cloudtrail: cloudTrailHandlers,
  ec2: ec2Handlers,
  ecr: ecrHandlers,
  elasticloadbalancing: elbv2Handlers,
  iam: iamHandlers,
  logs: logsHandlers,
  scheduler: schedulerHandlers,
  secretsmanager: secretsHandlers,
  ssm: ssmHandlers,
  sts: stsHandlers,
  tag: taggingHandlers,
}

const handlers: ReadonlyMap<string, Handler> = new Map(
  Object.entries(services).flatMap(([service, operations]) =>
    Object.entries(operations).map(([name, handler]) => [`${service}:${name}`, handler] as const),
  ),
)

interface Region {
  readonly world: World
  readonly faults: Faults
}

/** Makes a simulator: an AWS account that is empty but for the default VPC. Throws on an unknown instance type. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { account = '123456789012', seed = 1, coldStartScale = 1 } = options
  const { checksImages = false, checksReferences = false } = options
  const regions = new Map<string, Region>()
  // One clone of all of them: what an account's regions share stays one thing, whatever the snapshot says.
  const cloned = structuredClone(options.from?.worlds ?? new Map<string, World>())
  const iams = new Map<string, IamState>()
  for (const [name, world] of cloned) {
    // A snapshot of an older version lacks what has come since.
    const fresh = createWorld(world.account, world.region)
    const logs = { ...fresh.logs, ...world.logs }
    regions.set(name, around({ ...fresh, ...world, logs, iam: iamOf(world.account, world.iam) }))
  }
  const unknown = options.containerInstances?.find(({ type }) => type && !instanceTypes.has(type))
  if (unknown) throw new Error(`the simulator does not know the instance type ${unknown.type}`)

  function around(world: World): Region {
    return { world, faults: createFaults(options, () => draw(world, 'faults')) }
  }

  /** IAM is one for all regions of an account. */
  function iamOf(of: string, found = createIamState()): IamState {
    const present = iams.get(of) ?? found
    iams.set(of, present)
    return present
  }

  function regionOf(name: string, of = account): Region {
    const key = of === account ? name : `${of}/${name}`
    let region = regions.get(key)
    if (!region) {
      const fresh = createWorld(of, name, {
        seed,
        coldStartScale,
        checksImages,
        checksReferences,
        ...(options.pace && { pace: options.pace }),
        time: options.now(),
      })
      const world = { ...fresh, iam: iamOf(of) }
      addAgents(world, options.containerInstances ?? [])
      region = around(world)
      regions.set(key, region)
    }
    return region
  }

  /** Lets the region catch up with the clock; the time it is there now. */
  function catchUp({ world, faults }: Region): number {
    const now = Math.max(world.time, options.now())
    advance(world, now, (at) => faults.remember(world, at))
    return now
  }

  return {
    operations: [...handlers.keys()].sort(),

    call(operation, input = {}, { region: name = 'us-east-1', caller, userAgent = '' } = {}) {
      const handler = handlers.get(operation)
      if (!handler) {
        throw new AwsError('UnknownOperationException', `The simulator has no ${operation}.`)
      }
      const region = regionOf(name, caller?.split(':')[4])
      const { world, faults } = region
      const now = catchUp(region)
      faults.admit(operation, now)
      const reads = isRead(operation)
      if (!reads) faults.remember(world, now)
      const context: CallContext = {
        world: reads ? faults.view(operation, world, now) : world,
        account: world.account,
        region: name,
        ...(caller && { caller }),
        now,
        random: () => draw(world, 'call'),
        id: () => hexId(world, 'id'),
      }
      const output = copyOf(handler(copyOf(input), context))
      if (!reads) {
        const parameters = copyOf(input)
        record(world, operation, { at: now, ...(caller && { caller }), userAgent, parameters })
      }
      if (operation === 'ecs:CreateCluster') wakeAgents(world, now)
      faults.deliver(operation)
      return output
    },

    world(name = 'us-east-1', of) {
      const region = regionOf(name, of)
      catchUp(region)
      return region.world
    },

    disturb(what, { region: name = 'us-east-1' } = {}) {
      const region = regionOf(name)
      const now = catchUp(region)
      region.faults.remember(region.world, now)
      disturb(region.world, what, now)
    },

    snapshot() {
      const worlds = new Map([...regions].map(([name, { world }]) => [name, world] as const))
      return { worlds: structuredClone(worlds) }
    },

    load(answers, { region: name = 'us-east-1' } = {}) {
      const { world } = regionOf(name)
      loadWorld(world, copyOf(answers), world.time)
      wakeAgents(world, world.time)
    },

    watch(onlooker, { region: name = 'us-east-1' } = {}) {
      watchTasks(regionOf(name).world, onlooker)
    },

    heal() {
      for (const { faults } of regions.values()) faults.heal()
    },
  }
}

function addAgents(world: World, wishes: readonly ContainerInstances[]): void {
  for (const { cluster, count, type = 't3.medium', capacityProvider } of wishes) {
    for (let i = 0; i < count; i++) {
      world.agents.set(`${world.agents.size + 1}`, {
        clusterName: cluster,
        type,
        zone: i % ZONE_LETTERS.length,
        ...(capacityProvider && { capacityProvider }),
      })
    }
  }
}
