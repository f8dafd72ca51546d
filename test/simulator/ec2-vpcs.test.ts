/** VPCs, subnets and internet gateways: what AWS makes along, what it refuses, what depends on what. */
import { describe, expect, it, test } from 'vitest'
import { canonicalCidr, canonicalCidr6 } from '../../src/simulator/services/ec2/cidr.ts'
import { aws } from './aws.ts'
import { filters, network, startTask } from './ec2-network.ts'

describe('CIDR blocks', () => {
  test.each([
    ['10.0.1.5/24', '10.0.1.0/24'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['200.1.2.3/0', '0.0.0.0/0'],
    ['10.0.0.256/24', undefined],
    ['10.0.0.0/33', undefined],
    ['10.0.0.0', undefined],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalCidr(text)).toBe(canonical)
  })

  test.each([
    ['::/0', '::/0'],
    ['2001:0DB8:0:0::1/32', '2001:db8::/32'],
    ['2001:db8:1:2:3:4:5:6/61', '2001:db8:1::/61'],
    ['::ffff:10.0.0.1/128', '::ffff:a00:1/128'],
    ['2001:db8::/129', undefined],
    ['10.0.0.0/8', undefined],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalCidr6(text)).toBe(canonical)
  })
})

describe('a region at its birth', () => {
  it('has a default VPC that is like any other', () => {
    const { call } = aws()
    expect(call('ec2:DescribeVpcs').Vpcs).toMatchObject([
      { VpcId: 'vpc-0defa000000000000', IsDefault: true, CidrBlock: '172.31.0.0/16' },
    ])
    expect(call('ec2:DescribeSubnets').Subnets).toMatchObject(
      ['a', 'b', 'c'].map((zone, i) => ({
        SubnetId: `subnet-0defa00000000000${zone}`,
        AvailabilityZone: `us-east-1${zone}`,
        AvailabilityZoneId: `use1-az${i + 1}`,
        CidrBlock: `172.31.${i * 16}.0/20`,
        DefaultForAz: true,
        MapPublicIpOnLaunch: true,
        AvailableIpAddressCount: 4091,
      })),
    )
    const attached = { 'attachment.vpc-id': 'vpc-0defa000000000000' }
    expect(call('ec2:DescribeInternetGateways', filters(attached)).InternetGateways).toHaveLength(1)
    expect(call('ec2:DescribeSecurityGroups', { GroupNames: ['default'] }).SecurityGroups).toEqual([
      expect.objectContaining({ GroupId: 'sg-0defa000000000000' }),
    ])
  })

  it('can lose it', () => {
    const on = aws()
    const vpc = { VpcId: 'vpc-0defa000000000000' }
    for (const zone of ['a', 'b', 'c']) {
      on.call('ec2:DeleteSubnet', { SubnetId: `subnet-0defa00000000000${zone}` })
    }
    on.call('ec2:DetachInternetGateway', { InternetGatewayId: 'igw-0defa000000000000', ...vpc })
    on.call('ec2:DeleteVpc', vpc)
    expect(on.call('ec2:DescribeVpcs').Vpcs).toEqual([])
    expect(on.refusal('ec2:CreateSecurityGroup', { GroupName: 'a', Description: 'a' })).toBe(
      'VPCIdNotSpecified (400): No default VPC for this user',
    )
    expect(
      on.call('ec2:DescribeAccountAttributes', { AttributeNames: ['default-vpc'] })
        .AccountAttributes,
    ).toEqual([{ AttributeName: 'default-vpc', AttributeValues: [{ AttributeValue: 'none' }] }])
  })
})

