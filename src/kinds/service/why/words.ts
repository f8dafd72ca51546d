/** For each cause: the likely cause in one line with its concrete names, and what to do next. Pure. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { FieldChange } from '../../../model.ts'
import type { Cause } from './causes.ts'
import type { Evidence, FailureGroup } from './model.ts'
import { nextForRoom, roomSummary } from './words-room.ts'

export interface Words {
  readonly summary: string
  readonly advice: string
}

/** What the words are about. */
export interface Subject {
  readonly group: FailureGroup
  readonly evidence: Evidence
  readonly changed: readonly FieldChange[]
  /** `container web`, or the service where none is known. */
  readonly who: string
  readonly container?: ContainerDefinition
  /** `, 4 times`; nothing for once. */
  readonly times: string
}

type Teller = (subject: Subject) => Words

export function wordsFor(
  group: FailureGroup,
  evidence: Evidence,
  changed: readonly FieldChange[],
): Words {
  const container = evidence.definition?.containerDefinitions?.find(
    ({ name }) => name === group.container,
  )
  return tellers[group.cause]({
    group,
    evidence,
    changed,
    who: group.container ? `container ${group.container}` : `service ${evidence.serviceName}`,
    times: group.count > 1 ? `, ${group.count} times` : '',
    ...(container ? { container } : {}),
  })
}

// ------------------------------------------------------------------ names

const imageOf = ({ container, group }: Subject) =>
  container?.image ??
  /(?:ref(?:erence)?|for|pull) "?([\w./-]+[:@][\w.:-]+)/.exec(group.reason)?.[1] ??
  'its image'

/** `docker.io/library/nginx` of `nginx:1.27`. */
function repositoryOf(image: string): string {
  const name = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
  const [first = ''] = name.split('/')
  if (name.includes('/') && /[.:]|^localhost$/.test(first)) return name
  return `docker.io/${name.includes('/') ? name : `library/${name}`}`
}

const executionRole = ({ evidence }: Subject) =>
  evidence.definition?.executionRoleArn?.split('/').at(-1)
const executionRoleText = (subject: Subject) => {
  const role = executionRole(subject)
  return role ? `the execution role ${role}` : 'an execution role (the task definition has none)'
}

