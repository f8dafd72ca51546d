/** Services that fail, one for each cause: what Git says, what happens meanwhile, and what the report must blame. */
import type { Rig, RigOptions } from '../rig.ts'
import { document, files, type Shop, shop } from './shop.ts'
import { balanced, balancer, shifted, twoGroups } from './why-balancers.ts'
import { deny, ends } from './why-layers.ts'

type Files = Readonly<Record<string, string>>

export interface Case {
  readonly name: string
  /** Of the golden. */
  readonly file: string
  readonly cause: string
  readonly rig?: RigOptions
  readonly before?: (rig: Rig) => Promise<unknown>
  /** What runs before; absent: the first deployment fails. */
  readonly good?: Files | (() => Files)
  readonly bad: Files | (() => Files)
  readonly during?: (rig: Rig) => Promise<unknown>
  /** How long it is watched, in minutes; else until the service is Degraded. */
  readonly minutes?: number
}

/** The container `app` on Fargate, with more to it than its image. */
const app = (container: Record<string, unknown>, more: Record<string, unknown> = {}): Shop => ({
  definition: {
    containerDefinitions: [{ name: 'app', image: 'nginx:1.27', ...container }],
    ...more,
  },
})
const simulated = (text: string) => ({ dockerLabels: { 'fairlead.dev/simulate': text } })

const check = { command: ['CMD-SHELL', 'curl -f http://localhost/health'], interval: 10 }
const awslogs = {
  logConfiguration: {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': '/ecs/web',
      'awslogs-region': 'us-east-1',
      'awslogs-stream-prefix': 'web',
    },
  },
}
const executionRoleArn = 'arn:aws:iam::123456789012:role/web-execution'
const secretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/db-AbCdEf'
/** Tasks fail for what they refer to and is not there. */
const checked: RigOptions = { simulator: { checksReferences: true } }
const logGroup = (rig: Rig) => rig.aws('logs:CreateLogGroup', { logGroupName: '/ecs/web' })

/** The role that pulls images and reads secrets. */
const executionRole = (rig: Rig) =>
  rig.aws('iam:CreateRole', {
    RoleName: 'web-execution',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      ],
    }),
  })
const secrets = [{ name: 'DB_PASSWORD', valueFrom: `${secretArn}:password::` }]

/** A service on the container instances of a cluster, without a capacity provider. */
const onEc2 = (
  container: Record<string, unknown> = {},
  service: Record<string, unknown> = {},
  definition: Record<string, unknown> = {},
): Files =>
  files(
    document('Cluster', 'shop'),
    document('TaskDefinition', 'web', {
      containerDefinitions: [{ name: 'app', image: 'nginx:1.27', memory: 128, ...container }],
      ...definition,
    }),
    document('Service', 'web', {
      cluster: { ref: 'shop' },
      taskDefinition: { ref: 'web' },
      desiredCount: 2,
      ...service,
    }),
  )

/** So many instances of 2 vCPUs and 4 GiB. */
const hosts = (count: number): RigOptions => ({
  simulator: { containerInstances: [{ cluster: 'shop', count, type: 't3.medium' }] },
})
const plugin = {
  name: 'data',
  dockerVolumeConfiguration: { scope: 'shared', driver: 'rexray/ebs' },
}
const port = { portMappings: [{ containerPort: 80, hostPort: 8080 }] }

async function stopDeployment(rig: Rig): Promise<void> {
  await rig.clock.advance(20_000)
  const { services } = (await rig.aws('ecs:DescribeServices', {
    cluster: 'shop',
    services: ['web'],
  })) as { services: { currentServiceDeployment: string }[] }
  await rig.aws('ecs:StopServiceDeployment', {
    serviceDeploymentArn: services[0]!.currentServiceDeployment,
  })
}

async function stopAgents(rig: Rig): Promise<void> {
  const { containerInstanceArns } = (await rig.aws('ecs:ListContainerInstances', {
    cluster: 'shop',
  })) as { containerInstanceArns: string[] }
  for (const arn of containerInstanceArns) rig.simulator.disturb({ stopAgent: arn })
}

