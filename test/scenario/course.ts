/** The classic course on Amazon ECS: what it writes, what it does by hand, and what it looks up on AWS. */
import type {
  Instance,
  LaunchTemplateVersion,
  ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2'
import type { Cluster, ContainerInstance, Service, Task } from '@aws-sdk/client-ecs'
import type { Operation } from '../../src/model.ts'
import { createRig, type Rig, type RigOptions } from '../rig.ts'
import { document, fargateSpec, files, minute } from './shop.ts'

export const serviceKey = 'default/Service/web'
export const clusterKey = 'default/Cluster/course'
export const taskKey = 'default/Task/hello'
export const forEc2 = 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role'
export const subnet = 'subnet-0defa00000000000a'

type Spec = Record<string, unknown>
/** A manifest, as far as the course looks into it. */
type Written = { readonly kind: string; readonly metadata: { readonly name: string } }

export interface Course {
  readonly rig: Rig
  /** Puts documents into Git, in place of those of the same name, and waits until all is Ready. */
  write(...documents: object[]): Promise<void>
  /** The same, and waits for nothing. */
  push(...documents: object[]): Promise<void>
  /** What Git says by now. */
  git(): Record<string, string>
}

export function beginCourse(options: RigOptions = {}): Course {
  const rig = createRig(options)
  const written = new Map<string, object>()
  const git = () => files(...written.values())
  const push = async (...documents: object[]) => {
    for (const each of documents as Written[]) {
      written.set(`${each.kind}/${each.metadata.name}`, each)
    }
    const { problems } = await rig.git(git())
    const errors = problems.filter(({ severity }) => severity === 'error')
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'))
  }
  return {
    rig,
    push,
    git,
    async write(...documents) {
      await push(...documents)
      await rig.ready()
    },
  }
}

// What the course writes.

export const ecsInstanceRole = (): object =>
  document('Role', 'ecsInstanceRole', {
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    managedPolicyArns: [forEc2],
  })

export const newVpc = (): object => document('Network', 'course')

export const cluster = (spec: Spec = {}, annotations: Record<string, string> = {}): object =>
  document('Cluster', 'course', spec, annotations)

/** One t3.medium in the new VPC under ecsInstanceRole, unless told otherwise. */
export const instances = (options: Spec = {}): object =>
  document('InstanceGroup', 'instances', {
    cluster: { ref: 'course' },
    network: { ref: 'course' },
    role: { ref: 'ecsInstanceRole' },
    size: { min: 1, max: 3 },
    ...options,
  })

export const onFargate = {
  launchType: 'FARGATE',
  networkConfiguration: {
    awsvpcConfiguration: { subnets: [{ ref: 'Network/course' }], assignPublicIp: 'ENABLED' },
  },
}
export const onInstances = {
  capacityProviderStrategy: [{ capacityProvider: { ref: 'instances' }, weight: 1 }],
}

/** `does` is what its one container does, in the words of the docker label; nothing: it runs. */
export function taskDefinition(name: string, does?: string, spec: Spec = {}): object {
  const labels = does ? { dockerLabels: { 'fairlead.dev/simulate': does } } : {}
  return document('TaskDefinition', name, {
    containerDefinitions: [{ name, image: 'nginx:1.27', memory: 256, ...labels }],
    ...spec,
  })
}

export const fargateDefinition = (name: string, does?: string): object =>
  taskDefinition(name, does, fargateSpec)

export const task = (where: Spec): object =>
  document('Task', 'hello', {
    cluster: { ref: 'course' },
    taskDefinition: { ref: 'hello' },
    ...where,
  })

export const service = (where: Spec, more: Spec = {}): object =>
  document('Service', 'web', {
    cluster: { ref: 'course' },
    taskDefinition: { ref: 'web' },
    desiredCount: 2,
    ...where,
    ...more,
  })

// What is looked up on AWS.

async function ask<Answer>(rig: Rig, operation: Operation, input: Spec = {}): Promise<Answer> {
  return (await rig.aws(operation, input)) as Answer
}

/** A role as the console shows it: whom it trusts, and its managed policies. */
export async function roleOnAws({ rig }: Course, RoleName: string) {
  const { Role } = await ask<{ Role: { AssumeRolePolicyDocument: string } }>(rig, 'iam:GetRole', {
    RoleName,
  })
  const { AttachedPolicies } = await ask<{ AttachedPolicies: { PolicyArn: string }[] }>(
    rig,
    'iam:ListAttachedRolePolicies',
    { RoleName },
  )
  const trust = JSON.parse(decodeURIComponent(Role.AssumeRolePolicyDocument))
  return {
    trusts: trust.Statement[0].Principal.Service as string,
    policies: AttachedPolicies.map(({ PolicyArn }) => PolicyArn),
  }
}

export async function clusterOnAws({ rig }: Course): Promise<Cluster> {
  const { clusters } = await ask<{ clusters: Cluster[] }>(rig, 'ecs:DescribeClusters', {
    clusters: ['course'],
    include: ['SETTINGS', 'TAGS'],
  })
  return clusters[0]!
}

/** The EC2 instances that run, each with the name of its image and of its role. */
export async function instancesOnAws({ rig }: Course) {
  const { Reservations } = await ask<{ Reservations: { Instances: Instance[] }[] }>(
    rig,
    'ec2:DescribeInstances',
    { Filters: [{ Name: 'instance-state-name', Values: ['running'] }] },
  )
  return Promise.all(
    Reservations.flatMap(({ Instances }) => Instances).map(async (instance) => {
      const { Images } = await ask<{ Images: { Name: string }[] }>(rig, 'ec2:DescribeImages', {
        ImageIds: [instance.ImageId],
      })
      const { InstanceProfile } = await ask<{
        InstanceProfile: { Roles: { RoleName: string }[] }
      }>(rig, 'iam:GetInstanceProfile', {
        InstanceProfileName: instance.IamInstanceProfile?.Arn?.split('/').at(-1),
      })
      return {
        id: instance.InstanceId!,
        type: instance.InstanceType,
        bought: instance.InstanceLifecycle ?? 'on-demand',
        vpc: instance.VpcId,
        subnet: instance.SubnetId,
        key: instance.KeyName,
        architecture: instance.Architecture,
        image: Images[0]?.Name,
        role: InstanceProfile.Roles[0]?.RoleName,
      }
    }),
  )
}

/** The newest version of the launch template, with the user data as text. */
export async function templateOnAws({ rig }: Course): Promise<ResponseLaunchTemplateData> {
  const { LaunchTemplateVersions } = await ask<{ LaunchTemplateVersions: LaunchTemplateVersion[] }>(
    rig,
    'ec2:DescribeLaunchTemplateVersions',
    { LaunchTemplateName: 'instances', Versions: ['$Latest'] },
  )
  const { UserData = '', ...data } = LaunchTemplateVersions[0]?.LaunchTemplateData ?? {}
  return { ...data, UserData: Buffer.from(UserData, 'base64').toString() }
}

/** The instances that ECS counts to the cluster. */
export async function containerInstancesOnAws({ rig }: Course): Promise<ContainerInstance[]> {
  const { containerInstanceArns } = await ask<{ containerInstanceArns: string[] }>(
    rig,
    'ecs:ListContainerInstances',
    { cluster: 'course' },
  )
  if (containerInstanceArns.length === 0) return []
  const { containerInstances } = await ask<{ containerInstances: ContainerInstance[] }>(
    rig,
    'ecs:DescribeContainerInstances',
    { cluster: 'course', containerInstances: containerInstanceArns },
  )
  return containerInstances
}

/** Tasks of a family, those that run or those that stopped within the hour. */
export async function tasksOnAws(
  { rig }: Course,
  family: string,
  desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING',
): Promise<Task[]> {
  const { taskArns } = await ask<{ taskArns: string[] }>(rig, 'ecs:ListTasks', {
    cluster: 'course',
    family,
    desiredStatus,
  })
  if (taskArns.length === 0) return []
  const { tasks } = await ask<{ tasks: Task[] }>(rig, 'ecs:DescribeTasks', {
    cluster: 'course',
    tasks: taskArns,
  })
  return tasks
}

export async function serviceOnAws({ rig }: Course): Promise<Service> {
  const { services } = await ask<{ services: Service[] }>(rig, 'ecs:DescribeServices', {
    cluster: 'course',
    services: ['web'],
  })
  return services[0]!
}

/** The task that runs on this instance of the cluster. */
export const runsOn = (instance: ContainerInstance, tasks: readonly Task[]): Task[] =>
  tasks.filter(({ containerInstanceArn }) => containerInstanceArn === instance.containerInstanceArn)

// What is done by hand.

export const killTask = ({ rig }: Course, { taskArn }: Task) =>
  rig.aws('ecs:StopTask', { cluster: 'course', task: taskArn, reason: 'the course' })

export const terminateInstance = ({ rig }: Course, id: string) =>
  rig.aws('ec2:TerminateInstances', { InstanceIds: [id] })

/** Lets time pass until AWS runs two tasks of the service, and this one not; how long it took, in seconds. */
export async function healedFrom(course: Course, lost: Task, limitMs = 30 * minute) {
  const { clock } = course.rig
  const begin = clock.now()
  while (clock.now() - begin < limitMs) {
    const tasks = await tasksOnAws(course, 'web')
    const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING')
    if (running.length === 2 && !running.some(({ taskArn }) => taskArn === lost.taskArn)) {
      return (clock.now() - begin) / 1_000
    }
    await clock.advance(1_000)
  }
  throw new Error(`the service has not healed within ${limitMs / minute} min`)
}
