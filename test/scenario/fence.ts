/**
 * The policy of `fairlead iam-policy`, enforced on the simulator with what moto does not know: owner tags in requests
 * and on resources, the resources that a call is decided on, and what AWS asks of the caller behind a call.
 */
import type { Layer } from '../../src/aws/aws.ts'
import { isRead } from '../../src/cli/connect.ts'
import { iamPolicy } from '../../src/cli/iam-policy.ts'
import { AwsFailure } from '../../src/errors.ts'
import { createSimulator, type Simulator } from '../../src/simulator/index.ts'
import { capture } from '../command.ts'

type Input = Readonly<Record<string, unknown>>
type Facts = Readonly<Record<string, string>>

const account = '123456789012'
const ec2 = (type: string, id: unknown) => `arn:aws:ec2:us-east-1:${account}:${type}/${id}`
const ecs = (type: string, id: unknown) => `arn:aws:ecs:us-east-1:${account}:${type}/${id}`

/** The statements that the command prints for a file or folder. */
export async function statementsOf(path: string, owner: string): Promise<object[]> {
  const { out, io } = capture({ env: {} })
  await iamPolicy(path, { owner }, io)
  return [JSON.parse(out.stdout)].flat().flatMap(({ Statement }) => Statement)
}

/** The decision of IAM under statements. */
function judgeOf(statements: readonly object[]) {
  const simulator = createSimulator({ now: () => 1_900_000_000_000 })
  const trust = { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' } }
  const { Role } = simulator.call('iam:CreateRole', {
    RoleName: 'controller',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ ...trust, Action: 'sts:AssumeRole' }],
    }),
  })
  return (action: string, resource: string, facts: Facts): boolean => {
    const { EvaluationResults } = simulator.call('iam:SimulatePrincipalPolicy', {
      PolicySourceArn: Role.Arn,
      ActionNames: [action],
      ResourceArns: [resource],
      PolicyInputList: [JSON.stringify({ Version: '2012-10-17', Statement: statements })],
      ContextEntries: Object.entries(facts).map(([ContextKeyName, value]) => ({
        ContextKeyName,
        ContextKeyType: 'string',
        ContextKeyValues: [value],
      })),
    })
    return EvaluationResults[0].EvalDecision === 'allowed'
  }
}

/** The owner that tags in a request name, however the service spells them. */
function ownerIn(input: Input): string | undefined {
  const { tags, Tags, TagSpecifications } = input as Record<string, Input[] | undefined>
  const lists = [tags, Tags, ...(TagSpecifications ?? []).map((one) => one.Tags as Input[])]
  const found = lists.flatMap((list) => list ?? []).find((tag) => isOwner(tag))
  return (found?.value ?? found?.Value) as string | undefined
}
const isOwner = (tag: Input) => (tag.key ?? tag.Key) === 'fairlead:owner'

interface Target {
  readonly arn: string
  readonly owner: string | undefined
}

/** What a call to something that exists is decided on: in EC2 on each resource that it names. */
function targetsOf(operation: string, input: Input, simulator: Simulator): Target[] {
  const tagged = (arn: string): Target => ({
    arn,
    owner: simulator.world().tags.get(arn)?.['fairlead:owner'],
  })
  const listed = (arn: string, tags: readonly Input[] = []): Target => ({
    arn,
    owner: (tags.find(isOwner)?.Value ?? undefined) as string | undefined,
  })
  switch (operation.split(':')[0]) {
    case 'ec2': {
      const byName = input.LaunchTemplateName
        ? simulator.call('ec2:DescribeLaunchTemplates', {
            LaunchTemplateNames: [input.LaunchTemplateName],
          }).LaunchTemplates[0].LaunchTemplateId
        : []
      const byAssociation = input.AssociationId
        ? simulator.call('ec2:DescribeRouteTables', {
            Filters: [
              { Name: 'association.route-table-association-id', Values: [input.AssociationId] },
            ],
          }).RouteTables[0].RouteTableId
        : []
      const named = idMembers.flatMap((member) => input[member] ?? [])
      const ids = [byName, byAssociation, named, input.Resources ?? []].flat() as string[]
      return ids.map((id) => tagged(ec2(types[id.split('-')[0]!] ?? 'unknown', id)))
    }
    case 'ecs': {
      if (input.resourceArn) return [tagged(String(input.resourceArn))]
      if (input.service) return [tagged(ecs('service', `${input.cluster}/${input.service}`))]
      const provider = input.capacityProvider ?? (/Provider$/.test(operation) ? input.name : '')
      return [tagged(provider ? ecs('capacity-provider', provider) : ecs('cluster', input.cluster))]
    }
    case 'iam': {
      const { InstanceProfileName, RoleName } = input
      if (InstanceProfileName) {
        const { InstanceProfile } = simulator.call('iam:GetInstanceProfile', {
          InstanceProfileName,
        })
        return [listed(InstanceProfile.Arn, InstanceProfile.Tags)]
      }
      const { Role } = simulator.call('iam:GetRole', { RoleName })
      return [listed(Role.Arn, Role.Tags)]
    }
    default: {
      const name = input.AutoScalingGroupName ?? (input.Tags as Input[])[0]?.ResourceId
      return [groupTarget(String(name))]
    }
  }

  function groupTarget(name: string): Target {
    const { AutoScalingGroups } = simulator.call('autoscaling:DescribeAutoScalingGroups', {
      AutoScalingGroupNames: [name],
    })
    return listed(AutoScalingGroups[0].AutoScalingGroupARN, AutoScalingGroups[0].Tags)
  }
}

