/** Services, against moto. Nothing ever runs in them, since moto starts no task. */
import { type Row, under } from './row.ts'

const SERVICE = {
  cluster: 'shop',
  serviceName: 'web',
  taskDefinition: 'web',
  desiredCount: 0,
  launchType: 'EC2',
}
const AT = 'arn:aws:ecs:eu-central-1:123456789012'

const SHAPE = {
  'deployments[0].platformFamily': 'shows EC2 as a platform family',
  networkConfiguration: 'is there, empty, though the network is a bridge',
}
/** moto decides once, when the service is created. */
const CREATED = {
  ...SHAPE,
  'deployments[0].rolloutState': 'is COMPLETED at once',
  'deployments[0].rolloutStateReason': 'is COMPLETED at once',
}
const LATER = { ...SHAPE, events: 'never has any' }
/** The members that a bridge service on EC2 does not have. */
const absent = (member: string) => Object.keys(SHAPE).map((path) => `${member}.${path}`)

export const serviceRows: readonly Row[] = [
  {
    does: 'refuses a service in an unknown cluster',
    operation: 'ecs:CreateService',
    input: { ...SERVICE, cluster: 'none' },
  },
  { does: 'prepares a cluster', operation: 'ecs:CreateCluster', input: { clusterName: 'shop' } },
  {
    does: 'refuses a service of an unknown task definition',
    operation: 'ecs:CreateService',
    input: SERVICE,
    gaps: { message: 'says what DescribeTaskDefinition says' },
    ours: { error: true, code: 'ClientException', message: 'TaskDefinition not found.' },
  },
  {
    does: 'prepares a task definition',
    operation: 'ecs:RegisterTaskDefinition',
    input: {
      family: 'web',
      networkMode: 'bridge',
      containerDefinitions: [{ name: 'app', image: 'nginx:1.27', memory: 128 }],
    },
    gaps: { 'taskDefinition.compatibilities': 'guesses them' },
    ours: { taskDefinition: { compatibilities: ['EXTERNAL', 'EC2'] } },
  },
  { does: 'lists no service', operation: 'ecs:ListServices', input: { cluster: 'shop' } },
  {
    does: 'creates a service',
    operation: 'ecs:CreateService',
    input: { ...SERVICE, tags: [{ key: 'team', value: 'a' }] },
    gaps: under('service', CREATED),
    ours: { service: { deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }] } },
    absent: absent('service'),
  },
  {
    does: 'describes a service',
    operation: 'ecs:DescribeServices',
    input: { cluster: 'shop', services: ['web'] },
    gaps: under('services[0]', LATER),
    ours: {
      services: [{ deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }] }],
      failures: [],
    },
    absent: absent('services[0]'),
  },
  {
    does: 'describes a service by ARN with tags',
    operation: 'ecs:DescribeServices',
    input: { cluster: 'shop', services: [`${AT}:service/shop/web`], include: ['TAGS'] },
    gaps: under('services[0]', LATER),
    ours: { services: [{ tags: [{ key: 'team', value: 'a' }] }] },
  },
  {
    does: 'describes unknown services as failures',
    operation: 'ecs:DescribeServices',
    input: { cluster: 'shop', services: ['none'] },
    gaps: { 'failures[0].arn': 'gives the short ARN' },
    ours: { services: [], failures: [{ arn: `${AT}:service/shop/none`, reason: 'MISSING' }] },
  },
  {
    does: 'refuses to describe services of an unknown cluster',
    operation: 'ecs:DescribeServices',
    input: { cluster: 'none', services: ['web'] },
  },
  {
    does: 'refuses to describe 11 services',
    operation: 'ecs:DescribeServices',
    input: { cluster: 'shop', services: Array(11).fill('web') },
    gaps: { services: 'answers any number', failures: 'answers any number' },
    ours: { error: true, code: 'InvalidParameterException' },
  },
  { does: 'lists services', operation: 'ecs:ListServices', input: { cluster: 'shop' } },
  {
    does: 'refuses to list services of an unknown cluster',
    operation: 'ecs:ListServices',
    input: { cluster: 'none' },
  },
  {
    does: 'refuses to update an unknown service',
    operation: 'ecs:UpdateService',
    input: { cluster: 'shop', service: 'none', desiredCount: 2 },
  },
  {
    does: 'refuses an unknown task definition',
    operation: 'ecs:UpdateService',
    input: { cluster: 'shop', service: 'web', taskDefinition: 'none' },
    gaps: { message: 'says what DescribeTaskDefinition says' },
    ours: { error: true, code: 'ClientException', message: 'TaskDefinition not found.' },
  },
  {
    does: 'scales a service',
    operation: 'ecs:UpdateService',
    input: { cluster: 'shop', service: 'web', desiredCount: 2 },
    gaps: under('service', {
      ...LATER,
      runningCount: 'is the desired count at once, without tasks',
      'deployments[0].desiredCount': 'stays',
    }),
    ours: { service: { desiredCount: 2, runningCount: 0, deployments: [{ desiredCount: 2 }] } },
  },
  {
    does: 'refuses to delete a service that is scaled above 0',
    operation: 'ecs:DeleteService',
    input: { cluster: 'shop', service: 'web' },
  },
  {
    does: 'scales to nothing',
    operation: 'ecs:UpdateService',
    input: { cluster: 'shop', service: 'web', desiredCount: 0 },
    gaps: under('service', { ...LATER }),
    ours: { service: { desiredCount: 0, runningCount: 0 } },
  },
  {
    does: 'deletes a service, which drains first',
    operation: 'ecs:DeleteService',
    input: { cluster: 'shop', service: 'web' },
    gaps: under('service', {
      ...LATER,
      status: 'is INACTIVE at once',
    }),
    ours: { service: { status: 'DRAINING' } },
  },
  {
    does: 'describes a deleted service as INACTIVE',
    operation: 'ecs:DescribeServices',
    input: { cluster: 'shop', services: ['web'] },
    gaps: under('services[0]', {
      deployments: 'keeps them',
      events: 'never has any',
      networkConfiguration: SHAPE.networkConfiguration,
    }),
    ours: { services: [{ status: 'INACTIVE', deployments: [] }] },
  },
  {
    does: 'does not list a deleted service',
    operation: 'ecs:ListServices',
    input: { cluster: 'shop' },
    gaps: { serviceArns: 'lists INACTIVE services' },
    ours: { serviceArns: [] },
  },
  {
    does: 'refuses to update a deleted service',
    operation: 'ecs:UpdateService',
    input: { cluster: 'shop', service: 'web', desiredCount: 0 },
    gaps: { service: 'changes it' },
    ours: { error: true, code: 'ServiceNotActiveException', message: 'Service was not ACTIVE.' },
  },
  {
    does: 'refuses to delete an unknown service',
    operation: 'ecs:DeleteService',
    input: { cluster: 'shop', service: 'none' },
  },
  {
    does: 'takes a name again once its service is INACTIVE, and keeps how it is deployed and placed',
    operation: 'ecs:CreateService',
    input: {
      ...SERVICE,
      deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 },
      placementStrategy: [{ type: 'spread', field: 'instanceId' }],
      placementConstraints: [{ type: 'distinctInstance' }],
      enableECSManagedTags: true,
    },
    gaps: under('service', { ...CREATED, tags: 'are there, empty' }),
    ours: {
      service: {
        deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 },
        placementStrategy: [{ type: 'spread', field: 'instanceId' }],
        placementConstraints: [{ type: 'distinctInstance' }],
        enableECSManagedTags: true,
      },
    },
  },
  {
    does: 'refuses capacity providers that the cluster does not have',
    operation: 'ecs:CreateService',
    input: {
      ...SERVICE,
      launchType: undefined,
      serviceName: 'spot',
      capacityProviderStrategy: [{ capacityProvider: 'none', weight: 1 }],
    },
    gaps: { service: 'accepts anything' },
    ours: { error: true, code: 'InvalidParameterException' },
  },
  {
    does: 'refuses a name in use',
    operation: 'ecs:CreateService',
    input: { ...SERVICE, desiredCount: 3 },
    gaps: { service: 'replaces the service' },
    ours: {
      error: true,
      code: 'InvalidParameterException',
      message: 'Creation of service was not idempotent.',
    },
  },
  { does: 'lists no task', operation: 'ecs:ListTasks', input: { cluster: 'shop' } },
  {
    does: 'describes unknown tasks as failures',
    operation: 'ecs:DescribeTasks',
    input: { cluster: 'shop', tasks: [`${AT}:task/shop/00000000000000000000000000000000`] },
    gaps: { failures: 'has none' },
    ours: { tasks: [], failures: [{ reason: 'MISSING' }] },
    absent: ['failures[1]'],
  },
  {
    does: 'lists no container instance',
    operation: 'ecs:ListContainerInstances',
    input: { cluster: 'shop' },
  },
  {
    does: 'refuses to run a task without container instances',
    operation: 'ecs:RunTask',
    input: { cluster: 'shop', taskDefinition: 'web' },
    gaps: { code: 'breaks down', message: 'breaks down' },
    ours: {
      error: true,
      code: 'InvalidParameterException',
      message: 'No Container Instances were found in your cluster.',
    },
  },
  {
    does: 'refuses to delete a cluster with services',
    operation: 'ecs:DeleteCluster',
    input: { cluster: 'shop' },
    gaps: { cluster: 'deletes it' },
    ours: { error: true, code: 'ClusterContainsServicesException' },
  },
]
