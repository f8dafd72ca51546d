/** Scalable targets, their policies, and target tracking in virtual time. */
import { expect, it } from 'vitest'
import { onFargate, type Story, story } from './story.ts'

const ResourceId = 'service/shop/web'
const dimension = 'ecs:service:DesiredCount'
const of = { ServiceNamespace: 'ecs', ResourceId, ScalableDimension: dimension }
const cpu = (TargetValue: number, more: object = {}) => ({
  ...of,
  PolicyName: 'cpu',
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue,
    PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    ...more,
  },
})

/** A service on Fargate with two tasks that run, registered to have 2 to 10; and a caller of the service's operations. */
function scaled(bounds: object = { MinCapacity: 2, MaxCapacity: 10 }) {
  const told = story()
  told.fargate()
  told.create({ ...onFargate, desiredCount: 2 })
  const call = (operation: string, input: Record<string, unknown> = {}) =>
    told.sim.call(`application-autoscaling:${operation}`, { ...of, ...input })
  told.after(300)
  call('RegisterScalableTarget', { ...bounds })
  return { ...told, call, count: () => told.service().desiredCount }
}

/** The desired count minute by minute, changes only. */
function course({ after, count }: Pick<Story, 'after'> & { count(): unknown }, minutes: number) {
  const seen: string[] = []
  let last = count()
  for (let i = 1; i <= minutes; i++) {
    after(60)
    if (count() !== last) seen.push(`${i} min: ${last} → ${count()}`)
    last = count()
  }
  return seen
}

it('registers, shows and changes a target, and knows it again by its ARN', () => {
  const { call, sim, after } = scaled()
  const [shown] = call('DescribeScalableTargets', { ResourceIds: [ResourceId] }).ScalableTargets
  expect(shown).toMatchObject({
    ...of,
    MinCapacity: 2,
    MaxCapacity: 10,
    SuspendedState: { DynamicScalingInSuspended: false, ScheduledScalingSuspended: false },
  })
  expect(shown.RoleARN).toMatch(/AWSServiceRoleForApplicationAutoScaling_ECSService$/)
  const changed = call('RegisterScalableTarget', {
    MaxCapacity: 5,
    SuspendedState: { DynamicScalingInSuspended: true },
  })
  expect(changed.ScalableTargetARN).toBe(shown.ScalableTargetARN)
  const [now] = call('DescribeScalableTargets').ScalableTargets
  expect(now).toMatchObject({ MinCapacity: 2, MaxCapacity: 5, CreationTime: shown.CreationTime })
  expect(now.SuspendedState.DynamicScalingInSuspended).toBe(true)
  const ResourceARN = shown.ScalableTargetARN
  call('TagResource', { ResourceARN, Tags: { a: '1', b: '2' } })
  call('UntagResource', { ResourceARN, TagKeys: ['a'] })
  expect(call('ListTagsForResource', { ResourceARN }).Tags).toEqual({ b: '2' })
  after(10)
  const index = sim.call('tag:GetResources', {
    ResourceTypeFilters: ['application-autoscaling:scalable-target'],
  })
  expect(index.ResourceTagMappingList).toEqual([{ ResourceARN, Tags: [{ Key: 'b', Value: '2' }] }])
})

it('brings a service within its bounds as soon as they are registered', () => {
  const { call, count, after } = scaled()
  call('RegisterScalableTarget', { MinCapacity: 4 })
  expect(count()).toBe(4)
  after(60)
  call('RegisterScalableTarget', { MinCapacity: 1, MaxCapacity: 3 })
  expect(count()).toBe(3)
  const causes = call('DescribeScalingActivities').ScalingActivities.map(
    ({ Description, Cause }: Record<string, string>) => `${Description} ${Cause}`,
  )
  expect(causes).toEqual([
    'Setting desired count to 3. maximum capacity was set to 3',
    'Setting desired count to 4. minimum capacity was set to 4',
  ])
})

