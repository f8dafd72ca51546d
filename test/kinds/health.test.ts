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

const version = { number: 3, data: {} }
const parameter = '/aws/service/x/image_id'

const more: typeof cases = [
  [
    'a profile that holds a role',
    'InstanceProfile',
    { roles: ['web'] },
    { state: 'Ready', message: 'instances get the role web' },
  ],
  ['a profile without a role', 'InstanceProfile', { roles: [] }, { reason: 'NoRole' }],
  [
    'a template with an image of AWS',
    'LaunchTemplate',
    { current: version, image: { id: 'ami-1', parameter, agentVersion: '1.99.0' } },
    { state: 'Ready', message: 'version 3 launches ami-1, ECS agent 1.99.0' },
  ],
  [
    'a template whose image cannot be told',
    'LaunchTemplate',
    { current: version, image: { parameter } },
    { state: 'Ready', message: 'version 3 is the default' },
  ],
  [
    'a template whose image does not exist',
    'LaunchTemplate',
    { current: version, image: { parameter, missing: true } },
    { state: 'Failed', reason: 'NoImage' },
  ],
  [
    'a target group that is sent to',
    'TargetGroup',
    {
      loadBalancerArns: ['arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/shop/50dc'],
    },
    { state: 'Ready', message: 'the load balancer shop sends to it' },
  ],
  [
    'a target group that nobody sends to',
    'TargetGroup',
    { loadBalancerArns: [] },
    { state: 'Progressing', reason: 'NoLoadBalancer' },
  ],
  ['a load balancer', 'LoadBalancer', { code: 'active', dnsName: 'x' }, { message: 'active as x' }],
  ['a new load balancer', 'LoadBalancer', { code: 'provisioning' }, { state: 'Progressing' }],
  ['a load balancer that failed', 'LoadBalancer', { code: 'failed' }, { state: 'Failed' }],
  [
    'a load balancer at its limits',
    'LoadBalancer',
    { code: 'active_impaired' },
    { reason: 'Impaired' },
  ],
]

test.each([...cases, ...more])('%s', (_, name, live, expected) => {
  const kind = kinds.find((candidate) => candidate.name === name)!
  expect(kind.health(liveOf(kind, live), undefined)).toMatchObject(expected)
})
