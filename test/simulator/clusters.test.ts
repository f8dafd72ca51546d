/** Clusters of the simulator: create, describe, update, delete, and what AWS says no to. */
import { describe, expect, it } from 'vitest'
import type { InstanceRecord } from '../../src/simulator/world.ts'
import { createAccount, serviceRecord, taskRecord } from './account.ts'

const ARN = 'arn:aws:ecs:eu-central-1:123456789012:cluster'

describe('creating', () => {
  it('answers the whole cluster', () => {
    const account = createAccount()
    const { cluster } = account.call('CreateCluster', {
      clusterName: 'shop',
      tags: [{ key: 'team', value: 'a' }],
    })
    expect(cluster).toEqual({
      clusterArn: `${ARN}/shop`,
      clusterName: 'shop',
      status: 'ACTIVE',
      registeredContainerInstancesCount: 0,
      runningTasksCount: 0,
      pendingTasksCount: 0,
      activeServicesCount: 0,
      statistics: [],
      tags: [{ key: 'team', value: 'a' }],
      settings: [{ name: 'containerInsights', value: 'disabled' }],
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
    })
  })

  it('names a cluster without a name default', () => {
    expect(createAccount().call('CreateCluster').cluster.clusterName).toBe('default')
  })

  it('is idempotent by name and ignores what else the second call says', () => {
    const account = createAccount()
    account.call('CreateCluster', { clusterName: 'shop' })
    const again = account.call('CreateCluster', {
      clusterName: 'shop',
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      tags: [{ key: 'a', value: 'b' }],
    })
    expect(again.cluster).toMatchObject({
      settings: [{ name: 'containerInsights', value: 'disabled' }],
      tags: [],
    })
  })

  it('makes a deleted name a fresh cluster', () => {
    const account = createAccount()
    account.call('CreateCluster', {
      clusterName: 'shop',
      capacityProviders: ['FARGATE'],
      tags: [{ key: 'a', value: 'b' }],
    })
    account.now += 10_000
    account.call('DeleteCluster', { cluster: 'shop' })
    const { cluster } = account.call('CreateCluster', { clusterName: 'shop' })
    expect(cluster).toMatchObject({ status: 'ACTIVE', capacityProviders: [], tags: [] })
  })

  it('refuses bad names, settings and tags without creating anything', () => {
    const account = createAccount()
    const refusals = [
      [
        { clusterName: 'a b' },
        'InvalidParameterException: Cluster must match ^[a-zA-Z0-9\\-_]{1,255}$, but was a b',
      ],
      [{ clusterName: 'x'.repeat(256) }, /^InvalidParameterException: Cluster must match/],
      [
        { clusterName: 'shop', settings: [{ name: 'containerInsights', value: 'maybe' }] },
        /^InvalidParameterException: Invalid value/,
      ],
      [
        { clusterName: 'shop', settings: [{ name: 'speed', value: 'enabled' }] },
        /^InvalidParameterException: Invalid setting name/,
      ],
      [
        { clusterName: 'shop', tags: [{ key: 'aws:x', value: '' }] },
        /^InvalidParameterException: Tag keys that start with/,
      ],
      [
        { clusterName: 'shop', capacityProviders: ['mine'] },
        /^InvalidParameterException: The specified capacity provider 'mine' was not found/,
      ],
    ] as const
    for (const [input, text] of refusals)
      expect(account.refusal('CreateCluster', input)).toMatch(text)
    expect(account.call('ListClusters').clusterArns).toEqual([])
  })

  it('takes the account default for Container Insights', () => {
    const account = createAccount()
    account.call('PutAccountSettingDefault', { name: 'containerInsights', value: 'enhanced' })
    expect(account.call('CreateCluster').cluster.settings).toEqual([
      { name: 'containerInsights', value: 'enhanced' },
    ])
  })
})

