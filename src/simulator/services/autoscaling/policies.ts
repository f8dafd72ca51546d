/** Scaling policies: they are kept and shown. None of them acts; ECS's managed scaling is a machine of its own. */
import type {
  DeletePolicyType,
  DescribePoliciesType,
  PutScalingPolicyType,
} from '@aws-sdk/client-auto-scaling'
import type { CallContext, ServiceHandlers } from '../../api.ts'
import { nameOf } from '../../machines/group-records.ts'
import { uuid } from '../../machines/random.ts'
import { invalid, pageOf, requireLivingGroup } from './requests.ts'

function put(input: PutScalingPolicyType, { world }: CallContext) {
  const record = requireLivingGroup(world, input.AutoScalingGroupName)
  const key = `${nameOf(record)}/${input.PolicyName}`
  const arn =
    world.autoscaling.policies.get(key)?.arn ??
    `arn:aws:autoscaling:${world.region}:${world.account}:scalingPolicy:${uuid(world, 'policy')}:autoScalingGroupName/${nameOf(record)}:policyName/${input.PolicyName}`
  world.autoscaling.policies.set(key, { policy: { Enabled: true, ...input }, arn })
  return { PolicyARN: arn, Alarms: [] }
}

function describe(input: DescribePoliciesType, { world }: CallContext) {
  const { AutoScalingGroupName: group, PolicyNames: names = [], PolicyTypes: types = [] } = input
  const found = [...world.autoscaling.policies.values()]
    .filter(({ policy }) => group === undefined || policy.AutoScalingGroupName === group)
    .filter(
      ({ policy, arn }) =>
        names.length === 0 || names.includes(policy.PolicyName ?? '') || names.includes(arn),
    )
    .filter(
      ({ policy }) => types.length === 0 || types.includes(policy.PolicyType ?? 'SimpleScaling'),
    )
    .map(({ policy, arn }) => ({
      PolicyType: 'SimpleScaling',
      StepAdjustments: [],
      Alarms: [],
      ...policy,
      PolicyARN: arn,
    }))
  const { items, nextToken } = pageOf(found, input as never, (one) => one.PolicyARN)
  return { ScalingPolicies: items, NextToken: nextToken }
}

function remove(input: DeletePolicyType, { world }: CallContext) {
  for (const [key, { policy, arn }] of world.autoscaling.policies) {
    const named = policy.PolicyName === input.PolicyName || arn === input.PolicyName
    const here =
      input.AutoScalingGroupName === undefined ||
      policy.AutoScalingGroupName === input.AutoScalingGroupName
    if (!named || !here) continue
    world.autoscaling.policies.delete(key)
    return {}
  }
  throw invalid(`PolicyName not found - ${input.PolicyName}`)
}

export const policyHandlers: ServiceHandlers = {
  PutScalingPolicy: put,
  DescribePolicies: describe,
  DeletePolicy: remove,
}