it('tracks a target: out after three minutes, in after fifteen, within its bounds', () => {
  const one = scaled()
  one.call('PutScalingPolicy', cpu(50))
  one.sim.disturb({ setLoad: 'shop/web', work: 300 })
  expect(course(one, 30)).toEqual(['3 min: 2 → 4', '4 min: 4 → 6'])
  one.sim.disturb({ setLoad: 'shop/web', work: 9_000 })
  expect(course(one, 30)).toEqual(['3 min: 6 → 10'])
  one.sim.disturb({ setLoad: 'shop/web', work: 120 })
  expect(course(one, 60)).toEqual(['15 min: 10 → 3'])
  one.sim.disturb({ setLoad: 'shop/web', work: 0 })
  // Three had not much to do either.
  expect(course(one, 60)).toEqual(['1 min: 3 → 2'])
  expect(one.tasks()).toHaveLength(2)
  expect(one.call('DescribeScalingActivities').ScalingActivities[0]).toMatchObject({
    Cause: expect.stringMatching(
      /^monitor alarm TargetTracking-service\/shop\/web-AlarmLow-[0-9a-f-]{36} in state ALARM triggered policy cpu$/,
    ),
    StatusCode: 'Successful',
  })
})

it('adds during a cooldown only what is not on its way already, and takes away once in a cooldown', () => {
  const one = scaled({ MinCapacity: 1, MaxCapacity: 100 })
  one.call('PutScalingPolicy', cpu(50, { ScaleInCooldown: 1_200, ScaleOutCooldown: 600 }))
  one.sim.disturb({ setLoad: 'shop/web', cpu: 100 })
  // However many there are, each works at 100 %: what runs is doubled while the cooldown lasts.
  expect(course(one, 5)).toEqual(['3 min: 2 → 4', '4 min: 4 → 8', '5 min: 8 → 16'])
  one.sim.disturb({ setLoad: 'shop/web', cpu: 25 })
  expect(course(one, 40)).toEqual(['15 min: 16 → 8', '35 min: 8 → 4'])
})

it('does not scale in while the service is deployed, nor where that is off; out it does', () => {
  const one = scaled()
  one.call('PutScalingPolicy', cpu(50))
  one.sim.disturb({ setLoad: 'shop/web', cpu: 100 })
  one.after(240)
  one.sim.disturb({ setLoad: 'shop/web', cpu: 10 })
  const before = one.count()
  expect(before).toBeGreaterThan(2)
  one.fargate('never ready')
  one.update({ taskDefinition: 'web' })
  expect(course(one, 40)).toEqual([])
  one.sim.disturb({ setLoad: 'shop/web', cpu: 100 })
  one.after(240)
  expect(one.count()).toBeGreaterThan(before!)

  const other = scaled()
  other.call('PutScalingPolicy', cpu(50, { DisableScaleIn: true }))
  other.update({ desiredCount: 5 })
  other.sim.disturb({ setLoad: 'shop/web', cpu: 10 })
  expect(course(other, 40)).toEqual([])
  other.call('RegisterScalableTarget', { SuspendedState: { DynamicScalingOutSuspended: true } })
  other.sim.disturb({ setLoad: 'shop/web', cpu: 100 })
  expect(course(other, 10)).toEqual([])
})

it('follows the policy that wants most, and scales in only where all want to', () => {
  const one = scaled()
  one.call('PutScalingPolicy', cpu(50))
  one.call('PutScalingPolicy', {
    ...cpu(100, {
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'ALBRequestCountPerTarget',
        ResourceLabel: 'app/shop/1/targetgroup/web/1',
      },
    }),
    PolicyName: 'requests',
  })
  one.sim.disturb({ setLoad: 'shop/web', work: 200, requests: 700 })
  expect(course(one, 4)).toEqual(['3 min: 2 → 7'])
  one.sim.disturb({ setLoad: 'shop/web', work: 20, requests: 690 })
  expect(course(one, 40)).toEqual([])
  one.sim.disturb({ setLoad: 'shop/web', work: 20, requests: 350 })
  expect(course(one, 40)).toEqual(['15 min: 7 → 4'])
})

