/** Promise: capacity and networks that are no longer described go in the order that AWS wants, beside what stays. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import { capacity } from './capacity.ts'
import { keys, means } from './means.ts'
import { count, networked, nothing } from './network.ts'
import { cpuPolicy, scaledShop, webTarget } from './scaling.ts'
import { conditions, document, files, minute, said, written } from './shop.ts'

const prune = { maxDeletes: '100%' }

/** Clusters that stay, so that more than half does. */
const spares = Array.from({ length: 20 }, (_, i) => document('Cluster', `spare-${i}`))

test('instances leave a cluster that stays: it lets go of their provider, they shrink to nothing, then their means', async () => {
  const rig = createRig({ prune })
  const base = { service: false as const, more: spares }
  const all = capacity(base)
  await rig.git(all)
  await rig.ready()
  await rig.clock.advance(2 * minute)
  rig.calls.length = 0
  rig.events.length = 0
  const text = Object.values(all)[0] ?? ''
  const rest = text.split('\n---\n').filter((each) => !each.includes('"InstanceGroup"'))
  await rig.git({ 'shop.yaml': rest.join('\n---\n') })
  await rig.ready()
  const operations = [...new Set(written(rig))]
  expect(operations).toEqual([
    'ecs:PutClusterCapacityProviders',
    'ecs:DeleteCapacityProvider',
    'autoscaling:UpdateAutoScalingGroup',
    'autoscaling:DeleteAutoScalingGroup',
    'ec2:DeleteLaunchTemplate',
    'iam:RemoveRoleFromInstanceProfile',
    'iam:DeleteInstanceProfile',
    'iam:DetachRolePolicy',
    'iam:DeleteRole',
  ])
  expect(said(rig, 'DriftDetected')).toEqual([])
  expect(conditions(rig, 'default/Cluster/shop')).toContain('Ready Active')
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a network with groups that name each other', async () => {
  const rig = createRig({ prune })
  const [text = ''] = Object.values(networked())
  const [more = ''] = Object.values(files(...spares))
  await rig.git({ 'net.yaml': text, 'more.yaml': more })
  await rig.ready()
  await rig.clock.advance(2 * minute)
  rig.calls.length = 0
  await rig.git({ 'more.yaml': more })
  await rig.clock.runUntil(() => count(rig).vpcs === 0, 30 * minute)
  expect(count(rig)).toEqual(nothing)
  await rig.ready()
  await rig.stop()
})

test('a repository with images in it stays, and says so', async () => {
  const rig = createRig({ prune })
  const [text = ''] = Object.values(means())
  const [more = ''] = Object.values(files(...spares))
  await rig.git({ 'means.yaml': text, 'more.yaml': more })
  await rig.ready()
  await rig.clock.advance(2 * minute)
  await rig.aws('ecr:PutImage', {
    repositoryName: 'web',
    imageTag: '1',
    imageManifest: JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {},
      layers: [],
    }),
  })
  await rig.git({ 'more.yaml': more })
  await rig.clock.advance(60 * minute)
  expect(conditions(rig, keys.repository)).toContain('Stalled NotEmpty')
  expect(rig.status(keys.role)).toBeUndefined()
  expect(rig.status(keys.template)).toBeUndefined()
  expect(written(rig)).not.toContain('ecr:DeleteRepository')
  await rig.stop()
})

test('who scales a service goes before it; its policy goes with that', async () => {
  const rig = createRig({ prune })
  const [more = ''] = Object.values(files(...spares))
  const [text = ''] = Object.values(scaledShop(undefined, {}, webTarget(), cpuPolicy()))
  await rig.git({ 'shop.yaml': text, 'more.yaml': more })
  await rig.ready()
  await rig.clock.advance(2 * minute)
  rig.calls.length = 0
  await rig.git({ 'more.yaml': more })
  await rig.clock.runUntil(() => said(rig, 'Pruned').length === 3, 30 * minute)
  expect(written(rig).filter((operation) => !operation.includes('TaskDefinition'))).toEqual([
    'application-autoscaling:DeregisterScalableTarget',
    'ecs:DeleteService',
    'ecs:DeleteCluster',
  ])
  await rig.stop()
})

test('what stands before services: the rule, the listener, the balancer, the groups', async () => {
  const rig = createRig({ prune })
  const front = [
    document('LoadBalancer', 'front', {
      subnets: ['subnet-0defa00000000000a', 'subnet-0defa00000000000b'],
    }),
    document('TargetGroup', 'blue', {
      protocol: 'HTTP',
      port: 80,
      vpcId: 'vpc-0defa000000000000',
      targetType: 'ip',
    }),
    document('Listener', 'http', {
      loadBalancerArn: { ref: 'front' },
      protocol: 'HTTP',
      port: 80,
      defaultActions: [{ type: 'fixed-response', fixedResponseConfig: { statusCode: '404' } }],
    }),
    document('ListenerRule', 'web', {
      listenerArn: { ref: 'http' },
      priority: 10,
      conditions: [{ field: 'path-pattern', values: ['/*'] }],
      actions: [{ type: 'forward', targetGroupArn: { ref: 'blue' } }],
    }),
  ]
  await rig.git(files(...spares, ...front))
  await rig.ready()
  await rig.clock.advance(2 * minute)
  rig.calls.length = 0
  await rig.git(files(...spares))
  await rig.clock.runUntil(() => said(rig, 'Pruned').length === 4, 30 * minute)
  expect(written(rig)).toEqual(
    ['DeleteRule', 'DeleteListener', 'DeleteTargetGroup', 'DeleteLoadBalancer'].map(
      (name) => `elasticloadbalancing:${name}`,
    ),
  )
  await rig.stop()
})

test('a confirmed provider leaves its cluster first, though its manifest names it', async () => {
  const rig = createRig()
  const hosts = (annotations: Record<string, string>) =>
    files(
      document('Cluster', 'shop'),
      document('Network', 'net'),
      document(
        'InstanceGroup',
        'hosts',
        { cluster: { ref: 'shop' }, network: { ref: 'net' }, size: { min: 0, max: 1 } },
        annotations,
      ),
    )
  await rig.git(hosts({}))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(hosts({ prune: 'confirmed' }))
  await rig.ready()
  expect(written(rig).slice(0, 4)).toEqual([
    'ecs:PutClusterCapacityProviders',
    'ecs:DeleteCapacityProvider',
    'autoscaling:DeleteAutoScalingGroup',
    'ec2:DeleteLaunchTemplate',
  ])
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(conditions(rig, 'default/CapacityProvider/hosts')).toEqual(['Ready Absent'])
  await rig.stop()
})
