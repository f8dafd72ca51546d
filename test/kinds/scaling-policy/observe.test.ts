/** How scaling policies are read, and how it is told whose they are. */
import { expect, test } from 'vitest'
import type { IndexEntry, Wanted } from '../../../src/kind.ts'
import { scalingPolicy } from '../../../src/kinds/scaling-policy/index.ts'
import type { ScalingPolicySpec } from '../../../src/kinds/scaling-policy/manifest.ts'
import { environment, manifestOf } from '../golden.ts'
import { createAccount } from '../looking.ts'

const of = (name: string) => ({
  ServiceNamespace: 'ecs',
  ResourceId: `service/shop/${name}`,
  ScalableDimension: 'ecs:service:DesiredCount',
})

/** Services with targets that carry a manifest's tags, and a policy `cpu` each. */
async function account(names: readonly string[]) {
  const one = createAccount(scalingPolicy)
  await one.aws('ecs:CreateCluster', { clusterName: 'shop' })
  await one.aws('ecs:RegisterTaskDefinition', {
    family: 'web',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 64 }],
  })
  const index: IndexEntry[] = []
  for (const name of names) {
    const service = { cluster: 'shop', serviceName: name, taskDefinition: 'web' }
    await one.aws('ecs:CreateService', { ...service, desiredCount: 0 })
    const tags = {
      'fairlead:owner': 'default',
      'fairlead:resource': `default/ScalableTarget/${name}`,
    }
    const { ScalableTargetARN: arn } = await one.aws(
      'application-autoscaling:RegisterScalableTarget',
      { ...of(name), MinCapacity: 0, MaxCapacity: 1, Tags: tags },
    )
    await one.aws('application-autoscaling:PutScalingPolicy', {
      ...of(name),
      PolicyName: 'cpu',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 50,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    })
    index.push({ arn: String(arn), tags })
  }
  /** As the observe stage asks: the manifest holds the reference, the spec what it stands for. */
  const look = (wanted: readonly string[], known: readonly IndexEntry[] = [], policy = 'cpu') => {
    one.reads.length = 0
    const asked = wanted.map((name): Wanted<ScalingPolicySpec> => {
      const spec = { resourceId: `service/shop/${name}`, policyName: policy }
      const manifest = manifestOf('ScalingPolicy', name, {
        ...spec,
        resourceId: { ref: name },
      }) as never
      return { manifest, identity: scalingPolicy.identify(spec, name, environment), spec }
    })
    const read = (async (operation: never, input: never) => {
      one.reads.push(operation)
      return one.aws(operation, input)
    }) as never
    const context = { read, owner: 'default', index: known, memory: one.memory, now: one.now() }
    return scalingPolicy.observe(context, asked)
  }
  return { ...one, index, look }
}

const policies = 'application-autoscaling:DescribeScalingPolicies'
const targets = 'application-autoscaling:DescribeScalableTargets'
const tagsOf = 'application-autoscaling:ListTagsForResource'

test('policies of the same name are told apart by their targets, ten a page', async () => {
  const names = Array.from({ length: 12 }, (_, n) => `web-${n}`)
  const { look, index, reads } = await account(names)
  const found = await look(names, index)
  expect([...found.values()].map((answer) => answer.found)).toEqual(Array(12).fill('yes'))
  expect(found.get('default/ScalingPolicy/web-11')).toMatchObject({
    live: {
      tags: { 'fairlead:owner': 'default' },
      state: {
        policyType: 'TargetTrackingScaling',
        targetTrackingScalingPolicyConfiguration: { targetValue: 50 },
        alarms: [expect.stringContaining('AlarmHigh'), expect.stringContaining('AlarmLow')],
      },
    },
  })
  expect(reads).toEqual([policies, policies])
})

test('whose a target is that the index does not show yet is read, and kept for a while', async () => {
  const { look, reads, wait } = await account(['web'])
  const found = await look(['web'])
  expect(found.get('default/ScalingPolicy/web')).toMatchObject({
    live: { tags: { 'fairlead:owner': 'default' } },
  })
  expect([...reads].sort()).toEqual([targets, policies, tagsOf].sort())
  wait(60_000)
  await look(['web'])
  expect([...reads].sort()).toEqual([targets, policies].sort())
  wait(600_000)
  await look(['web'])
  expect(reads).toContain(tagsOf)
})

test('a policy that is missing comes with the owner of its target, where there is one', async () => {
  const { look, aws, index } = await account(['web'])
  const missing = async (known?: readonly IndexEntry[]) =>
    (await look(['web'], known, 'none')).get('default/ScalingPolicy/web')
  expect(await missing(index)).toEqual({ found: 'no', facts: { owner: 'default' } })
  await aws('application-autoscaling:UntagResource', {
    ResourceARN: index[0]!.arn,
    TagKeys: ['fairlead:owner'],
  })
  expect(await missing()).toEqual({ found: 'no', facts: { owner: '' } })
  await aws('application-autoscaling:DeregisterScalableTarget', of('web'))
  expect(await missing()).toEqual({ found: 'no' })
})
