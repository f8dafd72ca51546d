/** Task definitions, against moto. */
import type { Row } from './row.ts'

function register(does: string, input: object, more: Partial<Row> = {}): Row {
  return {
    does,
    operation: 'ecs:RegisterTaskDefinition',
    input: { family: 'web', ...input },
    ...more,
  }
}

const APP = { name: 'app', image: 'nginx:1.27', memory: 128 }
const FARGATE = {
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
}

export const taskDefinitionRows: readonly Row[] = [
  register('registers the least', { containerDefinitions: [APP] }),
  register('registers again as the next revision', { containerDefinitions: [APP] }),
  register('registers for Fargate', {
    family: 'api',
    ...FARGATE,
    containerDefinitions: [{ name: 'app', image: 'a:1' }],
  }),
  register('registers with much', {
    family: 'much',
    networkMode: 'bridge',
    taskRoleArn: 'arn:aws:iam::123456789012:role/task',
    executionRoleArn: 'arn:aws:iam::123456789012:role/exec',
    tags: [{ key: 'team', value: 'a' }],
    volumes: [{ name: 'data', host: { sourcePath: '/data' } }],
    placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.os-type == linux' }],
    containerDefinitions: [
      {
        ...APP,
        cpu: 64,
        memoryReservation: 64,
        essential: true,
        command: ['serve'],
        entryPoint: ['/entry'],
        environment: [{ name: 'A', value: '1' }],
        secrets: [{ name: 'S', valueFrom: '/s' }],
        portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }],
        mountPoints: [{ sourceVolume: 'data', containerPath: '/data', readOnly: true }],
        volumesFrom: [],
        systemControls: [],
        dockerLabels: { a: 'b' },
        ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 2048 }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': 'g', 'awslogs-region': 'r' },
        },
        healthCheck: { command: ['CMD', 'true'], interval: 10, timeout: 5, retries: 3 },
        linuxParameters: { initProcessEnabled: true },
      },
      {
        name: 'side',
        image: 'side:1',
        memory: 64,
        essential: false,
        dependsOn: [{ containerName: 'app', condition: 'HEALTHY' }],
      },
    ],
  }),
  register('fills in ports', {
    family: 'ports',
    containerDefinitions: [{ ...APP, portMappings: [{ containerPort: 80 }] }],
  }),
  register('fills in health checks', {
    family: 'health',
    containerDefinitions: [{ ...APP, healthCheck: { command: ['CMD', 'true'] } }],
  }),
  register('says sizes in plain numbers', {
    family: 'words',
    ...FARGATE,
    cpu: '.25 vCPU',
    memory: '0.5 GB',
    containerDefinitions: [{ name: 'app', image: 'a:1' }],
  }),
  {
    does: 'describes by family',
    operation: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: 'web' },
  },
  {
    does: 'describes by revision',
    operation: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: 'web:1' },
  },
  {
    does: 'describes by ARN with tags beside it',
    operation: 'ecs:DescribeTaskDefinition',
    input: {
      taskDefinition: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/much:1',
      include: ['TAGS'],
    },
  },
  {
    does: 'refuses to describe an unknown family',
    operation: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: 'none' },
  },
  {
    does: 'refuses to describe an unknown revision',
    operation: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: 'web:9' },
  },
  { does: 'lists a family', operation: 'ecs:ListTaskDefinitions', input: { familyPrefix: 'web' } },
  {
    does: 'takes familyPrefix as a whole name',
    operation: 'ecs:ListTaskDefinitions',
    input: { familyPrefix: 'we' },
  },
  {
    does: 'lists newest first',
    operation: 'ecs:ListTaskDefinitions',
    input: { familyPrefix: 'web', sort: 'DESC' },
  },
  {
    does: 'lists one a page',
    operation: 'ecs:ListTaskDefinitions',
    input: { familyPrefix: 'web', maxResults: 1 },
  },
  {
    does: 'lists families',
    operation: 'ecs:ListTaskDefinitionFamilies',
    input: { familyPrefix: 'we' },
  },
  {
    does: 'deregisters',
    operation: 'ecs:DeregisterTaskDefinition',
    input: { taskDefinition: 'web:1' },
  },
  {
    does: 'describes an INACTIVE revision',
    operation: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: 'web:1' },
  },
  {
    does: 'lists INACTIVE revisions',
    operation: 'ecs:ListTaskDefinitions',
    input: { familyPrefix: 'web', status: 'INACTIVE' },
  },
  {
    does: 'lists ACTIVE revisions without them',
    operation: 'ecs:ListTaskDefinitions',
    input: { familyPrefix: 'web' },
  },
  {
    does: 'refuses to deregister an unknown revision',
    operation: 'ecs:DeregisterTaskDefinition',
    input: { taskDefinition: 'web:9' },
  },
  {
    does: 'deletes an INACTIVE revision',
    operation: 'ecs:DeleteTaskDefinitions',
    input: { taskDefinitions: ['web:1'] },
  },
  {
    does: 'does not delete an ACTIVE revision',
    operation: 'ecs:DeleteTaskDefinitions',
    input: { taskDefinitions: ['web:2'] },
  },
  {
    does: 'deregisters the last',
    operation: 'ecs:DeregisterTaskDefinition',
    input: { taskDefinition: 'ports:1' },
  },
  {
    does: 'refuses a family without ACTIVE revision',
    operation: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: 'ports' },
  },
  register('goes on counting', { family: 'ports', containerDefinitions: [APP] }),
]

export const refusedDefinitionRows: readonly Row[] = [
  register('without memory', { containerDefinitions: [{ name: 'app', image: 'a' }] }),
  register('without an image', { containerDefinitions: [{ name: 'app', memory: 8 }] }),
  register('without a name', { containerDefinitions: [{ image: 'a', memory: 8 }] }),
  register('with an unknown pidMode', { pidMode: 'all', containerDefinitions: [APP] }),
  register('without containers', { containerDefinitions: [] }),
  register('with 11 containers', {
    containerDefinitions: Array.from({ length: 11 }, (_, i) => ({ ...APP, name: `c${i}` })),
  }),
  register('without an essential container', {
    containerDefinitions: [{ ...APP, essential: false }],
  }),
  register('with two containers of one name', { containerDefinitions: [APP, APP] }),
  register('with a family with a space', { family: 'a b', containerDefinitions: [APP] }),
  register('on Fargate with an unknown size', {
    ...FARGATE,
    memory: '8192',
    containerDefinitions: [APP],
  }),
  register('on Fargate with an unknown cpu', {
    ...FARGATE,
    cpu: '300',
    containerDefinitions: [APP],
  }),
  register('on Fargate without cpu', { ...FARGATE, cpu: undefined, containerDefinitions: [APP] }),
  register('on Fargate in a bridge network', {
    ...FARGATE,
    networkMode: 'bridge',
    containerDefinitions: [APP],
  }),
  register('with a mount point without volume', {
    containerDefinitions: [{ ...APP, mountPoints: [{ sourceVolume: 'x', containerPath: '/x' }] }],
  }),
]