describe('describing', () => {
  it('shows only what include asks for', () => {
    const account = createAccount()
    account.call('CreateCluster', {
      clusterName: 'shop',
      configuration: { executeCommandConfiguration: { logging: 'DEFAULT' } },
      capacityProviders: ['FARGATE'],
      tags: [{ key: 'a', value: 'b' }],
    })
    const describe = (...include: string[]) =>
      account.call('DescribeClusters', { clusters: ['shop'], include }).clusters[0]
    const bare = describe()
    expect(bare).toMatchObject({
      settings: [],
      tags: [],
      statistics: [],
      capacityProviders: ['FARGATE'],
    })
    for (const member of ['configuration', 'attachments', 'attachmentsStatus'])
      expect(bare).not.toHaveProperty(member)
    expect(describe('SETTINGS').settings).toHaveLength(1)
    expect(describe('TAGS').tags).toEqual([{ key: 'a', value: 'b' }])
    expect(describe('CONFIGURATIONS').configuration).toEqual({
      executeCommandConfiguration: { logging: 'DEFAULT' },
    })
    expect(describe('ATTACHMENTS')).toMatchObject({
      attachments: [],
      attachmentsStatus: 'UPDATE_IN_PROGRESS',
    })
    expect(describe('STATISTICS').statistics).toContainEqual({
      name: 'runningFargateTasksCount',
      value: '0',
    })
  })

  it('answers unknown clusters as failures, and default when none is named', () => {
    const account = createAccount()
    account.call('CreateCluster')
    expect(account.call('DescribeClusters').clusters).toHaveLength(1)
    const other = `${ARN.replace('eu-central-1', 'us-east-1')}/default`
    const { clusters, failures } = account.call('DescribeClusters', {
      clusters: ['none', 'default', other, `${ARN}/default`],
    })
    expect(clusters).toHaveLength(2)
    expect(failures).toEqual([
      { arn: `${ARN}/none`, reason: 'MISSING' },
      { arn: other, reason: 'MISSING' },
    ])
    expect(account.refusal('DescribeClusters', { clusters: Array(101).fill('x') })).toMatch(
      /^InvalidParameterException/,
    )
  })

  it('counts tasks, services and instances', () => {
    const account = createAccount()
    const { world } = account
    account.call('CreateCluster')
    const states = ['RUNNING', 'RUNNING', 'PENDING', 'PROVISIONING', 'STOPPED', 'DEPROVISIONING']
    for (const [index, lastStatus] of states.entries()) {
      world.tasks.set(String(index), taskRecord({ lastStatus, launchType: 'FARGATE' }))
    }
    world.tasks.set('elsewhere', taskRecord({ lastStatus: 'RUNNING' }, 'other'))
    world.services.set('default/a', serviceRecord({ status: 'ACTIVE' }))
    world.services.set('default/b', serviceRecord({ status: 'DRAINING' }))
    world.instances.set('i', {
      instance: { status: 'DRAINING' },
      clusterName: 'default',
    } as InstanceRecord)
    const cluster = account.call('DescribeClusters', { include: ['STATISTICS'] }).clusters[0]
    expect(cluster).toMatchObject({
      runningTasksCount: 2,
      pendingTasksCount: 2,
      activeServicesCount: 1,
      registeredContainerInstancesCount: 1,
    })
    expect(cluster.statistics).toEqual(
      expect.arrayContaining([
        { name: 'runningFargateTasksCount', value: '2' },
        { name: 'pendingFargateTasksCount', value: '2' },
        { name: 'runningEC2TasksCount', value: '0' },
        { name: 'activeEC2ServiceCount', value: '1' },
        { name: 'drainingEC2ServiceCount', value: '1' },
      ]),
    )
  })

  it('lists in pages, without INACTIVE ones', () => {
    const account = createAccount()
    for (const clusterName of ['c', 'a', 'b']) account.call('CreateCluster', { clusterName })
    account.call('DeleteCluster', { cluster: 'b' })
    const first = account.call('ListClusters', { maxResults: 1 })
    expect(first.clusterArns).toEqual([`${ARN}/a`])
    expect(account.call('ListClusters', { maxResults: 1, nextToken: first.nextToken })).toEqual({
      clusterArns: [`${ARN}/c`],
      nextToken: undefined,
    })
  })
})

