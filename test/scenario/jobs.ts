/** The manifests of the stories about tasks that run once, and how these look at what ran. */
import type { Task } from '@aws-sdk/client-ecs'
import type { Rig } from '../rig.ts'
import { document, fargateSpec, files, webDefinition } from './shop.ts'

export const job = 'default/Task/migrate'
export const parameter = `/fairlead/default/${job}`

export interface Job {
  /** What the container does, in the words of the docker label. */
  readonly simulate?: string
  readonly image?: string
  readonly definition?: Record<string, unknown>
  readonly spec?: Record<string, unknown>
  /** Annotations of the task, without their prefix. */
  readonly annotations?: Record<string, string>
  /** Further documents. */
  readonly more?: readonly object[]
}

export const network = {
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0defa00000000000a'] } },
}

/** A cluster, a task definition, and a task of it on Fargate. */
export function migration({ simulate = 'exit 0 after 20s', ...options }: Job = {}) {
  return files(
    document('Cluster', 'shop'),
    document('TaskDefinition', 'migrate', {
      ...webDefinition({ simulate, ...(options.image ? { image: options.image } : {}) }),
      ...fargateSpec,
      ...options.definition,
    }),
    document(
      'Task',
      'migrate',
      { cluster: { ref: 'shop' }, taskDefinition: { ref: 'migrate' }, ...network, ...options.spec },
      options.annotations,
    ),
    ...(options.more ?? []),
  )
}

/** Every task that ever was, as RunTask calls that started one. */
export const started = (rig: Rig): Task[] =>
  [...rig.simulator.world('us-east-1').tasks.values()].map(({ task }) => task)

/** The revisions that ran, in order, as far as AWS still knows. */
export const ran = (rig: Rig): string[] =>
  started(rig).map(({ taskDefinitionArn }) => String(taskDefinitionArn).split('/').at(-1)!)

interface Kept {
  readonly hash: string
  readonly outcome: string
  readonly message?: string
  readonly retry?: string
  readonly attempt?: number
}

/** What the record holds, newest first; undefined without a record. */
export function kept(rig: Rig): readonly Kept[] | undefined {
  const versions = rig.simulator.world('us-east-1').ssm.parameters.get(parameter)
  const value = versions?.at(-1)?.value
  return value === undefined ? undefined : (JSON.parse(value) as { runs: Kept[] }).runs
}
