/** Manifests that count as items of a list of another, and what comes first where a list refers to a composite. */
import { expect, test } from 'vitest'
import { composites, kinds } from '../../src/kinds/index.ts'
import { createManifestCache, readManifests } from '../../src/reconcile/manifest.ts'
import { snapshotOf } from '../rig.ts'
import { document, files } from '../scenario/shop.ts'

const read = (...documents: object[]) =>
  readManifests(snapshotOf(files(...documents)), kinds, createManifestCache(), composites)

const group = { minSize: 0, maxSize: 1, launchTemplate: { launchTemplateId: 'lt-1' } }
const provider = (name: string, cluster: object, namespace?: string) => [
  document('AutoScalingGroup', name, { ...group, vpcZoneIdentifier: ['subnet-1'] }, {}, namespace),
  document(
    'CapacityProvider',
    name,
    { cluster, autoScalingGroupProvider: { autoScalingGroupArn: { ref: name } } },
    {},
    namespace,
  ),
]

test('a provider that names a cluster is one of its providers, once, and by a late reference', async () => {
  const { manifests, references, problems } = await read(
    document('Cluster', 'shop', { capacityProviders: ['FARGATE', { ref: 'b' }] }),
    ...provider('b', { ref: 'shop' }),
    ...provider('a', { ref: 'shop' }),
  )
  expect(problems).toEqual([])
  const shop = manifests.find(({ kind }) => kind === 'Cluster')
  expect(shop?.spec.capacityProviders).toEqual([
    'FARGATE',
    { ref: 'b' },
    { ref: 'default/CapacityProvider/a' },
  ])
  expect(references['default/Cluster/shop']).toMatchObject([
    { to: 'default/CapacityProvider/b', late: true, orders: false },
    { to: 'default/CapacityProvider/a', late: true, orders: false },
  ])
})

test('the cluster is another one for it: its digest moves', async () => {
  const digest = async (...more: object[]) => {
    const { manifests } = await read(document('Cluster', 'shop'), ...more)
    return manifests.find(({ kind }) => kind === 'Cluster')?.digest
  }
  const bare = await digest()
  expect(await digest(...provider('a', { ref: 'shop' }))).not.toBe(bare)
  expect(await digest()).toBe(bare)
})

test('a target that names a service gives it its bounds, and no reference', async () => {
  const target = (name: string, spec: object) =>
    document('ScalableTarget', name, { resourceId: { ref: 'web' }, ...spec })
  const { manifests, references } = await read(
    document('Service', 'web', { taskDefinition: 'web', cluster: 'shop' }),
    document('Service', 'api', { taskDefinition: 'web', cluster: 'shop' }),
    target('web', { minCapacity: 1, maxCapacity: 3, tags: [{ key: 'team', value: 'shop' }] }),
  )
  const specOf = (name: string) => manifests.find((one) => one.name === name)?.spec
  expect(specOf('web')?.scalableTargets).toEqual([{ minCapacity: 1, maxCapacity: 3 }])
  expect(specOf('api')).not.toHaveProperty('scalableTargets')
  expect(references['default/Service/web']).toEqual([])
})

test('what ECS deploys a service by knows its target groups, by absolute references', async () => {
  const rolling = { strategy: 'ROLLING' }
  const service = (name: string, to: string, deploymentConfiguration: object) =>
    document('Service', name, {
      taskDefinition: 'web',
      cluster: 'shop',
      deploymentConfiguration,
      loadBalancers: [
        {
          targetGroupArn: { ref: 'blue' },
          containerName: 'app',
          containerPort: 80,
          advancedConfiguration: {
            alternateTargetGroupArn: 'arn:green',
            productionListenerRule: { ref: to },
            roleArn: 'arn:aws:iam::123456789012:role/shift',
          },
        },
      ],
    })
  const defaultActions = [{ type: 'fixed-response', fixedResponseConfig: { statusCode: '404' } }]
  const { manifests, problems } = await read(
    document('TargetGroup', 'blue', { protocol: 'TCP', port: 80, vpcId: 'vpc-1' }),
    ...['net', 'idle'].map((name, index) =>
      document('Listener', name, {
        loadBalancerArn: 'arn:lb',
        protocol: 'TCP',
        port: 80 + index,
        defaultActions,
      }),
    ),
    document('ListenerRule', 'web', {
      listenerArn: { ref: 'net' },
      priority: 1,
      conditions: [{ field: 'path-pattern', values: ['/*'] }],
      actions: defaultActions,
    }),
    service('a', 'web', { strategy: 'CANARY' }),
    service('b', 'Listener/net', { strategy: 'BLUE_GREEN' }),
    service('c', 'Listener/idle', rolling),
  )
  expect(problems).toEqual([])
  const delegatesOf = (kind: string, name: string) =>
    manifests.find((one) => one.kind === kind && one.name === name)?.spec.delegates
  const targetGroupArns = [{ ref: 'default/TargetGroup/blue' }, 'arn:green']
  expect(delegatesOf('ListenerRule', 'web')).toEqual([
    { service: 'a', strategy: 'CANARY', targetGroupArns },
  ])
  expect(delegatesOf('Listener', 'net')).toEqual([
    { service: 'b', strategy: 'BLUE_GREEN', targetGroupArns },
  ])
  expect(delegatesOf('Listener', 'idle')).toBeUndefined()
})

test('a cluster that is not described is said so', async () => {
  const { problems } = await read(...provider('a', { ref: 'shop' }))
  expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
    'RefersToNothing spec.cluster',
  ])
})

test('what starts in the subnets of a network comes after its routes; what only needs the VPC does not', async () => {
  const { references, problems } = await read(
    document('Network', 'net'),
    document('AutoScalingGroup', 'hosts', {
      ...group,
      vpcZoneIdentifier: [{ ref: 'Network/net' }],
    }),
    document('SecurityGroup', 'web', { vpcId: { ref: 'Network/net' }, description: 'web' }),
  )
  expect(problems).toEqual([])
  const ordered = (key: string) =>
    (references[key] ?? []).flatMap(({ to, orders }) => (orders ? [to.slice(8)] : []))
  expect(new Set(ordered('default/AutoScalingGroup/hosts'))).toEqual(
    new Set(['Subnet/net-a', 'Subnet/net-b', 'Vpc/net', 'InternetGateway/net', 'RouteTable/net']),
  )
  expect(ordered('default/SecurityGroup/web')).toEqual(['Vpc/net'])
})
