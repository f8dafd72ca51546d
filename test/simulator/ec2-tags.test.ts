/** Tags of EC2 resources, filters by them, pages, DryRun, throttling. */
import { describe, expect, it, test } from 'vitest'
import { aws } from './aws.ts'
import { network } from './ec2-network.ts'

function ids(vpcs: { VpcId: string }[]): string[] {
  return vpcs.map(({ VpcId }) => VpcId)
}

describe('tags', () => {
  it('are there from the creation on, and are found by filters with wildcards', () => {
    const { call } = aws()
    const tagged = (Value: string) =>
      call('ec2:CreateVpc', {
        CidrBlock: '10.0.0.0/16',
        TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value }] }],
      }).Vpc
    const shop = tagged('shop.eu')
    const desk = tagged('shop-eu')
    expect(shop.Tags).toEqual([{ Key: 'Name', Value: 'shop.eu' }])
    const found = (Name: string, ...Values: string[]) =>
      ids(call('ec2:DescribeVpcs', { Filters: [{ Name, Values }] }).Vpcs)
    expect(found('tag:Name', 'shop.eu')).toEqual([shop.VpcId])
    expect(found('tag:Name', 'shop*').sort()).toEqual([shop.VpcId, desk.VpcId].sort())
    expect(found('tag:Name', 'shop?eu')).toHaveLength(2)
    expect(found('tag-key', 'Name')).toHaveLength(2)
    const starred = tagged('shop*')
    expect(found('tag:Name', 'shop\\*')).toEqual([starred.VpcId])
    expect(found('tag:name', 'shop.eu')).toEqual([])
    expect(found('tag:Name', 'none', 'shop-eu')).toEqual([desk.VpcId])
  })

  it('are changed, listed and taken away', () => {
    const { call, vpcId, subnetIds } = network()
    const Resources = [vpcId, subnetIds[0]]
    call('ec2:CreateTags', {
      Resources,
      Tags: [
        { Key: 'team', Value: 'shop' },
        { Key: 'stage', Value: 'test' },
      ],
    })
    call('ec2:CreateTags', { Resources: [vpcId], Tags: [{ Key: 'team', Value: 'desk' }] })
    const byKey = { Filters: [{ Name: 'key', Values: ['team'] }] }
    const { Tags } = call('ec2:DescribeTags', byKey)
    expect(Tags).toHaveLength(2)
    expect(Tags).toContainEqual({
      ResourceType: 'vpc',
      ResourceId: vpcId,
      Key: 'team',
      Value: 'desk',
    })
    call('ec2:DeleteTags', {
      Resources,
      Tags: [{ Key: 'team', Value: 'shop' }, { Key: 'stage' }],
    })
    const left = (id: string) =>
      call('ec2:DescribeTags', { Filters: [{ Name: 'resource-id', Values: [id] }] }).Tags
    expect(left(vpcId)).toMatchObject([{ Key: 'team', Value: 'desk' }])
    expect(left(subnetIds[0])).toEqual([])
    call('ec2:DeleteTags', { Resources: [vpcId] })
    expect(left(vpcId)).toEqual([])
  })

  it('are the tagging API’s too, until their resource is deleted', () => {
    const on = network()
    const { call, groupId } = on
    const arn = `arn:aws:ec2:us-east-1:123456789012:security-group/${groupId}`
    call('tag:TagResources', { ResourceARNList: [arn], Tags: { team: 'shop' } })
    const listed = () => {
      on.later(10)
      return call('tag:GetResources', { ResourceTypeFilters: ['ec2:security-group'] })
        .ResourceTagMappingList
    }
    expect(listed()).toEqual([{ ResourceARN: arn, Tags: [{ Key: 'team', Value: 'shop' }] }])
    call('tag:UntagResources', { ResourceARNList: [arn], TagKeys: ['team'] })
    expect(listed()).toEqual([{ ResourceARN: arn, Tags: [] }])
    call('ec2:DeleteSecurityGroup', { GroupId: groupId })
    expect(listed()).toEqual([])
    const { FailedResourcesMap } = call('tag:TagResources', {
      ResourceARNList: [arn, 'arn:aws:sqs:us-east-1:123456789012:queue'],
      Tags: { team: 'shop' },
    })
    expect(Object.keys(FailedResourcesMap)).toHaveLength(2)
  })

  it('of AWS’s own stay, whoever takes all away', () => {
    const on = network()
    const own = { 'aws:cloudformation:stack-name': 'shop' }
    const arn = `arn:aws:ec2:us-east-1:123456789012:vpc/${on.vpcId}`
    on.sim.world().tags.set(arn, { ...own, team: 'shop' })
    on.call('ec2:DeleteTags', { Resources: [on.vpcId] })
    expect(on.sim.world().tags.get(arn)).toEqual(own)
  })

  it('can be given to launch templates', () => {
    const { call } = aws()
    const { LaunchTemplateId } = call('ec2:CreateLaunchTemplate', {
      LaunchTemplateName: 'host',
      LaunchTemplateData: { InstanceType: 'm5.large' },
    }).LaunchTemplate
    call('ec2:CreateTags', { Resources: [LaunchTemplateId], Tags: [{ Key: 'a', Value: 'b' }] })
    const { LaunchTemplates } = call('ec2:DescribeLaunchTemplates')
    expect(LaunchTemplates[0].Tags).toEqual([{ Key: 'a', Value: 'b' }])
    expect(call('ec2:DescribeTags').Tags[0].ResourceType).toBe('launch-template')
  })

  test.each([
    ['no resource', [], [{ Key: 'a' }], /^MissingParameter/],
    ['no tag', undefined, [], /^MissingParameter/],
    [
      'an id of no kind',
      ['foo-123'],
      [{ Key: 'a' }],
      /^InvalidID \(400\): The ID 'foo-123' is not/,
    ],
    [
      'an unknown id',
      ['igw-00000000000000000'],
      [{ Key: 'a' }],
      /^InvalidInternetGatewayID.NotFound/,
    ],
    ['AWS’s own keys', undefined, [{ Key: 'aws:a' }], /reserved for internal use/],
    ['an empty key', undefined, [{ Key: '' }], /^InvalidParameterValue/],
    ['a key that is too long', undefined, [{ Key: 'x'.repeat(128) }], /127 characters/],
    [
      'a value that is too long',
      undefined,
      [{ Key: 'a', Value: 'x'.repeat(256) }],
      /255 characters/,
    ],
    ['a key twice', undefined, [{ Key: 'a' }, { Key: 'a' }], /Duplicate tag key 'a'/],
    [
      'too many',
      undefined,
      Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}` })),
      /^TagLimitExceeded/,
    ],
  ])('with %s are refused, and nothing is tagged', (_, Resources, Tags, text) => {
    const { call, refusal, vpcId } = network()
    const wanted = Resources ? (Resources.length > 0 ? [vpcId, ...Resources] : []) : [vpcId]
    expect(refusal('ec2:CreateTags', { Resources: wanted, Tags })).toMatch(text)
    expect(call('ec2:DescribeTags').Tags).toEqual([])
  })
})

describe('pages', () => {
  it('show everything once', () => {
    const { call, vpcId } = network()
    for (let i = 2; i < 12; i++) {
      call('ec2:CreateSubnet', { VpcId: vpcId, CidrBlock: `10.0.${i}.0/24` })
    }
    const seen: string[] = []
    let NextToken: string | undefined
    do {
      const page = call('ec2:DescribeSubnets', { MaxResults: 5, ...(NextToken && { NextToken }) })
      expect(page.Subnets.length).toBeLessThanOrEqual(5)
      seen.push(...page.Subnets.map((subnet: { SubnetId: string }) => subnet.SubnetId))
      NextToken = page.NextToken
    } while (NextToken)
    expect(new Set(seen).size).toBe(15)
    expect(seen).toHaveLength(15)
  })
})

describe('DryRun', () => {
  it('does nothing, and says whether it would have', () => {
    const { call, refusal } = aws()
    expect(refusal('ec2:CreateVpc', { CidrBlock: '10.0.0.0/16', DryRun: true })).toBe(
      'DryRunOperation (412): Request would have succeeded, but DryRun flag is set.',
    )
    expect(refusal('ec2:CreateVpc', { CidrBlock: '10.0.0.0/8', DryRun: true })).toMatch(
      /^InvalidVpc.Range/,
    )
    expect(call('ec2:DescribeVpcs').Vpcs).toHaveLength(1)
  })
})

describe('throttling', () => {
  it('has EC2’s own sizes and words, and a bucket for each action', () => {
    const on = aws({ throttle: true })
    for (let i = 0; i < 100; i++) on.call('ec2:DescribeVpcs')
    expect(on.refusal('ec2:DescribeVpcs')).toBe(
      'RequestLimitExceeded (503): Request limit exceeded.',
    )
    on.call('ec2:DescribeSubnets')
    on.later(1)
    for (let i = 0; i < 20; i++) on.call('ec2:DescribeVpcs')
    expect(on.refusal('ec2:DescribeVpcs')).toMatch(/^RequestLimitExceeded/)
    for (let i = 0; i < 50; i++) on.refusal('ec2:DeleteVpc', { VpcId: 'vpc-00000000000000000' })
    expect(on.refusal('ec2:DeleteVpc', { VpcId: 'vpc-00000000000000000' })).toMatch(
      /^RequestLimitExceeded/,
    )
  })
})
