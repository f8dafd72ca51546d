/** What instances need before there are any: a role, its profile, a repository for images, a launch template. */
import type { Rig } from '../rig.ts'
import { document, files } from './shop.ts'

export const keys = {
  role: 'default/Role/web',
  profile: 'default/InstanceProfile/web',
  repository: 'default/Repository/web',
  template: 'default/LaunchTemplate/web',
}

export const recommended =
  'resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id'
export const forEc2 = 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role'
export const forSsm = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'

type Spec = Record<string, unknown>

/** A trust policy for a service, as AWS's own tools write it. */
export const trust = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  })

export const roleSpec: Spec = {
  assumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    },
  },
  managedPolicyArns: [forEc2],
  policies: [
    {
      policyName: 'pull',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
          { Effect: 'Allow', Action: 'ecr:BatchGetImage', Resource: { ref: 'Repository/web' } },
        ],
      },
    },
  ],
}

/** The same for tasks. */
export const taskRole: Spec = {
  ...roleSpec,
  assumeRolePolicyDocument: trust('ecs-tasks.amazonaws.com'),
}

export const profileSpec: Spec = { roles: [{ ref: 'web' }] }

export const repositorySpec: Spec = {
  imageScanningConfiguration: { scanOnPush: true },
  imageTagMutability: 'IMMUTABLE',
  lifecyclePolicyText: {
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 20 },
        action: { type: 'expire' },
      },
    ],
  },
}

export const templateData: Spec = {
  imageId: recommended,
  instanceType: 't3.medium',
  iamInstanceProfile: { name: { ref: 'web' } },
  metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2 },
  blockDeviceMappings: [
    { deviceName: '/dev/xvda', ebs: { volumeType: 'gp3', volumeSize: 30, encrypted: true } },
  ],
  securityGroupIds: ['sg-0defa000000000000'],
  userData: ['#!/bin/bash\necho ECS_CLUSTER=', { ref: 'shop' }, ' >> /etc/ecs/ecs.config\n'],
}

export interface Means {
  readonly role?: Spec
  readonly profile?: Spec
  readonly repository?: Spec
  readonly data?: Spec
  readonly annotations?: Record<string, string>
}

export function means(options: Means = {}): Record<string, string> {
  const { annotations = {} } = options
  return files(
    document('Cluster', 'shop'),
    document('Role', 'web', { ...roleSpec, ...options.role }, annotations),
    document('InstanceProfile', 'web', { ...profileSpec, ...options.profile }, annotations),
    document('Repository', 'web', { ...repositorySpec, ...options.repository }, annotations),
    document(
      'LaunchTemplate',
      'web',
      { launchTemplateData: { ...templateData, ...options.data } },
      annotations,
    ),
  )
}

/** What an account holds of it, whatever the order and the ids. */
export function held(rig: Rig) {
  const { iam, ecr, compute, clusters } = rig.simulator.world('us-east-1')
  return {
    roles: [...iam.roles.values()]
      .filter(({ path }) => !path.startsWith('/aws-service-role/'))
      .map(({ name, attached, inline }) => [name, [...attached], Object.keys(inline)]),
    profiles: [...iam.profiles.values()].map(({ name, role }) => [name, role]),
    repositories: [...ecr.repositories].map(([name, record]) => [
      name,
      record.lifecyclePolicy !== undefined,
    ]),
    templates: [...compute.templates.values()].map((one) => [
      one.name,
      one.defaultVersion,
      one.versions.map(({ number, data }) => [number, data.InstanceType]),
    ]),
    clusters: [...clusters.values()].filter(({ cluster }) => cluster.status === 'ACTIVE').length,
  }
}

export const all = {
  roles: [['web', [forEc2], ['pull']]],
  profiles: [['web', 'web']],
  repositories: [['web', true]],
  templates: [['web', 1, [[1, 't3.medium']]]],
  clusters: 1,
}

export const nothing = { roles: [], profiles: [], repositories: [], templates: [], clusters: 0 }
