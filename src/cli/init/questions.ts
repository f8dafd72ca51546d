/** The questions of `fairlead init`, in their order: each is a flag, a prompt and a default. Data and pure functions. */

/** What was said so far, by question. Lists are those questions that may be answered several times. */
export type Said = Readonly<Record<string, string | readonly string[]>>

export interface Question {
  /** The flag without its dashes, and the name of the answer. */
  readonly name: string
  readonly message: string
  /** A list is asked for until nothing more comes. */
  readonly type: 'text' | 'number' | 'choice' | 'yes' | 'list'
  readonly choices?: readonly string[]
  readonly fallback: string | ((said: Said) => string)
  readonly when?: (said: Said) => boolean
  /** What is wrong with an answer; undefined when it is fine. */
  readonly check?: (answer: string, said: Said) => string | undefined
  /** Asked first of a person, where nothing is an answer too and not the default: no means nothing. */
  readonly whether?: string
  /** What stands for the value in the help. */
  readonly value?: string
}

const text = (said: Said, name: string): string => String(said[name] ?? '')
const onEc2 = (said: Said) => said.launch === 'ec2'
const onFargate = (said: Said) => said.launch === 'fargate'
const newVpc = (said: Said) => !said.vpc
const withTask = (said: Said) => said['task-definition'] !== ''
const withService = (said: Said) => withTask(said) && said.service !== ''

const named = (answer: string) =>
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(answer)
    ? undefined
    : 'small letters, digits and hyphens, at most 63'
const optionalName = (answer: string) => (answer === '' ? undefined : named(answer))
const matching = (pattern: RegExp, expected: string) => (answer: string) =>
  pattern.test(answer) ? undefined : expected
const whole = (least: number, most: number) => (answer: string) => {
  const number = Number(answer)
  const fits = answer !== '' && Number.isInteger(number) && number >= least && number <= most
  return fits ? undefined : `a whole number from ${least} to ${most}`
}
const ids = (prefix: string) =>
  matching(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `an id: ${prefix}-…`)

/** For the cluster and what it stands on. */
const place: readonly Question[] = [
  {
    name: 'launch',
    message: 'What do tasks run on?',
    type: 'choice',
    choices: ['ec2', 'fargate'],
    fallback: 'ec2',
  },
  {
    name: 'region',
    message: 'Region',
    type: 'text',
    fallback: 'us-east-1',
    check: matching(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'a region such as eu-central-1'),
  },
  { name: 'cluster', message: 'Name of the cluster', type: 'text', fallback: 'main', check: named },
  {
    name: 'container-insights',
    message: 'Container Insights (CloudWatch bills for it)',
    type: 'choice',
    choices: ['disabled', 'enabled', 'enhanced'],
    fallback: 'disabled',
  },
]

const instances: readonly Question[] = [
  {
    name: 'instance-types',
    message: 'Instance types, with commas between them',
    type: 'text',
    fallback: 't3.medium',
    when: onEc2,
    check: matching(
      /^[a-z0-9-]+\.[a-z0-9-]+(\s*,\s*[a-z0-9-]+\.[a-z0-9-]+)*$/,
      'such as t3.medium',
    ),
  },
  {
    name: 'purchase',
    message: 'How are they bought?',
    type: 'choice',
    choices: ['OnDemand', 'Spot', 'Mix'],
    fallback: 'OnDemand',
    when: onEc2,
  },
  {
    name: 'on-demand-base',
    message: 'How many are On-Demand before any is Spot?',
    type: 'number',
    fallback: '1',
    when: (said) => onEc2(said) && said.purchase === 'Mix',
    check: whole(0, 10_000),
  },
  {
    name: 'on-demand-percentage',
    message: 'How many of the further ones are On-Demand, in percent?',
    type: 'number',
    fallback: '0',
    when: (said) => onEc2(said) && said.purchase === 'Mix',
    check: whole(0, 100),
  },
  {
    name: 'min',
    message: 'Fewest instances',
    type: 'number',
    fallback: '1',
    when: onEc2,
    check: whole(0, 10_000),
  },
  {
    name: 'max',
    message: 'Most instances',
    type: 'number',
    fallback: (said) => String(Math.max(3, Number(said.min))),
    when: onEc2,
    check: (answer, said) =>
      whole(1, 10_000)(answer) ??
      (Number(answer) < Number(said.min) ? `at least the fewest, ${said.min}` : undefined),
  },
  {
    name: 'volume-size',
    message: 'Size of each instance’s volume, GiB',
    type: 'number',
    fallback: '30',
    when: onEc2,
    check: whole(20, 16_384),
  },
  {
    name: 'volume-type',
    message: 'Type of the volume',
    type: 'choice',
    choices: ['gp3', 'gp2'],
    fallback: 'gp3',
    when: onEc2,
  },
  {
    name: 'ami',
    message: 'Family of the ECS-optimised image',
    type: 'choice',
    choices: ['AmazonLinux2023', 'AmazonLinux2', 'Bottlerocket'],
    fallback: 'AmazonLinux2023',
    when: onEc2,
  },
  {
    name: 'instance-role',
    message: 'Role of the instances (nothing: a new one)',
    type: 'text',
    fallback: '',
    when: onEc2,
    check: matching(/^[\w+=,.@-]{0,64}$/, 'the name of a role'),
  },
  {
    name: 'key-pair',
    message: 'Key pair for SSH (nothing: none)',
    type: 'text',
    fallback: '',
    when: onEc2,
  },
  {
    name: 'user-data',
    message: 'File with further user data (nothing: none)',
    type: 'text',
    value: 'file',
    fallback: '',
    when: onEc2,
  },
]