describe('CreateVpc', () => {
  it('makes a main route table, a default group and a network ACL along', () => {
    const { call } = aws()
    const { Vpc } = call('ec2:CreateVpc', { CidrBlock: '10.1.2.3/16' })
    expect(Vpc).toMatchObject({
      State: 'pending',
      CidrBlock: '10.1.0.0/16',
      IsDefault: false,
      InstanceTenancy: 'default',
      DhcpOptionsId: expect.stringMatching(/^dopt-/),
      OwnerId: '123456789012',
    })
    const { VpcId } = Vpc
    expect(call('ec2:DescribeVpcs', { VpcIds: [VpcId] }).Vpcs[0].State).toBe('available')
    const main = filters({ 'vpc-id': VpcId, 'association.main': 'true' })
    expect(call('ec2:DescribeRouteTables', main).RouteTables).toMatchObject([
      {
        Routes: [
          {
            DestinationCidrBlock: '10.1.0.0/16',
            GatewayId: 'local',
            Origin: 'CreateRouteTable',
            State: 'active',
          },
        ],
        Associations: [{ Main: true }],
      },
    ])
    const group = filters({ 'vpc-id': VpcId, 'group-name': 'default' })
    const { SecurityGroups } = call('ec2:DescribeSecurityGroups', group)
    expect(SecurityGroups).toMatchObject([
      {
        Description: 'default VPC security group',
        IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ UserId: '123456789012' }] }],
        IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      },
    ])
    const { GroupId, IpPermissions } = SecurityGroups[0]
    expect(IpPermissions[0].UserIdGroupPairs[0].GroupId).toBe(GroupId)
    const acl = filters({ 'vpc-id': VpcId, default: 'true' })
    expect(call('ec2:DescribeNetworkAcls', acl).NetworkAcls).toHaveLength(1)
  })

  it('is not idempotent, and stops at five', () => {
    const { call, refusal } = aws()
    const vpc = { CidrBlock: '10.0.0.0/16' }
    const ids = [1, 2, 3, 4].map(() => call('ec2:CreateVpc', vpc).Vpc.VpcId)
    expect(new Set(ids).size).toBe(4)
    expect(refusal('ec2:CreateVpc', vpc)).toBe(
      'VpcLimitExceeded (400): The maximum number of VPCs has been reached.',
    )
  })

  it('has DNS support but no DNS hostnames, until one of them is changed', () => {
    const { call } = aws()
    const { VpcId } = call('ec2:CreateVpc', { CidrBlock: '10.0.0.0/16' }).Vpc
    const attribute = (Attribute: string) => call('ec2:DescribeVpcAttribute', { VpcId, Attribute })
    expect(attribute('enableDnsSupport')).toEqual({ VpcId, EnableDnsSupport: { Value: true } })
    expect(attribute('enableDnsHostnames')).toEqual({ VpcId, EnableDnsHostnames: { Value: false } })
    call('ec2:ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: true } })
    expect(attribute('enableDnsHostnames')).toEqual({ VpcId, EnableDnsHostnames: { Value: true } })
    expect(attribute('enableDnsSupport')).toEqual({ VpcId, EnableDnsSupport: { Value: true } })
  })
})

describe('subnets', () => {
  it('come with AWS’s defaults and five addresses fewer than their size', () => {
    const { call, vpcId } = network()
    const { Subnet } = call('ec2:CreateSubnet', {
      VpcId: vpcId,
      CidrBlock: '10.0.2.7/28',
      AvailabilityZoneId: 'use1-az2',
    })
    expect(Subnet).toMatchObject({
      CidrBlock: '10.0.2.0/28',
      AvailabilityZone: 'us-east-1b',
      AvailableIpAddressCount: 11,
      MapPublicIpOnLaunch: false,
      AssignIpv6AddressOnCreation: false,
      DefaultForAz: false,
      State: 'available',
      PrivateDnsNameOptionsOnLaunch: { HostnameType: 'ip-name' },
      SubnetArn: expect.stringMatching(/^arn:aws:ec2:us-east-1:123456789012:subnet\/subnet-/),
    })
    call('ec2:ModifySubnetAttribute', {
      SubnetId: Subnet.SubnetId,
      MapPublicIpOnLaunch: { Value: true },
    })
    const [changed] = call('ec2:DescribeSubnets', { SubnetIds: [Subnet.SubnetId] }).Subnets
    expect(changed).toEqual({ ...Subnet, MapPublicIpOnLaunch: true })
  })

  it('give their tasks addresses from their own block, and count them', () => {
    const on = network()
    startTask(on, { securityGroups: [on.groupId], assignPublicIp: 'ENABLED' })
    const inSubnet = filters({ 'subnet-id': on.subnetIds[0] })
    expect(on.call('ec2:DescribeNetworkInterfaces', inSubnet).NetworkInterfaces).toMatchObject([
      {
        PrivateIpAddress: '10.0.0.4',
        VpcId: on.vpcId,
        Groups: [{ GroupId: on.groupId, GroupName: 'web' }],
        RequesterManaged: true,
        Status: 'in-use',
        Association: { PublicIp: expect.any(String) },
      },
    ])
    const [subnet] = on.call('ec2:DescribeSubnets', { SubnetIds: [on.subnetIds[0]] }).Subnets
    expect(subnet.AvailableIpAddressCount).toBe(250)
  })

  it('never give one address to two tasks that run at once', () => {
    const on = network()
    const { SubnetId } = on.call('ec2:CreateSubnet', {
      VpcId: on.vpcId,
      CidrBlock: '10.0.2.0/28',
    }).Subnet
    const tasks = Array.from({ length: 11 }, () => startTask(on, { subnets: [SubnetId] }))
    on.later(120)
    on.call('ecs:StopTask', { cluster: 'shop', task: tasks[5] })
    on.later(600)
    startTask(on, { subnets: [SubnetId] })
    const { NetworkInterfaces } = on.call('ec2:DescribeNetworkInterfaces', {
      Filters: [{ Name: 'subnet-id', Values: [SubnetId] }],
    })
    const addresses = NetworkInterfaces.map(
      (one: { PrivateIpAddress: string }) => one.PrivateIpAddress,
    )
    expect(new Set(addresses).size).toBe(11)
  })
})

