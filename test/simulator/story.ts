/** A simulated account on a clock that the test moves: the stage for the stories in this folder. */
import type { Service, Task } from '@aws-sdk/client-ecs'
import { AwsError } from '../../src/simulator/api.ts'
import {
  createSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index.ts'

export const start = Date.UTC(2026, 0, 1)

/** Needed by each Fargate service; a subnet of the default VPC. */
export const network = {
  awsvpcConfiguration: { subnets: ['subnet-0defa00000000000a', 'subnet-0defa00000000000b'] },
}

export interface Story {
  readonly sim: Simulator
  /** Lets seconds pass. */
  after(seconds: number): void
  now(): number
  // biome-ignore lint/suspicious/noExplicitAny: answers have the shape that the operation gives them
  ecs(operation: string, input?: Record<string, unknown>): any
  /** `Code: message` of a call that must be refused. */
  refusal(operation: string, input?: Record<string, unknown>): string
  /** Registers a revision of family `web` for EC2: one container `app`, 128 MiB, 64 CPU units; its ARN. */
  revision(container?: Record<string, unknown>, definition?: Record<string, unknown>): string
  /** Registers a revision for Fargate; `simulate` is the docker label. */
  fargate(simulate?: string, container?: Record<string, unknown>): string
  create(input: Record<string, unknown>): Service
  update(input: Record<string, unknown>): Service
  service(name?: string): Service
  /** Tasks of a service that are meant to run, or those that are meant to stop. */
  tasks(desiredStatus?: 'RUNNING' | 'STOPPED', serviceName?: string): Task[]
  /** Event texts, oldest first, with ids of tasks and deployments left out. */
  events(name?: string): string[]
}

/** An account with the cluster `shop`; container instances of it have registered by then. */
export function story(options: Partial<SimulatorOptions> = {}): Story {
  let now = start
  const sim = createSimulator({ now: () => now, ...options })
  const ecs: Story['ecs'] = (operation, input = {}) => sim.call(`ecs:${operation}`, input)
  const labelled = (simulate?: string) =>
    simulate ? { dockerLabels: { 'fairlead.dev/simulate': simulate } } : {}
  const register = (definition: Record<string, unknown>): string =>
    ecs('RegisterTaskDefinition', definition).taskDefinition.taskDefinitionArn
  const teller: Story = {
    sim,
    ecs,
    now: () => now,
    after(seconds) {
      now += seconds * 1_000
    },
    refusal(operation, input) {
      try {
        ecs(operation, input)
      } catch (error) {
        if (error instanceof AwsError) return `${error.code}: ${error.message}`
        throw error
      }
      throw new Error(`${operation} was not refused`)
    },
    revision: (container, definition) =>
      register({
        family: 'web',
        containerDefinitions: [
          { name: 'app', image: 'nginx:1.27', memory: 128, cpu: 64, ...container },
        ],
        ...definition,
      }),
    fargate: (simulate, container) =>
      register({
        family: 'web',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [
          { name: 'app', image: 'nginx:1.27', ...labelled(simulate), ...container },
        ],
      }),
    create: (input) =>
      ecs('CreateService', {
        cluster: 'shop',
        serviceName: 'web',
        taskDefinition: 'web',
        ...(input.schedulingStrategy !== 'DAEMON' && { desiredCount: 2 }),
        ...input,
      }).service,
    update: (input) => ecs('UpdateService', { cluster: 'shop', service: 'web', ...input }).service,
    service: (name = 'web') =>
      ecs('DescribeServices', { cluster: 'shop', services: [name] }).services[0],
    tasks(desiredStatus = 'RUNNING', serviceName = 'web') {
      const { taskArns } = ecs('ListTasks', { cluster: 'shop', serviceName, desiredStatus })
      return taskArns.length > 0
        ? ecs('DescribeTasks', { cluster: 'shop', tasks: taskArns }).tasks
        : []
    },
    events: (name) =>
      (teller.service(name).events ?? [])
        .map(({ message = '' }) =>
          message
            .replace(/\(service [^)]+\) ?/, '')
            .replace(/ecs-svc\/\d+/g, 'D')
            .replace(/(\(task|container-instance) [0-9a-f]{32}/g, '$1 T'),
        )
        .reverse(),
  }
  ecs('CreateCluster', { clusterName: 'shop' })
  if (options.containerInstances) teller.after(15)
  return teller
}

/** `{ launchType: 'FARGATE', … }` for a service or task. */
export const onFargate = { launchType: 'FARGATE', networkConfiguration: network }