it('a target goes with its policies when it is deregistered, and with its service', () => {
  const { call, sim, ecs, after } = scaled()
  call('PutScalingPolicy', cpu(50))
  expect(call('DescribeScalingPolicies', { PolicyNames: ['cpu', 'none'] }).ScalingPolicies).toEqual(
    [expect.objectContaining({ PolicyName: 'cpu', Alarms: expect.arrayContaining([]) })],
  )
  call('DeregisterScalableTarget')
  expect(call('DescribeScalingPolicies').ScalingPolicies).toEqual([])
  call('RegisterScalableTarget', { MinCapacity: 1, MaxCapacity: 2, Tags: { a: 'b' } })
  ecs('DeleteService', { cluster: 'shop', service: 'web', force: true })
  after(120)
  expect(call('DescribeScalableTargets').ScalableTargets).toEqual([])
  expect(sim.call('tag:GetResources').ResourceTagMappingList).toEqual([])
})

it('refuses what AWS refuses', () => {
  const { call, ecs, revision } = scaled()
  const refusal = (operation: string, input: Record<string, unknown>) => {
    try {
      call(operation, input)
    } catch (error) {
      const { code, message } = error as { code: string; message: string }
      return `${code}: ${message}`
    }
    return 'taken'
  }
  expect(refusal('RegisterScalableTarget', { ResourceId: 'service/shop/none' })).toBe(
    "ValidationException: ECS service doesn't exist: service/shop/none",
  )
  expect(refusal('RegisterScalableTarget', { ScalableDimension: 'ecs:service:Memory' })).toBe(
    'ValidationException: Unsupported service namespace, resource type or scalable dimension',
  )
  expect(refusal('RegisterScalableTarget', { MinCapacity: 11 })).toBe(
    'ValidationException: Maximum capacity cannot be less than minimum capacity',
  )
  expect(refusal('RegisterScalableTarget', { MinCapacity: -1 })).toContain('ValidationException')
  revision()
  ecs('CreateService', {
    cluster: 'shop',
    serviceName: 'agent',
    taskDefinition: 'web',
    schedulingStrategy: 'DAEMON',
  })
  expect(
    refusal('RegisterScalableTarget', {
      ResourceId: 'service/shop/agent',
      MinCapacity: 1,
      MaxCapacity: 2,
    }),
  ).toContain('DAEMON')
  const none = { ...cpu(50), ResourceId: 'service/shop/none' }
  expect(refusal('PutScalingPolicy', none)).toMatch(
    /^ObjectNotFoundException: No scalable target registered for service namespace: ecs, resource ID: service\/shop\/none,/,
  )
  expect(refusal('DeleteScalingPolicy', { PolicyName: 'cpu' })).toContain('ObjectNotFoundException')
  expect(refusal('PutScalingPolicy', { ...cpu(50), PolicyType: 'StepScaling' })).toContain(
    'StepScalingPolicyConfiguration is required',
  )
  call('PutScalingPolicy', cpu(50))
  expect(refusal('PutScalingPolicy', { ...cpu(60), PolicyName: 'other' })).toBe(
    'ValidationException: Only one TargetTrackingScaling policy for a given metric specification is allowed.',
  )
  expect(refusal('DescribeScalingPolicies', { MaxResults: 11 })).toContain('ValidationException')
  expect(refusal('DescribeScalableTargets', { ResourceId: undefined })).toContain('resource ID')
  expect(refusal('DescribeScalingPolicies', { NextToken: 'x' })).toContain(
    'InvalidNextTokenException',
  )
  const ResourceARN = `arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/0`
  expect(refusal('TagResource', { ResourceARN, Tags: {} })).toContain('ResourceNotFoundException')
})