describe('while a task runs', () => {
  it('its subnet, its group and the gateway stay; afterwards they can go', () => {
    const on = network()
    const { subnetIds, groupId, gatewayId, vpcId } = on
    const task = startTask(on, { securityGroups: [groupId], assignPublicIp: 'ENABLED' })
    const remove = {
      subnet: ['ec2:DeleteSubnet', { SubnetId: subnetIds[0] }],
      group: ['ec2:DeleteSecurityGroup', { GroupId: groupId }],
      gateway: ['ec2:DetachInternetGateway', { InternetGatewayId: gatewayId, VpcId: vpcId }],
    } as const
    expect(on.refusal(...remove.subnet)).toBe(
      `DependencyViolation (400): The subnet '${subnetIds[0]}' has dependencies and cannot be deleted.`,
    )
    expect(on.refusal(...remove.group)).toBe(
      `DependencyViolation (400): resource ${groupId} has a dependent object`,
    )
    expect(on.refusal(...remove.gateway)).toBe(
      `DependencyViolation (400): Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    )
    on.later(60)
    on.call('ecs:StopTask', { cluster: 'shop', task })
    on.later(600)
    for (const [operation, input] of Object.values(remove)) on.call(operation, input)
  })

  it('deletion goes through in the order that AWS wants', () => {
    const on = network()
    const { subnetIds, groupId, gatewayId, vpcId, routeTableId, call } = on
    const vpc = { VpcId: vpcId }
    const steps: [string, Record<string, unknown>][] = [
      ['DeleteSubnet', { SubnetId: subnetIds[0] }],
      ['DeleteSubnet', { SubnetId: subnetIds[1] }],
      ['DetachInternetGateway', { InternetGatewayId: gatewayId, ...vpc }],
      ['DeleteRouteTable', { RouteTableId: routeTableId }],
      ['DeleteSecurityGroup', { GroupId: groupId }],
    ]
    for (const [operation, input] of steps) {
      expect(on.refusal('ec2:DeleteVpc', vpc)).toMatch(/^DependencyViolation/)
      call(`ec2:${operation}`, input)
    }
    call('ec2:DeleteVpc', vpc)
    const within = filters({ 'vpc-id': vpcId })
    expect(call('ec2:DescribeRouteTables', within).RouteTables).toEqual([])
    expect(call('ec2:DescribeSecurityGroups', within).SecurityGroups).toEqual([])
    expect(call('ec2:DescribeNetworkAcls', within).NetworkAcls).toEqual([])
  })
})

describe('ECS looks at the same network', () => {
  it('and refuses what is not there or belongs to another VPC', () => {
    const on = network()
    startTask(on)
    const run = (configuration: Record<string, unknown>) =>
      on.refusal('ecs:RunTask', {
        cluster: 'shop',
        taskDefinition: 'web',
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: configuration },
      })
    const [subnet] = on.subnetIds
    expect(run({ subnets: [on.nothing('subnet')] })).toMatch(/InvalidSubnetID.NotFound/)
    expect(run({ subnets: [subnet], securityGroups: [on.nothing('sg')] })).toMatch(
      /InvalidGroup.NotFound/,
    )
    expect(run({ subnets: [subnet], securityGroups: ['sg-0defa000000000000'] })).toBe(
      'InvalidParameterException (400): Security groups must be in the same VPC as the subnets.',
    )
    expect(run({ subnets: [subnet, 'subnet-0defa00000000000a'] })).toBe(
      'InvalidParameterException (400): Subnets must be in the same VPC.',
    )
  })
})
