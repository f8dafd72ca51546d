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
const AT = 'arn:aws:ecs:eu-central-1:123456789012:task-definition'

const GUESSED = 'guesses compatibilities from requiresCompatibilities'
const OPEN = { 'taskDefinition.compatibilities': GUESSED }
const ON_EC2 = { taskDefinition: { compatibilities: ['EXTERNAL', 'EC2'] } }
const ON_FARGATE = { taskDefinition: { compatibilities: ['EC2', 'FARGATE', 'MANAGED_INSTANCES'] } }

/** Where no network mode was declared, none is shown. */
const UNDECLARED: Partial<Row> = {
  gaps: { ...OPEN, 'taskDefinition.networkMode': 'reports bridge though nothing was declared' },
  ours: ON_EC2,
  absent: ['taskDefinition.networkMode'],
}

export const taskDefinitionRows: readonly Row[] = [
  register('registers the least', { containerDefinitions: [APP] }, UNDECLARED),
  register('registers again as the next revision', { containerDefinitions: [APP] }, UNDECLARED),
  register(
    'registers for Fargate',
    { family: 'api', ...FARGATE, containerDefinitions: [{ name: 'app', image: 'a:1' }] },
    { gaps: OPEN, ours: ON_FARGATE },
  ),
  register(
    'registers with much',
    {
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
    },
    { gaps: OPEN, ours: ON_EC2 },
  ),
  register(
    'fills in ports',
    {
      family: 'ports',
      networkMode: 'bridge',
      containerDefinitions: [{ ...APP, portMappings: [{ containerPort: 80 }] }],
    },
    {
      gaps: OPEN,
      ours: {
        taskDefinition: {
          containerDefinitions: [
            { portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }] },
          ],
        },
      },
    },
  ),
  register(
    'fills in health checks',
    {
      family: 'health',
      networkMode: 'bridge',
      containerDefinitions: [{ ...APP, healthCheck: { command: ['CMD', 'true'] } }],
    },
    {
      gaps: OPEN,
      ours: {
        taskDefinition: {
          containerDefinitions: [
            { healthCheck: { command: ['CMD', 'true'], interval: 30, timeout: 5, retries: 3 } },
          ],
        },
      },
    },
  ),
  register(
    'says sizes in plain numbers',
    {
      family: 'words',
      ...FARGATE,
      cpu: '.25 vCPU',
      memory: '0.5 GB',
      containerDefinitions: [{ name: 'app', image: 'a:1' }],
    },
    {
      gaps: {
        ...OPEN,
        'taskDefinition.cpu': 'keeps the words',
        'taskDefinition.memory': 'keeps the words',
      },
      ours: { taskDefinition: { cpu: '256', memory: '512' } },
    },
  ),
  {
    does: 'describes by family',
    operation: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: 'web' },
    ...UNDECLARED,
  },
  {
    does: 'describes by revision',
    operation: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: 'web:1' },
    ...UNDECLARED,
  },
  {
    does: 'describes by ARN with tags beside it',
    operation: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: `${AT}/much:1`, include: ['TAGS'] },
    gaps: OPEN,
    ours: ON_EC2,
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
    gaps: { taskDefinitionArns: 'does not sort' },
    ours: { taskDefinitionArns: [`${AT}/web:2`, `${AT}/web:1`] },
  },
  {
    does: 'lists one a page',
    operation: 'ecs:ListTaskDefinitions',
    input: { familyPrefix: 'web', maxResults: 1 },
    gaps: { taskDefinitionArns: 'knows no pages here' },
    ours: { taskDefinitionArns: [`${AT}/web:1`], nextToken: '<token>' },
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
    ...UNDECLARED,
  },
  {
    does: 'describes an INACTIVE revision',
    operation: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: 'web:1' },
    ...UNDECLARED,
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
    gaps: { message: 'says what DescribeTaskDefinition says' },
    ours: {
      error: true,
      code: 'ClientException',
      message:
        'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
    },
  },
  {
    does: 'deletes an INACTIVE revision',
    operation: 'ecs:DeleteTaskDefinitions',
    input: { taskDefinitions: ['web:1'] },
    gaps: {
      'taskDefinitions[0].networkMode': 'reports bridge though nothing was declared',
      'taskDefinitions[0].compatibilities': GUESSED,
    },
    ours: {
      taskDefinitions: [{ taskDefinitionArn: `${AT}/web:1`, status: 'DELETE_IN_PROGRESS' }],
      failures: [],
    },
  },
  {
    does: 'does not delete an ACTIVE revision',
    operation: 'ecs:DeleteTaskDefinitions',
    input: { taskDefinitions: ['web:2'] },
    gaps: { 'failures[0].arn': 'gives no ARN' },
    ours: { taskDefinitions: [], failures: [{ arn: `${AT}/web:2` }] },
  },
  {
    does: 'deregisters the last',
    operation: 'ecs:DeregisterTaskDefinition',
    input: { taskDefinition: 'ports:1' },
    gaps: OPEN,
    ours: ON_EC2,
  },
  {
    does: 'refuses a family without ACTIVE revision',
    operation: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: 'ports' },
    gaps: { taskDefinition: 'answers the newest INACTIVE one' },
    ours: { error: true, code: 'ClientException', message: 'Unable to describe task definition.' },
  },
  register(
    'goes on counting',
    { family: 'ports', networkMode: 'bridge', containerDefinitions: [APP] },
    { gaps: OPEN, ours: { taskDefinition: { revision: 2 } } },
  ),
]