const alarmed = {
  deploymentConfiguration: { alarms: { alarmNames: ['web-5xx'], enable: true, rollback: true } },
}
const unpullable = simulated('cannot pull')
const initialise =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:'

export const cases: readonly Case[] = [
  {
    name: 'an image that does not exist',
    file: 'image-not-found',
    cause: 'ImageNotFound',
    good: shop(),
    bad: shop({ image: 'nginx:no-such-tag', simulate: 'cannot pull' }),
  },
  {
    name: 'an image that may not be pulled',
    file: 'image-denied',
    cause: 'ImagePullDenied',
    rig: {
      layer: ends(
        'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:2: unexpected status from HEAD request to https://123456789012.dkr.ecr.us-east-1.amazonaws.com/v2/web/manifests/2: 403 Forbidden',
      ),
    },
    good: shop(),
    bad: shop(
      app(
        { image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/web:2', ...unpullable },
        { executionRoleArn },
      ),
    ),
  },
  {
    name: 'a program that crashes, with its last words',
    file: 'crash',
    cause: 'EssentialContainerExited',
    before: logGroup,
    good: shop(
      app({ ...awslogs, environment: [{ name: 'DB_HOST', value: 'db-1' }] }, { executionRoleArn }),
    ),
    bad: shop(
      app(
        {
          ...awslogs,
          environment: [{ name: 'DB_HOST', value: 'db-2' }],
          dockerLabels: {
            'fairlead.dev/simulate': 'exit 1 after 3s',
            'fairlead.dev/simulate-log': [
              'starting web 2.0',
              'connecting to postgres://app:hunter2@db-2/shop',
              '\u001b[31mERROR\u001b[0m getaddrinfo ENOTFOUND db-2',
            ].join('\n'),
          },
        },
        { executionRoleArn },
      ),
    ),
  },
  {
    name: 'a crash without a circuit breaker, which is stopped all the same',
    file: 'stopped-early',
    cause: 'EssentialContainerExited',
    good: shop({ service: { deploymentConfiguration: {} } }),
    bad: shop({
      image: 'nginx:1.28',
      simulate: 'exit 139 after 3s',
      service: { deploymentConfiguration: {} },
    }),
  },
  {
    name: 'a program that ends well, though a service must not',
    file: 'exit-0',
    cause: 'EssentialContainerExited',
    bad: shop(app(simulated('exit 0 after 10s'))),
  },
  {
    name: 'too little memory',
    file: 'out-of-memory',
    cause: 'OutOfMemory',
    good: shop(app({ memory: 512 })),
    bad: shop(app({ memory: 256, ...simulated('oom after 5s') })),
  },
  {
    name: 'a container that fails its own check',
    file: 'container-health',
    cause: 'ContainerHealthCheck',
    good: shop(app({ healthCheck: { command: ['CMD', 'true'] } })),
    bad: shop(app({ healthCheck: check, ...simulated('unhealthy after 10s') })),
  },
  {
    name: 'a target that the load balancer finds unhealthy',
    file: 'target-health',
    cause: 'TargetHealthCheck',
    before: balancer,
    good: balanced({}),
    bad: balanced({ image: 'nginx:1.28', ...simulated('fails target health checks') }),
    minutes: 15,
  },
  {
    name: 'an alarm that goes off',
    file: 'alarm',
    cause: 'AlarmFired',
    good: shop({ service: alarmed }),
    bad: shop({ image: 'nginx:1.28', service: alarmed }),
    during: async (rig) => {
      await rig.clock.advance(60_000)
      rig.simulator.disturb({ setAlarm: 'web-5xx', state: 'ALARM' })
    },
  },
  {
    name: 'a lifecycle hook that says no',
    file: 'hook',
    cause: 'HookFailed',
    before: twoGroups,
    good: () => shifted('succeed'),
    bad: () => shifted('fail', { image: 'nginx:1.28' }),
  },
  {
    name: 'a secret that does not exist',
    file: 'secret-missing',
    cause: 'MissingSecret',
    rig: checked,
    before: executionRole,
    good: shop(),
    bad: shop(app({ secrets }, { executionRoleArn })),
  },
  {
    name: 'a parameter that does not exist',
    file: 'parameter-missing',
    cause: 'MissingSecret',
    rig: { simulator: { ...hosts(2).simulator, ...checked.simulator } },
    before: executionRole,
    bad: onEc2(
      { secrets: [{ name: 'DB_PASSWORD', valueFrom: '/shop/db' }] },
      {},
      { executionRoleArn },
    ),
    minutes: 3,
  },
  {
    name: 'a secret that may not be read',
    file: 'secret-denied',
    cause: 'SecretDenied',
    rig: {
      layer: ends(
        `${initialise} unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${secretArn} from secrets manager: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/web-execution/0123456789abcdef0123456789abcdef is not authorized to perform: secretsmanager:GetSecretValue on resource: ${secretArn} because no identity-based policy allows the secretsmanager:GetSecretValue action status code: 400, request id: 4f2c`,
      ),
    },
    good: shop(),
    bad: shop(app({ secrets, ...unpullable }, { executionRoleArn })),
  },
  {
    name: 'a log group that does not exist',
    file: 'log-group-missing',
    cause: 'LogGroupMissing',
    rig: checked,
    before: executionRole,
    good: shop(),
    bad: shop(app(awslogs, { executionRoleArn })),
  },
  {
    name: 'a role that ECS cannot assume',
    file: 'role-not-assumable',
    cause: 'RoleNotAssumable',
    rig: checked,
    good: shop(),
    bad: shop(app({}, { taskRoleArn: 'arn:aws:iam::123456789012:role/web-task' })),
  },
  {
    name: 'no container instances',
    file: 'no-instances',
    cause: 'NoInstances',
    bad: onEc2(),
    minutes: 3,
  },
  {
    name: 'more memory than any instance has free',
    file: 'no-memory',
    cause: 'NoCapacity',
    rig: hosts(3),
    good: onEc2({ memory: 1024 }, { desiredCount: 3 }),
    bad: onEc2({ memory: 3500 }, { desiredCount: 3 }),
    minutes: 3,
  },
  {
    name: 'a host port that is taken',
    file: 'port-conflict',
    cause: 'PortConflict',
    rig: hosts(2),
    good: onEc2(port),
    bad: onEc2({ ...port, image: 'nginx:1.28' }),
    minutes: 4,
  },
  {
    name: 'an attribute that no instance has',
    file: 'missing-attribute',
    cause: 'MissingAttribute',
    rig: hosts(2),
    good: onEc2(),
    bad: onEc2({}, {}, { volumes: [plugin] }),
    minutes: 4,
  },
  {
    name: 'agents that are disconnected',
    file: 'agents-disconnected',
    cause: 'AgentDisconnected',
    rig: hosts(2),
    good: onEc2(),
    bad: onEc2({ image: 'nginx:1.28' }),
    during: stopAgents,
    minutes: 4,
  },
  {
    name: 'percentages that leave no way on',
    file: 'stuck',
    cause: 'DeploymentStuck',
    good: shop({
      service: { deploymentConfiguration: { minimumHealthyPercent: 75, maximumPercent: 125 } },
    }),
    bad: shop({
      image: 'nginx:1.28',
      service: { deploymentConfiguration: { minimumHealthyPercent: 75, maximumPercent: 125 } },
    }),
    minutes: 4,
  },
  {
    name: 'a deployment that somebody stops',
    file: 'stopped-by-hand',
    cause: 'StoppedByHand',
    good: shop(),
    bad: shop({ image: 'nginx:1.28' }),
    during: stopDeployment,
  },
  {
    name: 'a crash that may not be looked into',
    file: 'not-allowed',
    cause: 'Unknown',
    rig: { layer: deny(['ecs:ListTasks']) },
    good: shop(),
    bad: shop({ image: 'nginx:1.28', simulate: 'exit 1 after 3s' }),
  },
]