const idMembers = ['LaunchTemplateId', 'RouteTableId', 'InternetGatewayId', 'SubnetId', 'VpcId']
const types: Readonly<Record<string, string>> = {
  vpc: 'vpc',
  subnet: 'subnet',
  igw: 'internet-gateway',
  rtb: 'route-table',
  lt: 'launch-template',
}

/** Actions that AWS decides on besides, with the same caller. */
const behind: Readonly<Record<string, (input: Input) => readonly Asked[]>> = {
  'ecs:CreateCluster': () => [linked('ecs.amazonaws.com')],
  'ecs:CreateService': () => [linked('ecs.amazonaws.com')],
  'iam:AddRoleToInstanceProfile': ({ RoleName }) => [passed(RoleName, 'ec2.amazonaws.com')],
  'autoscaling:CreateAutoScalingGroup': () => [
    linked('autoscaling.amazonaws.com'),
    passed('workers', 'ec2.amazonaws.com'),
    [
      'ec2:RunInstances',
      ec2('instance', '*'),
      { 'ec2:LaunchTemplate': ec2('launch-template', 'lt') },
    ],
  ],
}
type Asked = readonly [action: string, resource: string, facts: Facts]

const linked = (service: string): Asked => [
  'iam:CreateServiceLinkedRole',
  `arn:aws:iam::${account}:role/aws-service-role/${service}/AWSServiceRole`,
  { 'iam:AWSServiceName': service },
]
const passed = (role: unknown, service: string): Asked => [
  'iam:PassRole',
  `arn:aws:iam::${account}:role/${role}`,
  { 'iam:PassedToService': service },
]

/** Tags in a creation are decided as if they were written by themselves. */
const taggers: Readonly<Record<string, string>> = {
  'iam:CreateRole': 'iam:TagRole',
  'iam:CreateInstanceProfile': 'iam:TagInstanceProfile',
  ec2: 'ec2:CreateTags',
  ecs: 'ecs:TagResource',
  autoscaling: 'autoscaling:CreateOrUpdateTags',
}

const creation = /:(Create(?!Route$|Tags|OrUpdate|LaunchTemplateVersion)|RegisterTaskDefinition)/

function askedBy(operation: string, input: Input, simulator: Simulator): Asked[] {
  const owner = ownerIn(input)
  const request: Facts = owner ? { 'aws:RequestTag/fairlead:owner': owner } : {}
  const onTarget = ({ arn, owner }: Target, more: Facts = {}): Asked => [
    operation,
    arn,
    { ...more, ...(owner ? { 'aws:ResourceTag/fairlead:owner': owner } : {}) },
  ]
  const besides = behind[operation]?.(input) ?? []
  if (!creation.test(operation)) {
    return [
      ...targetsOf(operation, input, simulator).map((target) => onTarget(target, request)),
      ...besides,
    ]
  }
  const role = `arn:aws:iam::${account}:role${input.Path ?? '/'}${input.RoleName}`
  const made = input.RoleName ? role : '*'
  const tagger = taggers[operation] ?? taggers[operation.split(':')[0]!]!
  const others = input.VpcId ? targetsOf(operation, { VpcId: input.VpcId }, simulator) : []
  return [
    [operation, made, request],
    ...(owner ? ([[tagger, made, request]] as const) : []),
    ...others.map((target) => onTarget(target)),
    ...besides,
  ]
}

/** Refuses what the statements do not allow; `refused` says what that was, `asked` all that was decided on. */
export function fence(statements: readonly object[], simulator: () => Simulator) {
  const allowed = judgeOf(statements)
  const refused: string[] = []
  const asked = new Set<string>()
  const layer: Layer = (next) => async (operation, input, options) => {
    const all: Asked[] = isRead(operation)
      ? [[operation, '*', {}]]
      : askedBy(operation, input as Input, simulator())
    for (const [action, resource, facts] of all) {
      asked.add(action)
      if (allowed(action, resource, facts)) continue
      refused.push(`${action} on ${resource}`)
      throw new AwsFailure(operation, 'denied', 'AccessDenied', `not authorized: ${action}`)
    }
    return next(operation, input, options)
  }
  return { layer, refused, asked }
}