const network: readonly Question[] = [
  {
    name: 'fargate-capacity',
    message: 'Which capacity?',
    type: 'choice',
    choices: ['FARGATE', 'FARGATE_SPOT', 'both'],
    fallback: 'FARGATE',
    when: onFargate,
  },
  {
    name: 'vpc',
    message: 'VPC that exists (nothing: a new one)',
    type: 'text',
    value: 'id',
    fallback: '',
    check: (answer) => (answer === '' ? undefined : ids('vpc')(answer)),
  },
  {
    name: 'cidr-block',
    message: 'Addresses of the new VPC',
    type: 'text',
    fallback: '10.0.0.0/16',
    when: newVpc,
    check: matching(/^\d+\.\d+\.\d+\.\d+\/(1[6-9]|2[0-8])$/, 'a block from /16 to /28'),
  },
  {
    name: 'zones',
    message: 'In how many zones is there a subnet?',
    type: 'number',
    fallback: '2',
    when: newVpc,
    check: whole(1, 6),
  },
  {
    name: 'subnet',
    message: 'Subnet in that VPC',
    type: 'list',
    value: 'id',
    fallback: '',
    when: (said) => !newVpc(said),
    check: ids('subnet'),
  },
]

const task: readonly Question[] = [
  {
    name: 'task-definition',
    message: 'Name of the task definition',
    whether: 'Create a task definition?',
    type: 'text',
    fallback: 'web',
    check: optionalName,
  },
  {
    name: 'task-cpu',
    message: 'CPU of a task, in units of a 1024th',
    type: 'choice',
    choices: ['256', '512', '1024', '2048', '4096'],
    fallback: '256',
    when: (said) => withTask(said) && onFargate(said),
  },
  {
    name: 'task-memory',
    message: 'Memory of a task, MiB',
    type: 'number',
    fallback: (said) => String(Number(text(said, 'task-cpu')) * 2),
    when: (said) => withTask(said) && onFargate(said),
    check: whole(512, 122_880),
  },
  {
    name: 'execution-role',
    message: 'Role that starts the containers (nothing: a new one)',
    type: 'text',
    value: 'arn',
    fallback: '',
    when: withTask,
    check: matching(/^(arn:[\w-]+:iam::\d{12}:role\/.+)?$/, 'the ARN of a role'),
  },
]

/** Asked of each container. */
export const containerQuestions: readonly Question[] = [
  { name: 'image', message: 'Image', type: 'text', fallback: 'public.ecr.aws/nginx/nginx:1.27' },
  {
    name: 'cpu',
    message: 'CPU of the container, in units of a 1024th (0: what is left over)',
    type: 'number',
    fallback: '0',
    check: whole(0, 196_608),
  },
  {
    name: 'memory',
    message: 'Memory of the container, MiB',
    type: 'number',
    fallback: (said) => (onFargate(said) ? text(said, 'task-memory') : '256'),
    check: whole(6, 122_880),
  },
  {
    name: 'port',
    message: 'Port that it listens on (0: none)',
    type: 'number',
    fallback: '80',
    check: whole(0, 65_535),
  },
  {
    name: 'env',
    message: 'Environment variable (NAME=value)',
    type: 'list',
    value: 'NAME=value',
    fallback: '',
    check: matching(/^[A-Za-z_][\w.-]*=/, 'write NAME=value'),
  },
  {
    name: 'secret',
    message: 'Secret (NAME=ARN of a secret, or name of a parameter)',
    type: 'list',
    value: 'NAME=arn',
    fallback: '',
    check: matching(/^[A-Za-z_][\w.-]*=.+/, 'write NAME=arn'),
  },
  {
    name: 'log-group',
    message: 'Log group',
    whether: 'Send its output to CloudWatch Logs?',
    type: 'text',
    fallback: (said) => `/ecs/${text(said, 'task-definition')}`,
    check: matching(/^[\w./#-]{0,512}$/, 'letters, digits and . / # _ -'),
  },
  {
    name: 'health-check',
    message: 'Command that says whether it is healthy (nothing: none)',
    type: 'text',
    value: 'command',
    fallback: '',
  },
]

const service: readonly Question[] = [
  {
    name: 'service',
    message: 'Name of the service',
    whether: 'Create a service that keeps it running?',
    type: 'text',
    fallback: (said) => text(said, 'task-definition'),
    when: withTask,
    check: optionalName,
  },
  {
    name: 'desired-count',
    message: 'How many tasks?',
    type: 'number',
    fallback: '1',
    when: withService,
    check: whole(0, 5_000),
  },
  {
    name: 'public-ip',
    message: 'Does each task get a public address?',
    type: 'yes',
    // Without one, and without a NAT gateway, not even the image can be pulled.
    fallback: 'yes',
    when: (said) => withService(said) && onFargate(said),
  },
  {
    name: 'target-group',
    message: 'Target group of a load balancer that exists (nothing: none)',
    type: 'text',
    value: 'arn',
    fallback: '',
    when: withService,
    check: matching(
      /^(arn:[\w-]+:elasticloadbalancing:.*:targetgroup\/.+)?$/,
      'the ARN of a target group',
    ),
  },
  {
    name: 'security-group',
    message: 'Security group that exists (none: a new one where it is needed)',
    type: 'list',
    value: 'id',
    fallback: '',
    check: ids('sg'),
  },
  {
    name: 'allow-from',
    message: 'Who may reach the service? A block of addresses',
    type: 'text',
    value: 'cidr',
    fallback: '0.0.0.0/0',
    when: (said) => withService(said) && (said['security-group']?.length ?? 0) === 0,
    check: matching(/^\d+\.\d+\.\d+\.\d+\/\d+$/, 'a block such as 10.0.0.0/8'),
  },
]

/** What comes before the containers, and what after. */
export const before: readonly Question[] = [...place, ...instances, ...network, ...task]
export const after: readonly Question[] = service
