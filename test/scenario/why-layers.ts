/** Answers of AWS that the simulator does not give by itself: ends of tasks in AWS's own words, refusals. */
import type { Task } from '@aws-sdk/client-ecs'
import type { Layer } from '../../src/aws/aws.ts'
import { AwsFailure } from '../../src/errors.ts'
import type { Operation } from '../../src/model.ts'

/** Tasks that could not pull their image tell of something else. */
export const ends =
  (text: string): Layer =>
  (next) =>
  async (operation, input, more) => {
    const answer = await next(operation, input, more)
    if (operation !== 'ecs:DescribeTasks') return answer
    const told = (reason: string | undefined) => (reason?.startsWith('CannotPull') ? text : reason)
    const tasks = ((answer as { tasks?: Task[] }).tasks ?? []).map((task) => ({
      ...task,
      stoppedReason: told(task.stoppedReason),
      containers: (task.containers ?? []).map(({ reason: _, ...container }) => container),
    }))
    return { ...answer, tasks }
  }

export const deny =
  (operations: readonly Operation[]): Layer =>
  (next) =>
  (operation, input, more) =>
    operations.includes(operation)
      ? Promise.reject(new AwsFailure(operation, 'denied', 'AccessDeniedException', 'not allowed'))
      : next(operation, input, more)