describe('changing', () => {
  it('keeps what UpdateCluster leaves out', () => {
    const account = createAccount()
    account.call('CreateCluster', {
      clusterName: 'shop',
      configuration: { executeCommandConfiguration: { logging: 'NONE' } },
    })
    const settings = [{ name: 'containerInsights', value: 'enabled' }]
    const serviceConnectDefaults = { namespace: 'internal' }
    const { cluster } = account.call('UpdateCluster', {
      cluster: `${ARN}/shop`,
      settings,
      serviceConnectDefaults,
    })
    expect(cluster).toMatchObject({
      settings,
      configuration: { executeCommandConfiguration: { logging: 'NONE' } },
    })
    expect(cluster.serviceConnectDefaults.namespace).toMatch(
      /^arn:aws:servicediscovery:eu-central-1:123456789012:namespace\/ns-/,
    )
    const cleared = account.call('UpdateCluster', {
      cluster: 'shop',
      serviceConnectDefaults: { namespace: '' },
    }).cluster
    expect(cleared.serviceConnectDefaults).toBeUndefined()
    expect(
      account.call('UpdateClusterSettings', {
        cluster: 'shop',
        settings: [{ name: 'containerInsights', value: 'disabled' }],
      }).cluster.settings,
    ).toEqual([{ name: 'containerInsights', value: 'disabled' }])
  })

  it('needs an ACTIVE cluster', () => {
    const account = createAccount()
    expect(account.refusal('UpdateCluster', { cluster: 'none' })).toBe(
      'ClusterNotFoundException: Cluster not found.',
    )
    account.call('CreateCluster', { clusterName: 'shop' })
    account.call('DeleteCluster', { cluster: 'shop' })
    expect(account.refusal('UpdateCluster', { cluster: 'shop' })).toBe(
      'ClusterNotFoundException: The referenced cluster was inactive.',
    )
    const elsewhere = 'arn:aws:ecs:eu-central-1:999999999999:cluster/shop'
    expect(account.refusal('UpdateCluster', { cluster: elsewhere })).toBe(
      'InvalidParameterException: Invalid identifier: Identifier is for 999999999999. Your accountId is 123456789012',
    )
  })
})

describe('deleting', () => {
  it('leaves an INACTIVE cluster that is described for an hour', () => {
    const account = createAccount()
    account.call('CreateCluster', { clusterName: 'shop' })
    expect(account.call('DeleteCluster', { cluster: 'shop' }).cluster.status).toBe('INACTIVE')
    account.now += 3_599_999
    expect(account.call('DescribeClusters', { clusters: ['shop'] }).clusters).toMatchObject([
      { status: 'INACTIVE' },
    ])
    account.now += 1
    expect(account.call('DescribeClusters', { clusters: ['shop'] }).failures).toMatchObject([
      { reason: 'MISSING' },
    ])
    expect(account.refusal('DeleteCluster', { cluster: 'shop' })).toBe(
      'ClusterNotFoundException: Cluster not found.',
    )
  })

  it('refuses a cluster that holds something', () => {
    const { world, call, refusal } = createAccount()
    call('CreateCluster')
    world.tasks.set('t', taskRecord({ lastStatus: 'PENDING' }))
    expect(refusal('DeleteCluster', { cluster: 'default' })).toBe(
      'ClusterContainsTasksException: The Cluster cannot be deleted while Tasks are active.',
    )
    world.services.set('default/s', serviceRecord({ status: 'ACTIVE' }))
    expect(refusal('DeleteCluster', { cluster: 'default' })).toBe(
      'ClusterContainsServicesException: The Cluster cannot be deleted while Services are active.',
    )
    world.instances.set('i', {
      instance: { status: 'ACTIVE' },
      clusterName: 'default',
    } as InstanceRecord)
    expect(refusal('DeleteCluster', { cluster: 'default' })).toBe(
      'ClusterContainsContainerInstancesException: The Cluster cannot be deleted while Container Instances are active or draining.',
    )
  })
})
