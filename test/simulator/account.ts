/** One simulated account without machines: handlers called directly, at a time that the test sets. */
import type { Service, Task } from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../src/simulator/api.ts'
import { capacityProviderHandlers } from '../../src/simulator/services/ecs/capacity-providers.ts'
import { clusterHandlers } from '../../src/simulator/services/ecs/clusters.ts'
import { settingHandlers } from '../../src/simulator/services/ecs/settings.ts'
import { tagHandlers } from '../../src/simulator/services/ecs/tags.ts'
import { taskDefinitionHandlers } from '../../src/simulator/services/ecs/task-definitions.ts'
import { stsHandlers } from '../../src/simulator/services/sts.ts'
import { taggingHandlers } from '../../src/simulator/services/tagging.ts'
import {
  createWorld,
  type ServiceRecord,
  type TaskRecord,
  type World,
} from '../../src/simulator/world.ts'

const HANDLERS: ServiceHandlers = {
  ...Object.assign(
    {},
    clusterHandlers,
    taskDefinitionHandlers,
    tagHandlers,
    capacityProviderHandlers,
    settingHandlers,
  ),
  ...taggingHandlers,
  // The tagging API and ECS share no operation name but for these prefixes; STS shares none.
  ...stsHandlers,
}

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
export type Answer = any

export interface Account {
  readonly world: World
  /** Milliseconds since the epoch; tests move it. */
  now: number
  call(operation: string, input?: object, world?: World): Answer
  /** `Code: message` of a call that must fail. */
  refusal(operation: string, input?: object): string
}

export const START = Date.UTC(2026, 0, 1)

export function createAccount(): Account {
  let ids = 0
  const account: Account = {
    world: createWorld('123456789012', 'eu-central-1'),
    now: START,
    call(operation, input = {}, world = account.world) {
      const handler = HANDLERS[operation]
      if (!handler) throw new Error(`no operation ${operation}`)
      const context: CallContext = {
        world,
        account: world.account,
        region: world.region,
        now: account.now,
        random: () => 0.5,
        id: () => (++ids).toString(16).padStart(32, '0'),
      }
      return handler(input, context)
    },
    refusal(operation, input) {
      try {
        account.call(operation, input)
      } catch (error) {
        if (error instanceof AwsError) return `${error.code}: ${error.message}`
        throw error
      }
      throw new Error(`${operation} was not refused`)
    },
  }
  return account
}

/** The smallest task definition that AWS takes, with changes. */
export function definition(changes: object = {}, container: object = {}) {
  return {
    family: 'web',
    containerDefinitions: [{ name: 'app', image: 'nginx:1.27', memory: 128, ...container }],
    ...changes,
  }
}

/** The smallest for Fargate, with changes. */
export function fargate(changes: object = {}, container: object = {}) {
  const base = {
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
  }
  return {
    family: 'web',
    containerDefinitions: [{ name: 'app', image: 'nginx:1.27', ...container }],
    ...base,
    ...changes,
  }
}

/** A task of the cluster `default`, as far as definitions and clusters look at it. */
export function taskRecord(task: Task, clusterName = 'default'): TaskRecord {
  const machine = { states: [], targets: [], counted: {} }
  return { task, clusterName, machine } as unknown as TaskRecord
}

/** A service, as far as definitions and clusters look at it. */
export function serviceRecord(service: Service, clusterName = 'default'): ServiceRecord {
  const lists = { deployments: [], serviceDeployments: [], serviceRevisions: [] }
  const record = {
    service,
    clusterName,
    ...lists,
    live: new Set(),
    ended: new Set(),
    scheduler: { said: {} },
  }
  return record as unknown as ServiceRecord
}
