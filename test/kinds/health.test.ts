/** What a kind says of a live resource's health. */
import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import type { Health } from '../../src/model.ts'
import { liveOf } from './golden.ts'

const primary = { id: 'ecs-svc/2', status: 'PRIMARY', rolloutState: 'COMPLETED' }
const steady = { status: 'ACTIVE', desiredCount: 2, runningCount: 2, deployments: [primary] }
const broken = {
  ...primary,
  rolloutState: 'FAILED',
  failedTasks: 3,
  rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
}
const events = [1, 2, 3, 4].map((n) => ({ message: `event ${n}` }))

const cases: [string, string, object, Partial<Health>][] = [
  ['an active cluster', 'Cluster', { status: 'ACTIVE' }, { state: 'Ready' }],
  ['a cluster being made', 'Cluster', { status: 'PROVISIONING' }, { state: 'Progressing' }],
  ['a cluster that failed', 'Cluster', { status: 'FAILED' }, { state: 'Failed' }],
  ['a registered revision', 'TaskDefinition', { match: true }, { state: 'Ready' }],
  ['another revision', 'TaskDefinition', { cpu: '256' }, { state: 'Progressing' }],
  ['a steady service', 'Service', steady, { state: 'Ready', message: '2 of 2 tasks running' }],
  [
    'a service scaled to nothing',
    'Service',
    { ...steady, desiredCount: 0, runningCount: 0 },
    { state: 'Ready' },
  ],
  [
    'a service that scales',
    'Service',
    { ...steady, desiredCount: 5, pendingCount: 3 },
    { state: 'Progressing', progress: { running: 2, pending: 3, desired: 5, failed: 0 } },
  ],
  [
    'a roll-out',
    'Service',
    { ...steady, deployments: [{ ...primary, rolloutState: 'IN_PROGRESS', failedTasks: 1 }] },
    { state: 'Progressing', reason: 'DeploymentInProgress' },
  ],
  [
    'a roll-out whose old tasks still run',
    'Service',
    { ...steady, deployments: [primary, { id: 'ecs-svc/1', status: 'ACTIVE' }] },
    { state: 'Progressing' },
  ],
  [
    'a deployment that failed',
    'Service',
    { ...steady, deployments: [broken], events },
    {
      state: 'Failed',
      reason: 'DeploymentFailed',
      message: `${broken.rolloutStateReason} | event 1 | event 2 | event 3`,
    },
  ],
  [
    'a service behind a classic load balancer, which has no rollout state',
    'Service',
    { ...steady, deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY' }] },
    { state: 'Ready' },
  ],
]

const content = { content: 'a', indexed: true, parameter: '/fairlead/default/default/Task/web' }
const seen = (status: string) => ({ arn: status, status, stopping: false })
const open = { phase: 'running', ageMs: 0, since: 0, forMs: 0 }
cases.push(
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
)

test.each(cases)('%s', (_, name, live, expected) => {
  const kind = kinds.find((candidate) => candidate.name === name)!
  expect(kind.health(liveOf(kind, live), undefined)).toMatchObject(expected)
})
