/** The questions about an application: task definition, containers, service. */
import { fargateMemory } from '../../kit/fargate-sizes.ts'
import {
  block,
  ids,
  matching,
  named,
  onEc2,
  onFargate,
  type Question,
  type Said,
  text,
  whole,
} from './question.ts'

const withTask = (said: Said) => said['task-definition'] !== ''
const withService = (said: Said) => withTask(said) && said.service !== ''
const optionalName = (answer: string) => (answer === '' ? undefined : named(answer))

/** Where containers that were answered for listen. */
const takenPorts = (said: Said): readonly string[] => [said.ports ?? []].flat()

/** Instances let in nobody but a load balancer, which knows their ports. */
const reachable = (said: Said) =>
  withService(said) &&
  takenPorts(said).length > 0 &&
  (onFargate(said) || text(said, 'target-group') !== '')

function checkTaskMemory(answer: string, said: Said): string | undefined {
  const cpu = Number(said['task-cpu'])
  const fitting = fargateMemory(cpu)
  if (fitting.includes(Number(answer))) return undefined
  const some = fitting.length > 4 ? [...fitting.slice(0, 3), '…', fitting.at(-1)] : fitting
  return `what Fargate has with ${cpu} CPU units: ${some.join(', ')}`
}

export const task: readonly Question[] = [
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
    message: 'CPU of a task, 1024 for a vCPU',
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
    check: checkTaskMemory,
  },
  {
    name: 'execution-role',
    message: 'Role with which ECS starts containers, by ARN (empty: a new one)',
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
    message: 'CPU kept for it, 1024 for a vCPU (0: what is left over)',
    type: 'number',
    fallback: '0',
    check: whole(0, 196_608),
  },
  {
    name: 'memory',
    message: 'Memory of the container, MiB (0: all of the task’s, on Fargate)',
    type: 'number',
    fallback: (said) => (onFargate(said) ? '0' : '256'),
    check: (answer, said) =>
      onFargate(said) && answer === '0'
        ? undefined
        : whole(6, onFargate(said) ? Number(said['task-memory']) : 122_880)(answer),
  },
  {
    name: 'port',
    message: 'Port that it listens on (0: none)',
    type: 'number',
    fallback: (said) => (takenPorts(said).length > 0 ? '0' : '80'),
    check: (answer, said) =>
      onFargate(said) && takenPorts(said).includes(answer)
        ? 'another container of the task listens there'
        : whole(0, 65_535)(answer),
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
    message: 'Secret (NAME=its ARN, or the name of a parameter)',
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
    message: 'Command that says whether it is healthy (empty: none)',
    type: 'text',
    value: 'command',
    fallback: '',
  },
]

export const service: readonly Question[] = [
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
    message: 'Target group of a load balancer, by ARN (empty: none)',
    type: 'text',
    value: 'arn',
    fallback: '',
    when: (said) => withService(said) && takenPorts(said).length > 0,
    check: matching(
      /^(arn:[\w-]+:elasticloadbalancing:.*:targetgroup\/.+)?$/,
      'the ARN of a target group',
    ),
  },
  {
    name: 'security-group',
    message: 'Security group that exists, by id (none: a new one where it is needed)',
    type: 'list',
    value: 'id',
    fallback: '',
    when: (said) => onEc2(said) || withService(said),
    check: ids('sg'),
  },
  {
    name: 'allow-from',
    message: 'From where may it be reached? (CIDR block)',
    type: 'text',
    value: 'cidr',
    fallback: '0.0.0.0/0',
    when: (said) => reachable(said) && (said['security-group']?.length ?? 0) === 0,
    check: block(0, 32, 'a block such as 10.0.0.0/8'),
  },
]
