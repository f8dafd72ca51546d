/** What tasks and schedules say of their health. */
import { expect, test } from 'vitest'
import { kinds } from '../../../src/kinds/index.ts'
import type { Health } from '../../../src/model.ts'
import { liveOf } from '../golden.ts'

const content = { content: 'a', indexed: true, parameter: '/fairlead/default/default/Task/web' }
const seen = (status: string) => ({ arn: status, status, stopping: false })
const open = { phase: 'running', ageMs: 0, since: 0, forMs: 0 }
const cases: [string, string, object, Partial<Health>][] = [
  [
    'a task that has not run',
    'Task',
    { ...content, runs: [] },
    { state: 'Progressing', reason: 'NotRun' },
  ],
  [
    'a task under way',
    'Task',
    {
      ...content,
      runs: [{ hash: 'a', outcome: 'started' }],
      open: { ...open, tasks: ['RUNNING', 'PENDING', 'STOPPED'].map(seen) },
    },
    {
      state: 'Progressing',
      message: '1 running, 1 pending, 1 stopped',
      progress: { running: 1, pending: 1, stopped: 1 },
    },
  ],
  [
    'a task that takes long',
    'Task',
    {
      ...content,
      runs: [{ hash: 'a', outcome: 'started' }],
      open: { ...open, forMs: 7_300_000, tasks: [seen('RUNNING')] },
    },
    { state: 'Progressing', message: '1 running; for 2 h already' },
  ],
  [
    'a task that succeeded, though another content ran since',
    'Task',
    {
      ...content,
      runs: [
        { hash: 'b', outcome: 'failed' },
        { hash: 'a', outcome: 'succeeded' },
      ],
    },
    { state: 'Ready', reason: 'Succeeded' },
  ],
  [
    'a task that failed',
    'Task',
    { ...content, runs: [{ hash: 'a', outcome: 'failed', message: 'app exited 1' }] },
    { state: 'Failed', reason: 'TaskFailed' },
  ],
  [
    'a task of which nobody knows',
    'Task',
    { ...content, runs: [{ hash: 'a', outcome: 'unknown' }] },
    { state: 'Failed', reason: 'OutcomeUnknown' },
  ],
  [
    'a schedule',
    'ScheduledTask',
    { group: 'ACTIVE', over: false, schedule: { scheduleExpression: 'cron(0 3 * * ? *)' } },
    { state: 'Ready', message: 'cron(0 3 * * ? *) UTC' },
  ],
  [
    'a schedule that is disabled',
    'ScheduledTask',
    {
      group: 'ACTIVE',
      over: false,
      schedule: { scheduleExpression: 'rate(1 day)', state: 'DISABLED' },
    },
    { state: 'Ready', reason: 'Disabled' },
  ],
  [
    'a group without its schedule',
    'ScheduledTask',
    { group: 'ACTIVE', over: false },
    { state: 'Progressing' },
  ],
  [
    'a schedule that is over',
    'ScheduledTask',
    { group: 'ACTIVE', over: true },
    { state: 'Ready', reason: 'Over' },
  ],
]

test.each(cases)('%s', (_, name, live, expected) => {
  const kind = kinds.find((candidate) => candidate.name === name)!
  expect(kind.health(liveOf(kind, live), undefined)).toMatchObject(expected)
})
