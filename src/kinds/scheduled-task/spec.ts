/** The type of a ScheduledTask's spec: the members of CreateSchedule in camelCase, and tags. */

import type { Launch } from '../../kit/launch-rules.ts'
import type { Hole, ReferenceValue } from '../../model.ts'

type Referable = string | ReferenceValue | Hole

export interface EcsParameters extends Launch {
  readonly taskDefinitionArn?: Referable
  readonly taskCount?: number
  readonly group?: string
  readonly referenceId?: string
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
}

export interface ScheduledTaskSpec {
  readonly name?: string
  readonly description?: string
  readonly scheduleExpression?: string
  readonly scheduleExpressionTimezone?: string
  readonly startDate?: string
  readonly endDate?: string
  readonly state?: string
  readonly kmsKeyArn?: string
  readonly actionAfterCompletion?: string
  readonly flexibleTimeWindow?: {
    readonly mode?: string
    readonly maximumWindowInMinutes?: number
  }
  readonly target?: {
    readonly arn?: Referable
    readonly roleArn?: Referable
    /** What the task is started with: a TaskOverride, as JSON or as it is. */
    readonly input?: unknown
    readonly ecsParameters?: EcsParameters
    readonly retryPolicy?: {
      readonly maximumEventAgeInSeconds?: number
      readonly maximumRetryAttempts?: number
    }
    readonly deadLetterConfig?: { readonly arn?: string }
  }
  /** Of the schedule's group: a schedule has none of its own. */
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
}
