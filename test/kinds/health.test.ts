/** What a kind says of a live resource's health. */
import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import type { Health } from '../../src/model.ts'
import { liveOf } from './golden.ts'

const primary = { id: 'ecs-svc/2', status: 'PRIMARY', rolloutState: 'COMPLETED' }
const steady = { status: 'ACTIVE', desiredCount: 2, runningCount: 2, deployments: [primary] }
const external = { ...steady, deployments: [], deploymentController: { type: 'EXTERNAL' } }
const broken = {
  ...primary,
  rolloutState: 'FAILED',
  failedTasks: 3,
  rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
}
const events = [1, 2, 3, 4].map((n) => ({ message: `event ${n}` }))

const launchTemplate = { launchTemplateId: 'lt-1', version: '2' }
const group = { minSize: 1, maxSize: 2, desiredCapacity: 1, launchTemplate }
const instance = (instanceId: string, version = '2') => ({
  instanceId,
  lifecycleState: 'InService',
  healthStatus: 'Healthy',
  launchTemplate: { launchTemplateId: 'lt-1', version },
})
const refresh = (status: string) => ({
  instanceRefreshId: 'r-1',
  status,
  percentageComplete: 50,
  instancesToUpdate: 1,
  desiredConfiguration: { launchTemplate },
})

const cases: [string, string, object, Partial<Health>][] = [
  ['an active cluster', 'Cluster', { status: 'ACTIVE' }, { state: 'Ready' }],
  ['a cluster being made', 'Cluster', { status: 'PROVISIONING' }, { state: 'Progressing' }],
  ['a cluster that failed', 'Cluster', { status: 'FAILED' }, { state: 'Failed' }],
  [
    'a cluster whose providers are being attached',
    'Cluster',
    { status: 'ACTIVE', attachmentsStatus: 'UPDATE_IN_PROGRESS' },
    { state: 'Progressing', reason: 'AttachingProviders' },
  ],
  [
    'a cluster whose providers could not be attached',
    'Cluster',
    { status: 'ACTIVE', attachmentsStatus: 'UPDATE_FAILED' },
    { state: 'Failed' },
  ],
  [
    'a listener whose actions ECS moves, and somebody else has',
    'Listener',
    { protocol: 'TCP', port: 80, outside: ['arn:old'] },
    {
      state: 'Ready',
      reason: 'SendsElsewhere',
      message:
        'TCP on port 80; it sends requests to arn:old, which the service behind it does not use',
    },
  ],
  [
    'a scalable target',
    'ScalableTarget',
    { minCapacity: 1, maxCapacity: 10, suspendedState: { dynamicScalingInSuspended: false } },
    { state: 'Ready', message: '1 to 10 tasks' },
  ],
  [
    'a scalable target that a person suspended',
    'ScalableTarget',
    { minCapacity: 1, maxCapacity: 10, suspendedState: { dynamicScalingOutSuspended: true } },
    {
      state: 'Ready',
      reason: 'Suspended',
      message: '1 to 10 tasks, with scaling out suspended',
    },
  ],
  [
    'steps that nothing triggers',
    'ScalingPolicy',
    { stepScalingPolicyConfiguration: {}, alarms: [] },
    { state: 'Ready', reason: 'NoAlarm' },
  ],
  [
    'steps that an alarm triggers',
    'ScalingPolicy',
    { stepScalingPolicyConfiguration: {}, alarms: ['queue is long'] },
    { state: 'Ready', message: 'on queue is long' },
  ],
  [
    'a forecast that scales nothing',
    'ScalingPolicy',
    { predictiveScalingPolicyConfiguration: { mode: 'ForecastOnly' }, alarms: [] },
    { state: 'Ready', message: 'makes a forecast, and scales nothing' },
  ],
  ['a capacity provider', 'CapacityProvider', { status: 'ACTIVE' }, { state: 'Ready' }],
  [
    'a capacity provider that AWS changes',
    'CapacityProvider',
    { status: 'ACTIVE', updateStatus: 'UPDATE_IN_PROGRESS' },
    { state: 'Progressing' },
  ],
  [
    'a capacity provider that AWS could not delete',
    'CapacityProvider',
    { status: 'ACTIVE', updateStatus: 'DELETE_FAILED', updateStatusReason: 'still in use' },
    { state: 'Failed', message: 'DELETE_FAILED: still in use' },
  ],
  [
    'a group with all its instances, and one that leaves',
    'AutoScalingGroup',
    {
      ...group,
      instances: [instance('i-1'), { ...instance('i-0'), lifecycleState: 'Terminating' }],
    },
    { state: 'Ready', message: '1 of 1 instances in service, 1 leaving' },
  ],
  [
    'a group that keeps more than it should, since they are protected',
    'AutoScalingGroup',
    { ...group, instances: [instance('i-1'), instance('i-2')] },
    { state: 'Ready' },
  ],
  [
    'a group whose instance is not healthy',
    'AutoScalingGroup',
    { ...group, instances: [{ ...instance('i-1'), healthStatus: 'Unhealthy' }] },
    { state: 'Progressing', progress: { inService: 0, desired: 1 } },
  ],
  [
    'a group whose launches have failed for a moment',
    'AutoScalingGroup',
    { ...group, trouble: { message: 'no such key', lasting: false } },
    { state: 'Progressing', message: '0 of 1 instances in service (no such key)' },
  ],
  [
    'a group whose launches fail',
    'AutoScalingGroup',
    { ...group, trouble: { message: 'no such key', lasting: true } },
    { state: 'Failed', reason: 'LaunchFailed' },
  ],
  [
    'a group that is being deleted',
    'AutoScalingGroup',
    { ...group, status: 'Delete in progress', instances: [instance('i-1')] },
    { state: 'Progressing', message: 'the group is being deleted: 1 instance is left' },
  ],
  [
    'a refresh that goes on',
    'AutoScalingGroup',
    { ...group, instances: [instance('i-1')], refresh: refresh('InProgress') },
    { state: 'Progressing', progress: { inService: 1, desired: 1, percent: 50, left: 1 } },
  ],
  [
    'a refresh that failed',
    'AutoScalingGroup',
    { ...group, instances: [instance('i-1', '1')], refresh: refresh('Failed') },
    { state: 'Failed', reason: 'InstanceRefreshFailed' },
  ],
  [
    'a refresh that failed, though all instances are as they should be by now',
    'AutoScalingGroup',
    { ...group, instances: [instance('i-1')], refresh: refresh('Failed') },
    { state: 'Ready' },
  ],
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
    'a service that somebody else deploys, and has yet to',
    'Service',
    { ...external, runningCount: 0, taskSets: [] },
    {
      state: 'Ready',
      reason: 'DeployedElsewhere',
      message:
        '0 of 2 tasks running: it has no task set yet; whoever deploys it makes one (deploymentController EXTERNAL)',
    },
  ],
  [
    'a service that somebody else deploys, and scales to a half',
    'Service',
    { ...external, runningCount: 1, taskSets: [{ id: 'ecs-svc/1' }] },
    {
      state: 'Ready',
      reason: 'DeployedElsewhere',
      message:
        '1 of 2 tasks running: whoever deploys it scales its task set (deploymentController EXTERNAL)',
    },
  ],
  [
    'a service that somebody else has deployed in full',
    'Service',
    { ...external, runningCount: 2, taskSets: [{ id: 'ecs-svc/1' }] },
    { state: 'Ready', reason: 'Steady' },
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
      reason: 'Stopped',
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