/** The secret as the task definition has it, and the variable that it goes into. */
function secretOf({ group, container, evidence }: Subject): { name: string; into: string } {
  const all = (container ? [container] : (evidence.definition?.containerDefinitions ?? [])).flatMap(
    ({ secrets = [], logConfiguration }) => [
      ...secrets,
      ...(logConfiguration?.secretOptions ?? []),
    ],
  )
  const base = (value = '') => value.split(':').slice(0, 7).join(':')
  const named = all.find(
    ({ valueFrom = '' }) => valueFrom !== '' && group.reason.includes(base(valueFrom)),
  )
  const arn = /arn:aws[\w-]*:(?:secretsmanager|ssm):[^\s,;()"']+/.exec(group.reason)?.[0]
  const parameter = /invalid parameters: ([^\s,;]+)/i.exec(group.reason)?.[1]
  const text = named?.valueFrom ?? arn ?? parameter ?? all[0]?.valueFrom ?? ''
  const into = (named ?? (all.length === 1 ? all[0] : undefined))?.name
  const name = text.replace(
    /^arn:aws[\w-]*:(secretsmanager|ssm):[^:]*:[^:]*:(secret:|parameter)/,
    '',
  )
  return { name: name.replace(/[.:]+$/, '') || '(unnamed)', into: into ? ` (${into})` : '' }
}

/** What a field of the container was before this roll-out. */
function before({ changed, group }: Subject, field: string): unknown {
  const path = `containerDefinitions[${group.container}].${field}`
  return changed.find((change) => change.path === path)?.from
}

const orBack = (subject: Subject, field: string) => {
  const from = before(subject, field)
  return from === undefined ? '' : `, or put ${from} back`
}

const exits: Readonly<Record<number, string>> = {
  0: ': the main process of a service has to keep running',
  1: '',
  126: ': its command cannot be executed',
  127: ': its command was not found',
  134: ': it aborted',
  137: ': it was killed (SIGKILL)',
  139: ': it crashed (segmentation fault)',
  143: ': it was told to stop (SIGTERM)',
}

function checkCommand({ container }: Subject): string {
  const command = container?.healthCheck?.command ?? []
  const text = command.filter((word) => word !== 'CMD' && word !== 'CMD-SHELL').join(' ')
  return text ? ` \`${text}\`` : ''
}

const logsHint = ({ evidence, group, container }: Subject) => {
  if (evidence.logs.some((one) => one.container === group.container))
    return 'read the last lines below'
  const name = container?.logConfiguration?.options?.['awslogs-group']
  return name
    ? `look into its log group ${name}`
    : 'give it a logConfiguration (awslogs), so that its last words are kept'
}

// ------------------------------------------------------------------ words

const denied: Teller = (subject) => {
  const image = imageOf(subject)
  const ecr = /\.dkr\.ecr\./.test(image)
  return {
    summary: `${subject.who}: image ${image} may not be pulled from ${repositoryOf(image)}, or is not there`,
    advice: ecr
      ? `let ${executionRoleText(subject)} pull it (AmazonECSTaskExecutionRolePolicy), and check the repository's policy`
      : 'check the name; for a private registry set repositoryCredentials of the container',
  }
}

const reasonAnd =
  (advice: string): Teller =>
  ({ who, group }) => ({ summary: `${who}: ${group.reason}`, advice })

const room: Teller = (subject) => ({
  summary: roomSummary(subject.group, subject.evidence),
  advice: nextForRoom(subject.group, subject.evidence),
})

const tellers: Readonly<Record<Cause, Teller>> = {
  ImageNotFound: (subject) => {
    const image = imageOf(subject)
    return {
      summary: `${subject.who}: image ${image} does not exist in ${repositoryOf(image)}`,
      advice: `push the image, or name one in Git that exists${orBack(subject, 'image')}`,
    }
  },
  ImagePullDenied: denied,
  ImagePullLimited: (subject) => ({
    summary: `${subject.who}: ${repositoryOf(imageOf(subject))} limits how often images are pulled`,
    advice: 'set repositoryCredentials, or pull through a cache (ECR pull through cache)',
  }),
  ImagePlatform: (subject) => ({
    summary: `${subject.who}: image ${imageOf(subject)} is not made for this CPU architecture`,
    advice: 'build it for the platform of the instances, or set runtimePlatform.cpuArchitecture',
  }),
  RegistryUnreachable: (subject) => ({
    summary: `${subject.who}: the registry of ${repositoryOf(imageOf(subject))} cannot be reached from the task's network`,
    advice:
      'give the subnet a way out (NAT gateway, public address or VPC endpoints) and open port 443',
  }),
  DiskFull: ({ who }) => ({
    summary: `${who}: no space is left on the instance's disk`,
    advice: 'enlarge the volume, or let the agent clean up sooner (ECS_IMAGE_CLEANUP_INTERVAL)',
  }),
  MissingSecret: (subject) => {
    const { name, into } = secretOf(subject)
    const key = /json key (\S+)/i.exec(subject.group.reason)?.[1]
    return {
      summary: key
        ? `${subject.who}: secret ${name}${into} has no key ${key}`
        : `${subject.who}: secret ${name}${into} does not exist`,
      advice: 'create it in this account and region, or correct valueFrom in Git',
    }
  },
  SecretDenied: (subject) => {
    const { name, into } = secretOf(subject)
    return {
      summary: `${subject.who}: secret ${name}${into} may not be read by ${executionRoleText(subject)}`,
      advice: 'allow it secretsmanager:GetSecretValue or ssm:GetParameters on it (and kms:Decrypt)',
    }
  },
  RoleNotAssumable: ({ group, evidence }) => {
    const { definition } = evidence
    const arn = /arn:aws[\w-]*:iam::\d*:role\/[^\s'"),]+/.exec(group.reason)?.[0]
    const name = (arn ?? definition?.taskRoleArn ?? definition?.executionRoleArn ?? '')
      .split('/')
      .at(-1)
    return {
      summary: `role ${name} cannot be assumed by ECS tasks: it is missing, or does not trust them`,
      advice: 'create it, and let ecs-tasks.amazonaws.com assume it in its trust policy',
    }
  },
  LogGroupMissing: ({ who, container }) => ({
    summary: `${who}: log group ${container?.logConfiguration?.options?.['awslogs-group'] ?? ''} does not exist`,
    advice: 'create it, or set the option awslogs-create-group and allow logs:CreateLogGroup',
  }),
  LogDenied: (subject) => ({
    summary: `${subject.who}: its log may not be written`,
    advice: `allow ${executionRoleText(subject)} logs:CreateLogStream and logs:PutLogEvents`,
  }),
  CommandNotFound: ({ who, container, group }) => {
    const command = [...(container?.entryPoint ?? []), ...(container?.command ?? [])].join(' ')
    const named = /exec: "([^"]+)"/.exec(group.reason)?.[1] ?? command
    return {
      summary: `${who}: its command${named ? ` "${named}"` : ''} is not in the image, or cannot be executed`,
      advice: 'correct command or entryPoint in Git',
    }
  },
  OutOfMemory: (subject) => {
    const limit = subject.container?.memory ?? subject.evidence.definition?.memory
    const was = before(subject, 'memory')
    const code = subject.group.exitCode === undefined ? '' : ` (exit ${subject.group.exitCode})`
    const changed = was === undefined ? '' : `, ${was} MiB before`
    return {
      summary: `${subject.who} was killed for using more than its ${limit ? `${limit} MiB` : 'memory'}${code}${subject.times}`,
      advice: `raise its memory in Git (${limit ?? 'not set'} MiB now${changed}), or make it use less`,
    }
  },
  EssentialContainerExited: (subject) => {
    const { group, who, times } = subject
    const code = group.exitCode
    const how = code === undefined ? '' : ` with ${code}`
    const why = code === undefined ? '' : (exits[code] ?? '')
    return {
      summary: `${who} exited${how}${times}${why}`,
      advice: `${logsHint(subject)}, then correct the image or its settings in Git`,
    }
  },
  ContainerHealthCheck: (subject) => ({
    summary: `${subject.who} failed its health check${checkCommand(subject)}${subject.times}`,
    advice: `${logsHint(subject)}; is the check's command in the image, and startPeriod long enough?`,
  }),
  TargetHealthCheck: (subject) => {
    const { group, evidence } = subject
    const balancer = evidence.balancers.find(({ arn }) => arn.includes(`/${group.target}/`))
    const check = evidence.checks[balancer?.arn ?? '']
    const port = balancer?.port ? ` port ${balancer.port}` : ''
    return {
      summary: `${subject.who}${port} fails the health check of target group ${group.target}${check ? ` (${check})` : ''}: ${group.reason}`,
      advice: targetAdvice(group.reason),
    }
  },
  DependencyFailed: ({ who, group }) => ({
    summary: `${who} waited in vain for what it depends on: ${group.reason}`,
    advice: 'look at the containers named in dependsOn, and at startTimeout',
  }),
  VolumeFailed: reasonAnd('check the volume, its mount targets, security groups and permissions'),
  NetworkInterface: reasonAnd(
    'look for free addresses in the subnets, and for interfaces that the instance type still takes',
  ),
  EndpointUnreachable: reasonAnd(
    'give the subnet a way out (NAT gateway, public address or VPC endpoints) and open port 443',
  ),
  RuntimeTimeout: reasonAnd(
    'look at the load of the instance: its container runtime did not answer',
  ),
  PortConflict: (subject) => (subject.group.capacity ? room(subject) : portTaken(subject)),
  NoCapacity: room,
  NoInstances: room,
  MissingAttribute: room,
  PlacementConstraint: room,
  AgentDisconnected: room,
  SpotInterruption: ({ evidence, times }) => ({
    summary: `Spot capacity was taken back under tasks of ${evidence.serviceName}${times}`,
    advice: 'wait for new capacity, or put a part of the tasks on On-Demand (base in the strategy)',
  }),
  InstanceTerminated: ({ evidence, times }) => ({
    summary: `the instance under tasks of ${evidence.serviceName} went away${times}`,
    advice: 'ECS starts them elsewhere; look at the Auto Scaling group if it happens again',
  }),
  DeploymentStuck: () => ({
    summary: 'minimumHealthyPercent and maximumPercent leave no task to start or to stop',
    advice: 'lower minimumHealthyPercent or raise maximumPercent in Git',
  }),
  AlarmFired: ({ evidence, group }) => {
    const { alarms } = evidence.failing
    return {
      summary:
        alarms.length > 0
          ? `alarm ${alarms.join(', ')} went off while ${target(evidence)} was rolled out`
          : group.reason,
      advice: 'look at what the alarm measures; the new revision is what changed',
    }
  },
  HookFailed: ({ evidence, group }) => {
    const [hook] = evidence.failing.hooks
    return {
      summary: hook
        ? `lifecycle hook ${hook.name} ${hook.status === 'TIMED_OUT' ? 'gave no answer in time' : 'refused the roll-out'}`
        : group.reason,
      advice: "look into the hook's own log: it decides whether the deployment may go on",
    }
  },
  StoppedByHand: ({ evidence, group }) => ({
    summary:
      group.tasks.length > 0
        ? `tasks of ${evidence.serviceName} were stopped by hand: ${group.reason}`
        : `somebody stopped the deployment of ${target(evidence)}: ${group.reason}`,
    advice:
      'ask who did it (CloudTrail: StopTask, StopServiceDeployment), then commit a change to go on',
  }),
  NeverHealthy: ({ evidence, group }) => ({
    summary: `${evidence.counts.running} of ${evidence.counts.desired} ${group.reason}`,
    advice: 'look at the health checks of containers and target groups, and at what they wait for',
  }),
  Unknown: ({ who, group, times }) => ({
    summary: `${who}: ${group.reason}${times}`,
    advice: "look at AWS's own words above, and at the stopped tasks in the console",
  }),
}

const target = ({ failing }: Evidence) => failing.definition.split('/').at(-1)

const portTaken: Teller = ({ who, group }) => ({
  summary: `${who}: a port of the host is in use already: ${group.reason}`,
  advice: 'use hostPort 0, or fewer tasks than instances',
})

function targetAdvice(reason: string): string {
  const codes = /codes: \[([^\]]+)\]/.exec(reason)?.[1]
  if (codes)
    return `it answers ${codes}: correct the path or the matcher of the check, or the application`
  if (/tim(e|ed) ?out/i.test(reason)) {
    return 'it does not answer: check the port, and whether its security group lets the load balancer in'
  }
  if (/not configured to receive traffic|NotInUse|not enabled/i.test(reason)) {
    return 'attach the target group to a listener, and enable the zones of the subnets'
  }
  return 'check that it listens on that port, answers the path, and is ready within the grace period'
}
