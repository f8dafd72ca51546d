/** Tags of ECS resources and the tagging API over them. */
import { describe, expect, it } from 'vitest'
import { type Account, createAccount, definition, START } from './account.ts'

const CLUSTER = 'arn:aws:ecs:eu-central-1:123456789012:cluster/shop'
const DEFINITION = 'arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1'

function shop(): Account {
  const account = createAccount()
  account.call('CreateCluster', {
    clusterName: 'shop',
    tags: [
      { key: 'team', value: 'a' },
      { key: 'stage', value: 'prod' },
    ],
  })
  account.call('RegisterTaskDefinition', definition({ tags: [{ key: 'team', value: 'b' }] }))
  account.call('RegisterTaskDefinition', definition())
  return account
}

describe('tags on ECS resources', () => {
  it('come at creation, beside a task definition and never inside it', () => {
    const account = shop()
    const described = account.call('DescribeTaskDefinition', {
      taskDefinition: 'web:1',
      include: ['TAGS'],
    })
    expect(described.tags).toEqual([{ key: 'team', value: 'b' }])
    expect(described.taskDefinition).not.toHaveProperty('tags')
    expect(account.call('DescribeTaskDefinition', { taskDefinition: 'web:1' })).not.toHaveProperty(
      'tags',
    )
    expect(
      account.call('DescribeTaskDefinition', { taskDefinition: 'web:2', include: ['TAGS'] }).tags,
    ).toEqual([])
  })

  it('are added, changed and taken away', () => {
    const account = shop()
    const tags = () => account.call('ListTagsForResource', { resourceArn: CLUSTER }).tags
    account.call('TagResource', {
      resourceArn: CLUSTER,
      tags: [
        { key: 'team', value: 'c' },
        { key: 'new', value: '' },
      ],
    })
    expect(tags()).toEqual([
      { key: 'team', value: 'c' },
      { key: 'stage', value: 'prod' },
      { key: 'new', value: '' },
    ])
    account.call('UntagResource', { resourceArn: CLUSTER, tagKeys: ['team', 'nobody'] })
    expect(tags()).toEqual([
      { key: 'stage', value: 'prod' },
      { key: 'new', value: '' },
    ])
  })

  it('keep the rules', () => {
    const account = shop()
    const refusal = (...tags: object[]) =>
      account.refusal('TagResource', { resourceArn: CLUSTER, tags })
    expect(refusal({ key: '', value: 'x' })).toMatch(/between 1 and 128/)
    expect(refusal({ key: 'k'.repeat(129) })).toMatch(/between 1 and 128/)
    expect(refusal({ key: 'k', value: 'v'.repeat(257) })).toMatch(/longer than 256/)
    expect(refusal({ key: 'AWS:k', value: '' })).toMatch(/reserved/)
    expect(refusal({ key: 'k{}', value: '' })).toMatch(/invalid characters/)
    expect(refusal({ key: 'k', value: '1' }, { key: 'k', value: '2' })).toMatch(/Duplicate/)
    const many = Array.from({ length: 49 }, (_, index) => ({ key: `k${index}`, value: '' }))
    expect(refusal(...many)).toMatch(/at most 50/)
    account.call('TagResource', { resourceArn: CLUSTER, tags: many.slice(1) })
    expect(account.call('ListTagsForResource', { resourceArn: CLUSTER }).tags).toHaveLength(50)
  })

  it('need a resource that is there, by its long ARN', () => {
    const account = shop()
    const refusal = (resourceArn: string) =>
      account.refusal('TagResource', { resourceArn, tags: [] })
    const at = 'arn:aws:ecs:eu-central-1:123456789012'
    expect(refusal(`${at}:cluster/none`)).toBe('ClusterNotFoundException: Cluster not found.')
    expect(refusal(`${at}:service/web`)).toBe(
      'InvalidParameterException: Long arn format must be used for tagging operations',
    )
    for (const unknown of [
      'service/shop/web',
      'task-definition/web:9',
      'task/shop/1',
      'container-instance/shop/1',
      'gadget/x',
    ]) {
      expect(refusal(`${at}:${unknown}`)).toMatch(
        /^InvalidParameterException: The specified .* was not found/,
      )
    }
    expect(refusal('shop')).toMatch(/malformed/)
    expect(refusal(CLUSTER.replace('123456789012', '999999999999'))).toMatch(
      /Identifier is for 999999999999/,
    )
  })
})

