/** Promise: an instance that came before its capacity provider is no capacity that nothing uses: another takes its place. */
import { expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import { AwsFailure } from '../../src/errors.ts'
import { createRig, type Rig } from '../rig.ts'
import { capacity, groupOf, hosts, registered } from './capacity.ts'
import { minute } from './shop.ts'

/** Capacity providers may not be created until somebody allows it. */
function notYet(): { layer: Layer; allow: () => void } {
  let allowed = false
  const layer: Layer = (next) => (operation, input, options) =>
    operation === 'ecs:CreateCapacityProvider' && !allowed
      ? Promise.reject(new AwsFailure(operation, 'denied', 'AccessDeniedException', 'no'))
      : next(operation, input, options)
  const allow = () => {
    allowed = true
  }
  return { layer, allow }
}

const one = { hosts: { size: { min: 1, max: 1 } } }
const terminations = (rig: Rig) =>
  rig.writes().filter(({ operation }) => operation.startsWith('autoscaling:Terminate'))

test('it is replaced once the provider is there, while it runs nothing; then it is quiet', async () => {
  const { layer, allow } = notYet()
  const rig = createRig({ layer })
  await rig.git(capacity(one))
  await rig.clock.advance(10 * minute)
  const [early] = hosts(rig)
  expect(registered(rig)).toEqual(['undefined 0'])
  expect(terminations(rig)).toEqual([])
  allow()
  await rig.clock.advance(20 * minute)
  await rig.ready(60 * minute)
  expect(terminations(rig).map(({ input }) => input)).toEqual([
    { InstanceId: early!.instance.InstanceId, ShouldDecrementDesiredCapacity: false },
  ])
  expect(registered(rig)).toEqual(['hosts 2'])
  expect(groupOf(rig)?.group.DesiredCapacity).toBe(1)
  const said = rig.events.filter(({ message }) => message.includes('registered earlier'))
  expect(said.map(({ reason }) => reason)).toEqual(['DriftDetected', 'Updated'])
  rig.calls.length = 0
  await rig.clock.advance(30 * minute)
  expect(rig.writes()).toEqual([])
  await rig.stop()
})

test('instances of a group without a provider, or of somebody else, are left alone', async () => {
  const rig = createRig()
  const subnets = ['subnet-0defa00000000000a']
  const apart = {
    apiVersion: 'fairlead.dev/v1alpha1',
    kind: 'InstanceGroup',
    metadata: { name: 'apart' },
    spec: { cluster: { ref: 'shop' }, subnets, size: { min: 1, max: 1 }, capacityProvider: false },
  }
  await rig.git(capacity({ more: [apart] }))
  await rig.ready()
  await rig.clock.advance(10 * minute)
  expect(registered(rig).sort()).toEqual(['hosts 2', 'undefined 0'])
  rig.calls.length = 0
  await rig.clock.advance(30 * minute)
  expect(rig.writes()).toEqual([])
  // They were looked up once; what is left are the looks at the provider itself.
  const looks = rig.reads().filter(({ operation }) => operation === 'ecs:DescribeCapacityProviders')
  expect(looks.filter(({ input }) => !input.include)).toEqual([])
  await rig.stop()
})

test('one that runs tasks is spared, whoever placed them', async () => {
  const { layer, allow } = notYet()
  const rig = createRig({ layer })
  await rig.git(capacity({ ...one, service: false }))
  await rig.clock.advance(10 * minute)
  await rig.aws('ecs:RegisterTaskDefinition', {
    family: 'guest',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 64 }],
  })
  await rig.aws('ecs:RunTask', { cluster: 'shop', taskDefinition: 'guest', launchType: 'EC2' })
  allow()
  await rig.clock.advance(30 * minute)
  expect(registered(rig)).toEqual(['undefined 1'])
  expect(terminations(rig)).toEqual([])
  await rig.stop()
})
