/** Roles, instance profiles, repositories and launch templates: from nothing to Ready, kept so, adopted, taken down. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import {
  all,
  forEc2,
  forSsm,
  held,
  keys,
  means,
  recommended,
  roleSpec,
  templateData,
  trust,
} from './means.ts'
import { document, files, minute, readyMessage, said, stalled, written } from './shop.ts'

async function started(manifests = means()): Promise<Rig> {
  const rig = createRig()
  await rig.git(manifests)
  await rig.ready()
  return rig
}

test('from nothing to Ready with one call for each thing, then silence', async () => {
  const rig = await started()
  expect(held(rig)).toEqual(all)
  expect(written(rig).sort()).toEqual([
    'ec2:CreateLaunchTemplate',
    'ecr:CreateRepository',
    'ecr:PutLifecyclePolicy',
    'ecs:CreateCluster',
    'iam:AddRoleToInstanceProfile',
    'iam:AttachRolePolicy',
    'iam:CreateInstanceProfile',
    'iam:CreateRole',
    'iam:PutRolePolicy',
  ])
  expect(readyMessage(rig, keys.template)).toMatch(/^version 1 launches ami-\w+, ECS agent 1\./)
  const { attributes } = rig.status(keys.template)!
  expect(attributes).toMatchObject({ name: 'web', version: '1', image: 'ami-0defa0000000000a1' })
  await rig.clock.advance(minute)
  rig.calls.length = 0
  await rig.clock.advance(minute)
  expect(rig.writes()).toEqual([])
  // What a sweep reads: versions and images are remembered, tags come from the index.
  expect(
    rig
      .reads()
      .map(({ operation }) => operation)
      .sort(),
  ).toEqual([
    'ec2:DescribeLaunchTemplates',
    'ecr:DescribeRepositories',
    'ecr:GetLifecyclePolicy',
    'ecs:DescribeClusters',
    'iam:GetInstanceProfile',
    'iam:GetRole',
    'iam:GetRolePolicy',
    'iam:ListAttachedRolePolicies',
    'iam:ListRolePolicies',
    'tag:GetResources',
  ])
  await rig.stop()
})

test('a role that declares no policies costs one read', async () => {
  const { assumeRolePolicyDocument } = roleSpec
  const rig = await started(files(document('Role', 'web', { assumeRolePolicyDocument })))
  rig.calls.length = 0
  await rig.clock.advance(minute)
  expect(rig.reads().map(({ operation }) => operation)).toEqual(['tag:GetResources', 'iam:GetRole'])
  await rig.stop()
})

test('what instances read when they boot names the cluster, and comes after it', async () => {
  const rig = await started()
  const order = rig.writes().map(({ operation }) => operation)
  expect(order.indexOf('ecs:CreateCluster')).toBeLessThan(order.indexOf('ec2:CreateLaunchTemplate'))
  const [template] = rig.simulator.world('us-east-1').compute.templates.values()
  const userData = template?.versions[0]?.data.UserData ?? ''
  expect(Buffer.from(userData, 'base64').toString()).toBe(
    '#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n',
  )
  await rig.stop()
})

test("an inline policy holds the repository's ARN", async () => {
  const rig = await started()
  const [role] = [...rig.simulator.world('us-east-1').iam.roles.values()].filter(
    ({ name }) => name === 'web',
  )
  expect(JSON.parse(role?.inline.pull ?? '').Statement[1].Resource).toBe(
    'arn:aws:ecr:us-east-1:123456789012:repository/web',
  )
  await rig.stop()
})

const drifts: [string, string, (rig: Rig) => Promise<unknown>, string[]][] = [
  [
    'a trust policy',
    keys.role,
    (rig) =>
      rig.aws('iam:UpdateAssumeRolePolicy', {
        RoleName: 'web',
        PolicyDocument: trust('ecs-tasks.amazonaws.com'),
      }),
    ['iam:UpdateAssumeRolePolicy'],
  ],
  [
    'a managed policy that someone attached',
    keys.role,
    (rig) => rig.aws('iam:AttachRolePolicy', { RoleName: 'web', PolicyArn: forSsm }),
    ['iam:DetachRolePolicy'],
  ],
  [
    'a managed policy that someone detached',
    keys.role,
    (rig) => rig.aws('iam:DetachRolePolicy', { RoleName: 'web', PolicyArn: forEc2 }),
    ['iam:AttachRolePolicy'],
  ],
  [
    'an inline policy',
    keys.role,
    (rig) =>
      rig.aws('iam:PutRolePolicy', {
        RoleName: 'web',
        PolicyName: 'pull',
        PolicyDocument: JSON.stringify({
          Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
        }),
      }),
    ['iam:PutRolePolicy'],
  ],
  [
    'an instance profile without its role',
    keys.profile,
    (rig) =>
      rig.aws('iam:RemoveRoleFromInstanceProfile', {
        InstanceProfileName: 'web',
        RoleName: 'web',
      }),
    ['iam:AddRoleToInstanceProfile'],
  ],
  [
    'tags that may be moved',
    keys.repository,
    (rig) =>
      rig.aws('ecr:PutImageTagMutability', {
        repositoryName: 'web',
        imageTagMutability: 'MUTABLE',
      }),
    ['ecr:PutImageTagMutability'],
  ],
  [
    'a lifecycle policy that is gone',
    keys.repository,
    (rig) => rig.aws('ecr:DeleteLifecyclePolicy', { repositoryName: 'web' }),
    ['ecr:PutLifecyclePolicy'],
  ],
  [
    'another version as the default',
    keys.template,
    async (rig) => {
      const data = { ImageId: 'ami-0defa0000000000b1', InstanceType: 'm5.large' }
      const name = { LaunchTemplateName: 'web' }
      await rig.aws('ec2:CreateLaunchTemplateVersion', { ...name, LaunchTemplateData: data })
      await rig.aws('ec2:ModifyLaunchTemplate', { ...name, DefaultVersion: '2' })
    },
    ['ec2:CreateLaunchTemplateVersion', 'ec2:ModifyLaunchTemplate'],
  ],
  [
    'a template that is gone',
    keys.template,
    (rig) => rig.aws('ec2:DeleteLaunchTemplate', { LaunchTemplateName: 'web' }),
    ['ec2:CreateLaunchTemplate'],
  ],
]

test.each(drifts)('%s is put right, once', async (_, key, change, calls) => {
  const rig = await started()
  rig.calls.length = 0
  await change(rig)
  await rig.clock.runUntil(() => rig.writes().length > 0, 3 * minute)
  await rig.ready()
  expect(said(rig, 'DriftDetected', key)).toHaveLength(1)
  expect(written(rig)).toEqual(calls)
  await rig.clock.advance(3 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('the default is given back to the version that Git means, and none is made', async () => {
  const rig = await started()
  await rig.git(means({ data: { instanceType: 't3.large' } }))
  await rig.ready()
  expect(held(rig).templates).toEqual([
    [
      'web',
      2,
      [
        [1, 't3.medium'],
        [2, 't3.large'],
      ],
    ],
  ])
  rig.calls.length = 0
  await rig.aws('ec2:ModifyLaunchTemplate', { LaunchTemplateName: 'web', DefaultVersion: '1' })
  await rig.clock.advance(3 * minute)
  expect(written(rig)).toEqual(['ec2:ModifyLaunchTemplate'])
  expect(rig.status(keys.template)?.attributes.version).toBe('2')
  await rig.stop()
})

test('a newer version made by hand is left, and remarked upon', async () => {
  const rig = await started()
  rig.calls.length = 0
  await rig.aws('ec2:CreateLaunchTemplateVersion', {
    LaunchTemplateName: 'web',
    LaunchTemplateData: { ImageId: 'ami-0defa0000000000b1' },
  })
  await rig.clock.advance(3 * minute)
  expect(written(rig)).toEqual([])
  const change = rig.controller.view().plans[0]?.changes.find(({ key }) => key === keys.template)
  expect(change?.notes).toEqual([expect.stringMatching(/^version 2 is newer than the default, 1/)])
  await rig.stop()
})

test('a template whose image nobody publishes says so', async () => {
  const rig = createRig()
  const imageId = recommended.replace('2023', '2024')
  await rig.git(files(document('LaunchTemplate', 'web', { launchTemplateData: { imageId } })))
  await stalled(rig, keys.template)
  expect(readyMessage(rig, keys.template)).toMatch(/^there is no parameter .*amazon-linux-2024/)
  await rig.stop()
})

test('a policy that waits for a role made a moment ago gets it', async () => {
  const rig = createRig()
  const assume = (name: string) => ({
    assumeRolePolicyDocument: {
      Statement: [
        { Effect: 'Allow', Principal: { AWS: { ref: `Role/${name}` } }, Action: 'sts:AssumeRole' },
      ],
    },
  })
  const first = { assumeRolePolicyDocument: roleSpec.assumeRolePolicyDocument }
  await rig.git(files(document('Role', 'web', first), document('Role', 'ops', assume('web'))))
  await rig.ready()
  expect(
    held(rig)
      .roles.map(([name]) => name)
      .sort(),
  ).toEqual(['ops', 'web'])
  expect(rig.events.filter(({ reason }) => reason === 'Stalled')).toEqual([])
  await rig.stop()
})

test('roles live under the path of their Environment, and within its boundary', async () => {
  const rig = createRig()
  const boundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
  const environment = {
    apiVersion: 'fairlead.dev/v1alpha1',
    kind: 'Environment',
    metadata: { name: 'live' },
    spec: { region: 'us-east-1', rolePath: '/team/', permissionsBoundary: boundary },
  }
  const { assumeRolePolicyDocument } = roleSpec
  const role = document('Role', 'web', { assumeRolePolicyDocument }, {}, 'live')
  await rig.git(files(environment, role))
  await rig.ready()
  const create = rig.writes().find(({ operation }) => operation === 'iam:CreateRole')
  expect(create?.input).toMatchObject({ Path: '/team/', PermissionsBoundary: boundary })
  expect(rig.status('live/Role/web')?.attributes.arn).toMatch(/:role\/team\/web$/)
  rig.calls.length = 0
  await rig.aws('iam:DeleteRolePermissionsBoundary', { RoleName: 'web' })
  await rig.clock.advance(3 * minute)
  expect(written(rig)).toEqual(['iam:PutRolePermissionsBoundary'])
  await rig.stop()
})

test('data that Git takes out is gone from the next version', async () => {
  const rig = await started(means({ data: { keyName: 'old' } }))
  const { keyName: _, ...data } = { ...templateData, keyName: undefined }
  await rig.git(means({ data }))
  await rig.ready()
  const [template] = rig.simulator.world('us-east-1').compute.templates.values()
  expect(template?.versions.map((version) => version.data.KeyName)).toEqual(['old', undefined])
  expect(template?.defaultVersion).toBe(2)
  await rig.stop()
})