/** moto accepts nearly anything. */
function refused(does: string, input: object, message: string | RegExp): Row {
  return register(does, input, {
    gaps: { taskDefinition: 'accepts it' },
    ours: {
      error: true,
      code: 'ClientException',
      message: typeof message === 'string' ? message : expectation(message),
    },
  })
}

/** A pattern, for what vitest calls an asymmetric matcher. */
function expectation(pattern: RegExp) {
  return {
    asymmetricMatch: (text: unknown) => typeof text === 'string' && pattern.test(text),
    toString: () => String(pattern),
  }
}

export const refusedDefinitionRows: readonly Row[] = [
  register('without memory', { containerDefinitions: [{ name: 'app', image: 'a' }] }),
  register('without an image', { containerDefinitions: [{ name: 'app', memory: 8 }] }),
  register('without a name', { containerDefinitions: [{ image: 'a', memory: 8 }] }),
  refused(
    'with an unknown pidMode',
    { pidMode: 'all', containerDefinitions: [APP] },
    /enum value set: \[host, task\]/,
  ),
  refused('without containers', { containerDefinitions: [] }, 'Container list cannot be empty.'),
  refused(
    'with 11 containers',
    {
      containerDefinitions: Array.from({ length: 11 }, (_, index) => ({
        ...APP,
        name: `c${index}`,
      })),
    },
    'Too many containers.',
  ),
  refused(
    'without an essential container',
    { containerDefinitions: [{ ...APP, essential: false }] },
    "Task definition doesn't have any essential container",
  ),
  refused('with two containers of one name', { containerDefinitions: [APP, APP] }, /unique/),
  refused(
    'with a family with a space',
    { family: 'a b', containerDefinitions: [APP] },
    'Family contains invalid characters.',
  ),
  refused(
    'on Fargate with an unknown size',
    { ...FARGATE, memory: '8192', containerDefinitions: [APP] },
    /^No Fargate configuration exists for given values: 256 CPU, 8192 memory\./,
  ),
  refused(
    'on Fargate with an unknown cpu',
    { ...FARGATE, cpu: '300', containerDefinitions: [APP] },
    /^No Fargate configuration/,
  ),
  refused(
    'on Fargate without cpu',
    { ...FARGATE, cpu: undefined, containerDefinitions: [APP] },
    "Fargate requires that 'cpu' be defined at the task level.",
  ),
  refused(
    'on Fargate in a bridge network',
    { ...FARGATE, networkMode: 'bridge', containerDefinitions: [APP] },
    'Fargate only supports network mode ‘awsvpc’.',
  ),
  refused(
    'with a mount point without volume',
    {
      containerDefinitions: [{ ...APP, mountPoints: [{ sourceVolume: 'x', containerPath: '/x' }] }],
    },
    "Unknown volume 'x'.",
  ),
]
