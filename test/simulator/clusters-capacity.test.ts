/** A cluster's capacity providers: association, default strategy, what is refused. */
import { describe, expect, it } from 'vitest'
import { createAccount, serviceRecord } from './account.ts'

describe('capacity providers of a cluster', () => {
  const put = {
    cluster: 'shop',
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [] as object[],
  }

  it('are replaced as a whole, and take a while to attach', () => {
    const account = createAccount()
    account.call('CreateCluster', { clusterName: 'shop' })
    const strategy = [
      { capacityProvider: 'FARGATE', base: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 4 },
    ]
    const { cluster } = account.call('PutClusterCapacityProviders', {
      ...put,
      defaultCapacityProviderStrategy: strategy,
    })
    expect(cluster).toMatchObject({
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 1, weight: 0 },
        { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 4 },
      ],
      attachmentsStatus: 'UPDATE_IN_PROGRESS',
    })
    const busy = /^UpdateInProgressException: The specified cluster is in a busy state/
    expect(account.refusal('PutClusterCapacityProviders', put)).toMatch(busy)
    expect(account.refusal('DeleteCluster', { cluster: 'shop' })).toMatch(busy)
    account.now += 5000
    expect(
      account.call('DescribeClusters', { clusters: ['shop'], include: ['ATTACHMENTS'] }).clusters[0]
        .attachmentsStatus,
    ).toBe('UPDATE_COMPLETE')
    account.call('PutClusterCapacityProviders', { ...put, capacityProviders: [] })
    expect(
      account.call('DescribeClusters', { clusters: ['shop'] }).clusters[0].capacityProviders,
    ).toEqual([])
  })

  it('cannot be taken away while a service uses them', () => {
    const account = createAccount()
    account.call('CreateCluster', { clusterName: 'shop', capacityProviders: ['FARGATE'] })
    account.now += 5000
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE', weight: 1 }]
    account.world.services.set(
      'shop/web',
      serviceRecord({ status: 'ACTIVE', capacityProviderStrategy }, 'shop'),
    )
    expect(
      account.refusal('PutClusterCapacityProviders', {
        ...put,
        capacityProviders: ['FARGATE_SPOT'],
      }),
    ).toBe(
      'ResourceInUseException: The specified capacity provider is in use and cannot be removed.',
    )
  })

  it('are checked', () => {
    const account = createAccount()
    account.call('CreateCluster', { clusterName: 'shop' })
    const refusal = (changes: object) =>
      account.refusal('PutClusterCapacityProviders', { ...put, ...changes })
    const strategy = (...items: object[]) => refusal({ defaultCapacityProviderStrategy: items })
    expect(refusal({ capacityProviders: undefined })).toMatch(/^InvalidParameterException/)
    expect(refusal({ defaultCapacityProviderStrategy: undefined })).toMatch(
      /^InvalidParameterException/,
    )
    expect(refusal({ capacityProviders: ['nobody'] })).toMatch(/'nobody' was not found/)
    expect(strategy({ capacityProvider: 'other' })).toMatch(/not associated with the cluster/)
    expect(strategy({ capacityProvider: 'FARGATE', weight: 1001 })).toMatch(
      /weight .* between 0 and 1000/,
    )
    expect(strategy({ capacityProvider: 'FARGATE', base: 100_001 })).toMatch(
      /base .* between 0 and 100000/,
    )
    expect(strategy({ capacityProvider: 'FARGATE' }, { capacityProvider: 'FARGATE' })).toMatch(
      /only once/,
    )
    expect(strategy({ capacityProvider: 'FARGATE' }, { capacityProvider: 'FARGATE_SPOT' })).toMatch(
      /weight greater than 0/,
    )
    expect(
      strategy(
        { capacityProvider: 'FARGATE', base: 1, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', base: 1 },
      ),
    ).toMatch(/Only one .* base/)
  })

  it('are FARGATE and FARGATE_SPOT in every account', () => {
    const account = createAccount()
    const { capacityProviders } = account.call('DescribeCapacityProviders')
    expect(capacityProviders).toMatchObject([
      { name: 'FARGATE', status: 'ACTIVE' },
      { name: 'FARGATE_SPOT' },
    ])
    expect(
      account.call('DescribeCapacityProviders', { capacityProviders: ['FARGATE', 'mine'] }),
    ).toMatchObject({
      capacityProviders: [
        { capacityProviderArn: 'arn:aws:ecs:eu-central-1:123456789012:capacity-provider/FARGATE' },
      ],
      failures: [
        { arn: 'arn:aws:ecs:eu-central-1:123456789012:capacity-provider/mine', reason: 'MISSING' },
      ],
    })
  })
})

describe('account settings', () => {
  it('are effective by default, and listed as one has set them', () => {
    const account = createAccount()
    expect(account.call('ListAccountSettings').settings).toEqual([])
    const effective = (name: string) =>
      account.call('ListAccountSettings', { name, effectiveSettings: true }).settings[0].value
    expect(effective('taskLongArnFormat')).toBe('enabled')
    account.call('PutAccountSetting', { name: 'containerInsights', value: 'enabled' })
    expect(effective('containerInsights')).toBe('enabled')
    expect(account.call('CreateCluster').cluster.settings[0].value).toBe('disabled')
    account.call('DeleteAccountSetting', { name: 'containerInsights' })
    expect(effective('containerInsights')).toBe('disabled')
    expect(account.call('ListAccountSettings', { effectiveSettings: true })).toMatchObject({
      settings: { length: 10 },
    })
    expect(account.refusal('PutAccountSetting', { name: 'colour', value: 'red' })).toMatch(
      /^InvalidParameterException: Invalid setting name/,
    )
    expect(
      account.refusal('PutAccountSetting', { name: 'containerInsights', value: 'red' }),
    ).toMatch(/Invalid value 'red'/)
  })
})
