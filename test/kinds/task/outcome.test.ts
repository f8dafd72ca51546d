/** When a stopped task has done its work. */
import type { Container, Task } from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { resultOf } from '../../../src/kinds/task/outcome.ts'

const stopped = (containers: Container[], more: Partial<Task> = {}): Task => ({
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  stoppedAt: new Date('2026-01-05T08:00:00Z'),
  containers,
  ...more,
})

const app = (exitCode?: number, reason?: string): Container => ({ name: 'app', exitCode, reason })
const side = (exitCode?: number, reason?: string): Container => ({ name: 'side', exitCode, reason })
const oom = 'OutOfMemoryError: Container killed due to memory usage'

const cases: [string, Task, 'succeeded' | 'failed', string][] = [
  ['it exited 0', stopped([app(0)]), 'succeeded', 'app exited 0'],
  ['it exited otherwise', stopped([app(2)]), 'failed', 'app exited 2'],
  ['ECS ended the sidecar politely', stopped([app(0), side(143)]), 'succeeded', 'app exited 0'],
  ['ECS killed the sidecar', stopped([side(137), app(0)]), 'succeeded', 'app exited 0'],
  [
    'the sidecar ran out of memory',
    stopped([app(0), side(137, oom)]),
    'failed',
    `side exited 137 (${oom})`,
  ],
  [
    'the sidecar failed, and ECS ended the app',
    stopped([app(143), side(1)]),
    'failed',
    'side exited 1',
  ],
  ['it was killed alone', stopped([app(137)]), 'failed', 'app exited 137'],
  ['both were killed', stopped([app(143), side(143)]), 'failed', 'app exited 143, side exited 143'],
  ['it ran out of memory', stopped([app(137, oom)]), 'failed', `app exited 137 (${oom})`],
  ['the sidecar never started', stopped([app(0), side()]), 'succeeded', 'app exited 0'],
  [
    'a helper that is not essential failed',
    stopped([app(0), { name: 'seed', exitCode: 9 }]),
    'succeeded',
    'app exited 0',
  ],
  [
    'only a helper exited 0',
    stopped([app(1), { name: 'seed', exitCode: 0 }]),
    'failed',
    'app exited 1',
  ],
  [
    'its image could not be pulled',
    stopped([app(undefined, 'CannotPullContainerError: no such image')], {
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: no such image',
    }),
    'failed',
    'CannotPullContainerError: no such image; app did not start (CannotPullContainerError: no such image)',
  ],
  [
    'somebody stopped it, though it exited 0',
    stopped([app(0)], { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' }),
    'failed',
    'Task stopped by user',
  ],
  [
    'its host went away',
    stopped([app()], { stopCode: undefined, stoppedReason: 'Host EC2 (instance i-1) terminated.' }),
    'failed',
    'Host EC2 (instance i-1) terminated.',
  ],
  [
    'without a stop code, as older tasks say it',
    stopped([app(0)], {
      stopCode: undefined,
      stoppedReason: '2 essential containers in task exited',
    }),
    'succeeded',
    'app exited 0',
  ],
]

const essential = (_: Task, name: string) => name !== 'seed'

test.each(cases)('%s', (_, task, outcome, message) => {
  expect(resultOf([task], essential)).toEqual({
    outcome,
    message,
    at: '2026-01-05T08:00:00Z',
  })
})

test('one of several fails all', () => {
  const tasks = [stopped([app(0)]), stopped([app(3)]), stopped([app(0)])]
  expect(resultOf(tasks, essential)).toMatchObject({
    outcome: 'failed',
    message: '1 of 3 tasks: app exited 3',
  })
})
