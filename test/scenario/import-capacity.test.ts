/** Promise: capacity is imported as it runs: no instance is replaced by the first plan, and what cannot be said is told. */
import { expect, test } from 'vitest'
import type { Aws } from '../../src/aws/aws.ts'
import { differing, documentsIn, importFrom, planOf } from '../import.ts'
import { createRig, type Rig } from '../rig.ts'
import { capacityOf } from './hand-made-account.ts'

type Answer = Record<string, Record<string, unknown>[]>

async function hosts(): Promise<Rig> {
  const rig = createRig({ simulator: { throttle: false } })
  await rig.aws('ecs:CreateCluster', { clusterName: 'shop' })
  await capacityOf(rig, 'shop', 'hosts')
  await rig.clock.advance(15 * 60_000)
  return rig
}

/** The account as AWS would show it otherwise. */
const shown = (
  { aws }: Rig,
  operation: string,
  change: (answer: Answer) => Record<string, unknown>,
): Aws => {
  return async (asked, input, more) => {
    const answer = await aws(asked, input, more)
    return asked === operation ? change(answer as Answer) : answer
  }
}

test('instances that are older than their template are left as they are', async () => {
  const rig = await hosts()
  await rig.aws('ec2:CreateLaunchTemplateVersion', {
    LaunchTemplateName: 'hosts',
    SourceVersion: '1',
    LaunchTemplateData: { InstanceType: 't3.large' },
  })
  await rig.aws('ec2:ModifyLaunchTemplate', { LaunchTemplateName: 'hosts', DefaultVersion: '2' })
  await rig.aws('autoscaling:UpdateAutoScalingGroup', {
    AutoScalingGroupName: 'hosts',
    LaunchTemplate: { LaunchTemplateName: 'hosts', Version: '2' },
  })
  const imported = await importFrom(rig)
  const group = documentsIn(imported)['AutoScalingGroup/hosts'].spec
  expect(group.instanceRefresh).toEqual({ enabled: false })
  expect(imported.remarks.join()).toContain('instances that are older than their template')
  expect(imported.clean).toBe(true)
  const { changes } = await planOf(rig, imported.files)
  expect(differing(changes)).toEqual({})
  rig.calls.length = 0
  await rig.git(imported.files)
  await rig.ready()
  expect(rig.writes().map(({ operation }) => operation)).not.toContain(
    'autoscaling:StartInstanceRefresh',
  )
  await rig.stop()
})

test('a group that names the default version by its number follows the manifest of its template', async () => {
  const rig = await hosts()
  const template = { LaunchTemplateName: 'hosts', Version: '1' }
  await rig.aws('autoscaling:UpdateAutoScalingGroup', {
    AutoScalingGroupName: 'hosts',
    LaunchTemplate: template,
  })
  const imported = await importFrom(rig)
  expect(documentsIn(imported)['AutoScalingGroup/hosts'].spec.launchTemplate).toEqual({
    launchTemplateName: { ref: 'hosts' },
    version: { ref: 'hosts' },
  })
  expect(differing((await planOf(rig, imported.files)).changes)).toEqual({})
})

test('tags say whether instances get them, and a mixed policy refers to its template', async () => {
  const rig = await hosts()
  const tag = (Key: string, PropagateAtLaunch: boolean) => ({
    ResourceId: 'hosts',
    ResourceType: 'auto-scaling-group',
    Key,
    Value: 'x',
    PropagateAtLaunch,
  })
  await rig.aws('autoscaling:CreateOrUpdateTags', {
    Tags: [tag('team', true), tag('stage', false), tag('AmazonECSManaged', true)],
  })
  await rig.aws('autoscaling:UpdateAutoScalingGroup', {
    AutoScalingGroupName: 'hosts',
    MixedInstancesPolicy: {
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateName: 'hosts', Version: '$Latest' },
        Overrides: [{ InstanceType: 't3.medium' }, { InstanceType: 't3a.medium' }],
      },
      InstancesDistribution: { SpotAllocationStrategy: 'price-capacity-optimized' },
    },
  })
  const imported = await importFrom(rig)
  const { tags, mixedInstancesPolicy, ...rest } =
    documentsIn(imported)['AutoScalingGroup/hosts'].spec
  expect(tags).toEqual([
    { key: 'stage', value: 'x', propagateAtLaunch: false },
    { key: 'team', value: 'x' },
  ])
  expect(mixedInstancesPolicy).toEqual({
    launchTemplate: {
      launchTemplateSpecification: { launchTemplateName: { ref: 'hosts' }, version: '$Latest' },
      overrides: [{ instanceType: 't3.medium' }, { instanceType: 't3a.medium' }],
    },
    instancesDistribution: { spotAllocationStrategy: 'price-capacity-optimized' },
  })
  expect(rest).not.toHaveProperty('launchTemplate')
  expect(imported.clean).toBe(true)
  expect(differing((await planOf(rig, imported.files)).changes)).toEqual({})
})

test('a group without a template is named by its provider, and told', async () => {
  const rig = await hosts()
  const aws = shown(rig, 'autoscaling:DescribeAutoScalingGroups', ({ AutoScalingGroups = [] }) => ({
    AutoScalingGroups: AutoScalingGroups.map(({ LaunchTemplate: _, ...group }) => ({
      ...group,
      LaunchConfigurationName: 'old',
    })),
  }))
  const imported = await importFrom({ aws, clock: rig.clock })
  const documents = documentsIn(imported)
  expect(documents).not.toHaveProperty('AutoScalingGroup/hosts')
  expect(documents['CapacityProvider/hosts'].spec.autoScalingGroupProvider).toMatchObject({
    autoScalingGroupArn: expect.stringMatching(/^arn:.*\/hosts$/),
  })
  expect(imported.remarks.join()).toContain('AutoScalingGroup hosts: is launched from no launch')
  expect(differing((await planOf({ aws, clock: rig.clock }, imported.files)).changes)).toEqual({})
})

test('what would not come out as it is says so above its document, and by the exit code', async () => {
  const rig = await hosts()
  const busy = 'UPDATE_IN_PROGRESS'
  const aws = shown(rig, 'ecs:DescribeCapacityProviders', ({ capacityProviders = [] }) => ({
    capacityProviders: capacityProviders.map((one) => ({ ...one, updateStatus: busy })),
  }))
  const imported = await importFrom({ aws, clock: rig.clock })
  expect(imported.clean).toBe(false)
  const message = `AWS is changing it (${busy})`
  expect(imported.files['shop/cluster.yaml']).toContain(
    `# Not as it is in AWS: ${message}\napiVersion: fairlead.dev/v1alpha1\nkind: CapacityProvider`,
  )
  expect(imported.remarks).toContain(
    `CapacityProvider hosts: a plan would not be empty: ${message}`,
  )
  expect(documentsIn(imported)).toHaveProperty('CapacityProvider/hosts')
})

test('what cannot be read is told, and named by what uses it', async () => {
  const rig = await hosts()
  const { AwsFailure } = await import('../../src/errors.ts')
  const aws: Aws = async (operation, input, more) => {
    if (operation.startsWith('autoscaling:')) {
      throw new AwsFailure(operation, 'denied', 'AccessDenied', 'no')
    }
    return rig.aws(operation, input, more)
  }
  const imported = await importFrom({ aws, clock: rig.clock })
  expect(imported.clean).toBe(false)
  expect(imported.remarks).toContain(
    'AutoScalingGroup hosts: could not be read: autoscaling:DescribeAutoScalingGroups: no',
  )
  expect(documentsIn(imported)).toHaveProperty('CapacityProvider/hosts')
})
