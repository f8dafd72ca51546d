/** Services, against moto. */
import type { Row } from './row.ts'

const SERVICE = { cluster: 'shop', serviceName: 'web', taskDefinition: 'web', desiredCount: 0 }

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
  },
  {
    does: 'prepares a task definition',
    operation: 'ecs:RegisterTaskDefinition',
    input: {
      family: 'web',
      networkMode: 'bridge',
      containerDefinitions: [
        { name: 'app', image: 'nginx:1.27', memory: 128, cpu: 64, essential: true },
      ],
    },
  },
  { does: 'lists no service', operation: 'ecs:ListServices', input: { cluster: 'shop' } },
  {
    does: 'creates a service',
    operation: 'ecs:CreateService',
    input: { ...SERVICE, launchType: 'EC2', tags: [{ key: 'team', value: 'a' }] },
  },
  {
    does: 'refuses a name in use',
    operation: 'ecs:CreateService',
    input: { ...SERVICE, desiredCount: 3 },
  },
  {
    does: 'describes a service',
    operation: 'ecs:DescribeServices',
    input: { cluster: 'shop', services: ['web'] },
  },
  {
    does: 'describes a service by ARN with tags',
    operation: 'ecs:DescribeServices',
    input: {
      cluster: 'shop',
      services: ['arn:aws:ecs:eu-central-1:123456789012:service/shop/web'],
      include: ['TAGS'],
    },
  },
  {
    does: 'describes unknown services as failures',
    operation: 'ecs:DescribeServices',
    input: { cluster: 'shop', services: ['none'] },
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
  },
  { does: 'lists services', operation: 'ecs:ListServices', input: { cluster: 'shop' } },
  {
    does: 'refuses to list services of an unknown cluster',
    operation: 'ecs:ListServices',
    input: { cluster: 'none' },
  },
  {
    does: 'scales a service',
    operation: 'ecs:UpdateService',
    input: { cluster: 'shop', service: 'web', desiredCount: 2 },
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
  },
  {
    does: 'refuses to delete a service that is scaled above 0',
    operation: 'ecs:DeleteService',
    input: { cluster: 'shop', service: 'web' },
  },
  {
    does: 'refuses capacity providers that the cluster does not have',
    operation: 'ecs:CreateService',
    input: {
      ...SERVICE,
      serviceName: 'spot',
      capacityProviderStrategy: [{ capacityProvider: 'none', weight: 1 }],
    },
  },
  {
    does: 'scales to nothing',
    operation: 'ecs:UpdateService',
    input: { cluster: 'shop', service: 'web', desiredCount: 0 },
  },
  {
    does: 'deletes a service',
    operation: 'ecs:DeleteService',
    input: { cluster: 'shop', service: 'web' },
  },
  {
    does: 'describes a deleted service as INACTIVE',
    operation: 'ecs:DescribeServices',
    input: { cluster: 'shop', services: ['web'] },
  },
  {
    does: 'does not list a deleted service',
    operation: 'ecs:ListServices',
    input: { cluster: 'shop' },
  },
  {
    does: 'refuses to update a deleted service',
    operation: 'ecs:UpdateService',
    input: { cluster: 'shop', service: 'web', desiredCount: 1 },
  },
  {
    does: 'refuses to delete an unknown service',
    operation: 'ecs:DeleteService',
    input: { cluster: 'shop', service: 'none' },
  },
  {
    does: 'keeps how a service is deployed and placed',
    operation: 'ecs:CreateService',
    input: {
      ...SERVICE,
      launchType: 'EC2',
      deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 },
      placementStrategy: [{ type: 'spread', field: 'instanceId' }],
      placementConstraints: [{ type: 'distinctInstance' }],
      enableECSManagedTags: true,
    },
  },
  {
    does: 'takes a name again once its service is INACTIVE',
    operation: 'ecs:DescribeServices',
    input: { cluster: 'shop', services: ['web'] },
  },
  { does: 'lists no task', operation: 'ecs:ListTasks', input: { cluster: 'shop' } },
  {
    does: 'describes unknown tasks as failures',
    operation: 'ecs:DescribeTasks',
    input: {
      cluster: 'shop',
      tasks: ['arn:aws:ecs:eu-central-1:123456789012:task/shop/00000000000000000000000000000000'],
    },
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
  },
  {
    does: 'refuses to delete a cluster with services',
    operation: 'ecs:DeleteCluster',
    input: { cluster: 'shop' },
  },
]
