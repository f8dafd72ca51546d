/** When AWS is asked who scales a service, and how often. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../../src/errors.ts'
import { service } from '../../../src/kinds/service/index.ts'
import type { ServiceState } from '../../../src/kinds/service/state.ts'
import type { Observation } from '../../../src/model.ts'
import { createAccount } from '../looking.ts'

const minute = 60_000

async function account(names: readonly string[] = ['web']) {
  const one = createAccount(service)
  const { aws } = one
  await aws('ecs:CreateCluster', { clusterName: 'shop' })
  await aws('ecs:RegisterTaskDefinition', {
    family: 'web',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 64 }],
  })
  for (const serviceName of names) {
    await aws('ecs:CreateService', {
      cluster: 'shop',
      serviceName,
      taskDefinition: 'web',
      desiredCount: 1,
    })
  }
  return {
    ...one,
    async seen(spec: Record<string, unknown>) {
      const whole = { cluster: 'shop', taskDefinition: 'web', ...spec }
      const answers = await one.look(Object.fromEntries(names.map((name) => [name, whole])))
      return [...answers.values()] as Observation<ServiceState>[]
    },
    scalingReads: () =>
      one.reads.flatMap((read) => (read.startsWith('application-autoscaling:') ? [read] : [])),
    register: (input: object, name = 'web') =>
      aws('application-autoscaling:RegisterScalableTarget', {
        ServiceNamespace: 'ecs',
        ResourceId: `service/shop/${name}`,
        ScalableDimension: 'ecs:service:DesiredCount',
        ...input,
      }),
  }
}

const scalingOf = (answer: Observation<ServiceState> | undefined) =>
  answer?.found === 'yes' ? answer.live.state.scaling : undefined

test.each([
  ['no number is written', {}],
  ['the number is as Git says', { desiredCount: 0 }],
  ['Git describes the target', { desiredCount: 5, scalableTargets: [{ minCapacity: 1 }] }],
])('where %s nobody is asked', async (_what, spec) => {
  const { aws, seen, scalingReads } = await account()
  await aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 0 })
  const [answer] = await seen(spec)
  expect(answer?.found).toBe('yes')
  expect(scalingReads()).toEqual([])
})

test('fifty services in doubt cost one read; what scaled them before is asked for ten of them, once', async () => {
  const names = Array.from({ length: 60 }, (_, n) => `web-${n}`)
  const { seen, scalingReads, register } = await account(names)
  for (const name of names.slice(0, 30)) await register({ MinCapacity: 0, MaxCapacity: 9 }, name)
  const answers = await seen({ desiredCount: 7 })
  expect(scalingReads().sort()).toEqual([
    ...Array(2).fill('application-autoscaling:DescribeScalableTargets'),
    ...Array(10).fill('application-autoscaling:DescribeScalingActivities'),
  ])
  expect(scalingOf(answers[0])).toEqual({ target: { minCapacity: 0, maxCapacity: 9 } })
  expect(scalingOf(answers[59])).toEqual({ left: false })
  await seen({ desiredCount: 7 })
  expect(scalingReads()).toHaveLength(2)
})

test('a number that an autoscaler left behind is told from one that a person set', async () => {
  const { aws, seen, register } = await account()
  await register({ MinCapacity: 3, MaxCapacity: 9 })
  await aws('application-autoscaling:DeregisterScalableTarget', {
    ServiceNamespace: 'ecs',
    ResourceId: 'service/shop/web',
    ScalableDimension: 'ecs:service:DesiredCount',
  })
  expect(scalingOf((await seen({ desiredCount: 1 }))[0])).toEqual({ left: true })
  await aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 4 })
  expect(scalingOf((await seen({ desiredCount: 1 }))[0])).toEqual({ left: false })
})

test('an endpoint without autoscaling scales nothing; a read that fails leaves it open', async () => {
  const { aws, seen, failWith } = await account()
  await aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 4 })
  const fail = (cls: 'unsupported' | 'transient') =>
    failWith((operation) =>
      operation.startsWith('application-autoscaling:')
        ? new AwsFailure(operation, cls, 'Code', 'words')
        : undefined,
    )
  fail('unsupported')
  expect(scalingOf((await seen({ desiredCount: 1 }))[0])).toEqual({ left: false })
  fail('transient')
  expect(scalingOf((await seen({ desiredCount: 1 }))[0])).toEqual({
    unread: 'application-autoscaling:DescribeScalableTargets: words',
  })
})

test('of a service that was deleted by hand it is asked whether a target outlived it', async () => {
  const { aws, seen, wait, scalingReads } = await account()
  await aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 0 })
  wait(minute)
  await aws('ecs:DeleteService', { cluster: 'shop', service: 'web' })
  wait(minute)
  const [gone] = await seen({})
  expect(gone).toEqual({ found: 'no', predecessor: expect.any(String) })
  expect(scalingReads()).toEqual(['application-autoscaling:DescribeScalableTargets'])
  await seen({ desiredCount: 2 })
  expect(scalingReads()).toEqual([])
})