describe('the tagging API', () => {
  const found = (account: Account, input: object = {}): string[] =>
    account
      .call('GetResources', input)
      .ResourceTagMappingList.map((mapping: { ResourceARN: string }) =>
        mapping.ResourceARN.split(':').slice(5).join(':'),
      )

  it('lists what has or had tags', () => {
    const account = shop()
    expect(account.call('GetResources')).toEqual({
      PaginationToken: '',
      ResourceTagMappingList: [
        {
          ResourceARN: CLUSTER,
          Tags: [
            { Key: 'team', Value: 'a' },
            { Key: 'stage', Value: 'prod' },
          ],
        },
        { ResourceARN: DEFINITION, Tags: [{ Key: 'team', Value: 'b' }] },
      ],
    })
    account.call('UntagResource', { resourceArn: DEFINITION, tagKeys: ['team'] })
    expect(found(account)).toEqual(['cluster/shop', 'task-definition/web:1'])
    expect(
      account.call('GetResources', { ResourceARNList: [DEFINITION] }).ResourceTagMappingList[0]
        .Tags,
    ).toEqual([])
  })

  it('keeps INACTIVE task definitions and forgets deleted clusters', () => {
    const account = shop()
    account.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' })
    account.call('DeleteCluster', { cluster: 'shop' })
    expect(found(account)).toEqual(['task-definition/web:1'])
    account.call('DeleteTaskDefinitions', { taskDefinitions: ['web:1'] })
    expect(found(account)).toEqual([])
  })

  it('joins keys by and, values by or, types by or', () => {
    const account = shop()
    const by = (...TagFilters: object[]) => found(account, { TagFilters })
    expect(by({ Key: 'team' })).toHaveLength(2)
    expect(by({ Key: 'team', Values: ['b', 'c'] })).toEqual(['task-definition/web:1'])
    expect(by({ Key: 'team', Values: ['a', 'b'] }, { Key: 'stage' })).toEqual(['cluster/shop'])
    expect(by({ Key: 'none' })).toEqual([])
    expect(found(account, { ResourceTypeFilters: ['ecs:task-definition'] })).toEqual([
      'task-definition/web:1',
    ])
    expect(found(account, { ResourceTypeFilters: ['ecs:service', 'ecs:cluster'] })).toEqual([
      'cluster/shop',
    ])
    expect(found(account, { ResourceTypeFilters: ['ecs'] })).toHaveLength(2)
    expect(found(account, { ResourceTypeFilters: ['ec2:instance'] })).toEqual([])
  })

  it('comes in pages of at most 100', () => {
    const account = createAccount()
    for (let i = 0; i < 101; i++) {
      account.call('CreateCluster', {
        clusterName: `c${i}`,
        tags: [{ key: 'n', value: String(i) }],
      })
    }
    const first = account.call('GetResources')
    expect(first.ResourceTagMappingList).toHaveLength(100)
    expect(found(account, { PaginationToken: first.PaginationToken })).toEqual(['cluster/c99'])
    expect(account.refusal('GetResources', { ResourcesPerPage: 101 })).toMatch(
      /^InvalidParameterException/,
    )
    expect(account.refusal('GetResources', { PaginationToken: 'mine' })).toMatch(
      /^PaginationTokenExpiredException/,
    )
    expect(
      account.refusal('GetResources', { ResourceARNList: [CLUSTER], TagFilters: [{ Key: 'a' }] }),
    ).toMatch(/^InvalidParameterException/)
  })

  it('knows keys and values, and tags many at once with failures beside', () => {
    const account = shop()
    expect(account.call('GetTagKeys').TagKeys).toEqual(['stage', 'team'])
    expect(account.call('GetTagValues', { Key: 'team' }).TagValues).toEqual(['a', 'b'])
    const { FailedResourcesMap } = account.call('TagResources', {
      ResourceARNList: [CLUSTER, `${CLUSTER}2`],
      Tags: { a: 'b' },
    })
    expect(FailedResourcesMap).toMatchObject({ [`${CLUSTER}2`]: { StatusCode: 400 } })
    expect(Object.keys(FailedResourcesMap)).toHaveLength(1)
    account.call('UntagResources', { ResourceARNList: [CLUSTER], TagKeys: ['a'] })
    expect(account.call('GetTagKeys').TagKeys).toEqual(['stage', 'team'])
  })
})

describe('STS', () => {
  it('says who is calling', () => {
    expect(createAccount().call('GetCallerIdentity')).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/simulator',
    })
  })

  it('lets any well-formed role be assumed', () => {
    const account = createAccount()
    const role = { RoleArn: 'arn:aws:iam::210987654321:role/path/deploy', RoleSessionName: 'fair' }
    const { Credentials, AssumedRoleUser } = account.call('AssumeRole', role)
    expect(Credentials).toMatchObject({
      AccessKeyId: expect.stringMatching(/^ASIA[0-9A-Z]{16}$/),
      Expiration: new Date(START + 3_600_000),
    })
    expect(AssumedRoleUser.Arn).toBe('arn:aws:sts::210987654321:assumed-role/deploy/fair')
    expect(account.refusal('AssumeRole', { ...role, RoleArn: 'deploy' })).toMatch(
      /^ValidationError: deploy is invalid/,
    )
    expect(account.refusal('AssumeRole', { ...role, RoleSessionName: 'a b' })).toMatch(
      /^ValidationError/,
    )
    expect(account.refusal('AssumeRole', { ...role, DurationSeconds: 899 })).toMatch(
      /greater than or equal to 900/,
    )
    expect(account.refusal('AssumeRole', { ...role, DurationSeconds: 43_201 })).toMatch(
      /MaxSessionDuration/,
    )
  })
})
