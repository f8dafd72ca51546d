/** Roles, instance profiles, repositories and launch templates that were there before, and how they go. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import { forSsm, held, keys, means, nothing, roleSpec, trust } from './means.ts'
import { document, files, minute, readyMessage, stalled, written } from './shop.ts'

async function started(manifests: Record<string, string>): Promise<Rig> {
  const rig = createRig()
  await rig.git(manifests)
  await rig.ready()
  return rig
}

test('adopted unchanged, nothing but tags is written, whatever else there is', async () => {
  const rig = createRig()
  const RoleName = 'web'
  await rig.aws('iam:CreateRole', {
    RoleName,
    AssumeRolePolicyDocument: trust('ec2.amazonaws.com'),
    Description: 'by hand',
  })
  await rig.aws('iam:AttachRolePolicy', { RoleName, PolicyArn: forSsm })
  await rig.aws('iam:CreateInstanceProfile', { InstanceProfileName: 'web' })
  await rig.aws('iam:AddRoleToInstanceProfile', { InstanceProfileName: 'web', RoleName })
  await rig.aws('ecr:CreateRepository', {
    repositoryName: 'web',
    imageTagMutability: 'IMMUTABLE',
  })
  await rig.aws('ec2:CreateLaunchTemplate', {
    LaunchTemplateName: 'web',
    LaunchTemplateData: {
      ImageId: 'ami-0defa0000000000b1',
      InstanceType: 't3.medium',
      KeyName: 'theirs',
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
    },
  })
  const adopt = { adopt: 'unchanged' }
  const { assumeRolePolicyDocument } = roleSpec
  await rig.git(
    files(
      document('Role', 'web', { assumeRolePolicyDocument }, adopt),
      document('InstanceProfile', 'web', { roleName: 'web' }, adopt),
      document('Repository', 'web', {}, adopt),
      document(
        'LaunchTemplate',
        'web',
        {
          launchTemplateData: {
            imageId: 'ami-0defa0000000000b1',
            instanceType: 't3.medium',
            metadataOptions: { httpTokens: 'required' },
          },
        },
        adopt,
      ),
    ),
  )
  await rig.ready()
  await rig.clock.advance(3 * minute)
  expect(written(rig).sort()).toEqual([
    'ec2:CreateTags',
    'ecr:TagResource',
    'iam:TagInstanceProfile',
    'iam:TagRole',
  ])
  await rig.stop()
})

test('what is not ours is refused, with what to do', async () => {
  const rig = createRig()
  await rig.aws('ecr:CreateRepository', { repositoryName: 'web' })
  await rig.git(files(document('Repository', 'web')))
  await stalled(rig, keys.repository)
  expect(readyMessage(rig, keys.repository)).toMatch(/is not ours: annotate/)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a teardown ends with nothing, policies attached by hand among it', async () => {
  const manifests = means({ role: { managedPolicyArns: undefined, policies: undefined } })
  const before = await started(manifests)
  await before.aws('iam:AttachRolePolicy', { RoleName: 'web', PolicyArn: forSsm })
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(manifests)
  await rig.ready()
  expect(held(rig)).toEqual(nothing)
  expect(rig.events.filter(({ type }) => type === 'Warning')).toEqual([])
  const order = written(rig)
  const before_ = (a: string, b: string) => order.indexOf(a as never) < order.indexOf(b as never)
  expect(before_('ec2:DeleteLaunchTemplate', 'iam:DeleteInstanceProfile')).toBe(true)
  expect(before_('iam:DeleteInstanceProfile', 'iam:DeleteRole')).toBe(true)
  expect(before_('ec2:DeleteLaunchTemplate', 'ecs:DeleteCluster')).toBe(true)
  await rig.stop()
})

test('a repository with images stays until its manifest lets them go', async () => {
  const before = await started(files(document('Repository', 'web')))
  await before.aws('ecr:PutImage', {
    repositoryName: 'web',
    imageTag: '1',
    imageManifest: '{"schemaVersion":2}',
  })
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(files(document('Repository', 'web')))
  await stalled(rig, keys.repository)
  expect(readyMessage(rig, keys.repository)).toBe(
    'web holds 1 image: delete them, or write spec.force: true to let them go with it',
  )
  expect(written(rig)).toEqual([])
  await rig.git(files(document('Repository', 'web', { force: true })))
  await rig.ready()
  expect(rig.writes().map(({ operation, input }) => [operation, input])).toEqual([
    ['ecr:DeleteRepository', { repositoryName: 'web', force: true }],
  ])
  await rig.stop()
})

test('a role in the profile of someone else waits for them', async () => {
  const { assumeRolePolicyDocument } = roleSpec
  const manifests = files(document('Role', 'web', { assumeRolePolicyDocument }))
  const before = await started(manifests)
  const theirs = { InstanceProfileName: 'theirs' }
  await before.aws('iam:CreateInstanceProfile', theirs)
  await before.aws('iam:AddRoleToInstanceProfile', { ...theirs, RoleName: 'web' })
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(manifests)
  await rig.clock.advance(2 * minute)
  expect(rig.status(keys.role)?.conditions.map(({ type }) => type)).toContain('Reconciling')
  expect(readyMessage(rig, keys.role)).toMatch(/must remove roles from instance profile first/)
  await rig.aws('iam:RemoveRoleFromInstanceProfile', { ...theirs, RoleName: 'web' })
  await rig.ready()
  expect(held(rig).roles).toEqual([])
  await rig.stop()
})
