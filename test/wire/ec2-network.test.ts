/** EC2 networking with a real EC2Client: what it sends is understood, and what it gets is what the operation answered. */
import * as ec2 from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { createSimulator } from '../../src/simulator/index.ts'
import { createWire } from '../../src/simulator/wire/handle.ts'
import { clientConfig } from './client.ts'

function client() {
  const simulator = createSimulator({ now: () => Date.UTC(2026, 2, 1) })
  const wire = createWire(simulator.call)
  return { simulator, on: new ec2.EC2Client(clientConfig(wire)) }
}

async function newVpc(on: ec2.EC2Client): Promise<string> {
  const { Vpc } = await on.send(new ec2.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  return Vpc?.VpcId ?? ''
}

/** The name, message and status of what a call failed with. */
async function failure(call: Promise<unknown>) {
  try {
    await call
  } catch (error) {
    const { name, message, $metadata } = error as ec2.EC2ServiceException
    return { name, message, status: $metadata.httpStatusCode }
  }
  throw new Error('the call succeeded')
}

describe('EC2 over the wire', () => {
  it('creates and describes VPCs and subnets, tags and attributes included', async () => {
    const { on } = client()
    const { Vpc } = await on.send(
      new ec2.CreateVpcCommand({
        CidrBlock: '10.0.0.0/16',
        TagSpecifications: [
          {
            ResourceType: 'vpc',
            Tags: [
              { Key: 'Name', Value: 'a & b' },
              { Key: 'empty', Value: '' },
            ],
          },
        ],
      }),
    )
    expect(Vpc).toMatchObject({ State: 'pending', IsDefault: false, InstanceTenancy: 'default' })
    const VpcId = Vpc?.VpcId ?? ''
    await on.send(new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }))
    const attribute = await on.send(
      new ec2.DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' }),
    )
    expect(attribute.EnableDnsHostnames).toEqual({ Value: true })
    expect(attribute.EnableDnsSupport).toBeUndefined()
    const { Vpcs } = await on.send(
      new ec2.DescribeVpcsCommand({ Filters: [{ Name: 'tag:Name', Values: ['x', 'a &*'] }] }),
    )
    expect(Vpcs).toEqual([
      {
        ...Vpc,
        State: 'available',
        Tags: [
          { Key: 'Name', Value: 'a & b' },
          { Key: 'empty', Value: '' },
        ],
      },
    ])
    const { Subnet } = await on.send(
      new ec2.CreateSubnetCommand({
        VpcId,
        CidrBlock: '10.0.1.0/24',
        AvailabilityZone: 'eu-west-1b',
      }),
    )
    const SubnetId = Subnet?.SubnetId ?? ''
    await on.send(
      new ec2.ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }),
    )
    const { Subnets } = await on.send(new ec2.DescribeSubnetsCommand({ SubnetIds: [SubnetId] }))
    expect(Subnets).toEqual([{ ...Subnet, MapPublicIpOnLaunch: true }])
    expect(Subnets?.[0]).toMatchObject({ AvailableIpAddressCount: 251, DefaultForAz: false })
  })

  it('keeps security group rules, with every list there though it be empty', async () => {
    const { on } = client()
    const VpcId = await newVpc(on)
    const { GroupId = '' } = await on.send(
      new ec2.CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId }),
    )
    const authorized = await on.send(
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 80,
            ToPort: 80,
            IpRanges: [{ CidrIp: '10.0.0.7/24', Description: 'inside' }, { CidrIp: '10.0.1.0/24' }],
            UserIdGroupPairs: [{ GroupId }],
          },
        ],
      }),
    )
    expect(authorized.Return).toBe(true)
    expect(authorized.SecurityGroupRules).toHaveLength(3)
    const { SecurityGroups } = await on.send(
      new ec2.DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }),
    )
    expect(SecurityGroups?.[0]).toMatchObject({
      Tags: [],
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 80,
          ToPort: 80,
          IpRanges: [{ CidrIp: '10.0.0.0/24', Description: 'inside' }, { CidrIp: '10.0.1.0/24' }],
          Ipv6Ranges: [],
          PrefixListIds: [],
          UserIdGroupPairs: [{ GroupId, UserId: '123456789012' }],
        },
      ],
    })
    const { SecurityGroupRules = [] } = await on.send(
      new ec2.DescribeSecurityGroupRulesCommand({
        Filters: [{ Name: 'group-id', Values: [GroupId] }],
      }),
    )
    expect(SecurityGroupRules).toHaveLength(4)
    const revoked = await on.send(
      new ec2.RevokeSecurityGroupIngressCommand({
        GroupId,
        SecurityGroupRuleIds: SecurityGroupRules.filter((rule) => !rule.IsEgress).map(
          (rule) => rule.SecurityGroupRuleId ?? '',
        ),
      }),
    )
    expect(revoked.RevokedSecurityGroupRules).toHaveLength(3)
  })

  it('leads a subnet to the internet', async () => {
    const { on, simulator } = client()
    const VpcId = await newVpc(on)
    const { InternetGateway } = await on.send(new ec2.CreateInternetGatewayCommand({}))
    const InternetGatewayId = InternetGateway?.InternetGatewayId ?? ''
    await on.send(new ec2.AttachInternetGatewayCommand({ VpcId, InternetGatewayId }))
    const gateways = await on.send(
      new ec2.DescribeInternetGatewaysCommand({ InternetGatewayIds: [InternetGatewayId] }),
    )
    expect(gateways.InternetGateways?.[0]?.Attachments).toEqual([{ State: 'available', VpcId }])
    const { Subnet } = await on.send(
      new ec2.CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24' }),
    )
    const { RouteTable } = await on.send(new ec2.CreateRouteTableCommand({ VpcId }))
    const RouteTableId = RouteTable?.RouteTableId ?? ''
    const { Return } = await on.send(
      new ec2.CreateRouteCommand({
        RouteTableId,
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: InternetGatewayId,
      }),
    )
    expect(Return).toBe(true)
    const { AssociationId, AssociationState } = await on.send(
      new ec2.AssociateRouteTableCommand({ RouteTableId, SubnetId: Subnet?.SubnetId }),
    )
    expect(AssociationState).toEqual({ State: 'associated' })
    const { RouteTables } = await on.send(
      new ec2.DescribeRouteTablesCommand({
        Filters: [
          {
            Name: 'association.route-table-association-id',
            Values: [AssociationId ?? ''],
          },
        ],
      }),
    )
    const straight = simulator.call(
      'ec2:DescribeRouteTables',
      { RouteTableIds: [RouteTableId] },
      { region: 'eu-west-1' },
    )
    expect(RouteTables).toEqual(straight.RouteTables)
    expect(RouteTables?.[0]?.Routes).toHaveLength(2)
  })

  it('lists zones and network ACLs', async () => {
    const { on } = client()
    const { AvailabilityZones } = await on.send(new ec2.DescribeAvailabilityZonesCommand({}))
    expect(AvailabilityZones?.map(({ ZoneName, ZoneId }) => [ZoneName, ZoneId])).toEqual([
      ['eu-west-1a', 'euw1-az1'],
      ['eu-west-1b', 'euw1-az2'],
      ['eu-west-1c', 'euw1-az3'],
    ])
    const { NetworkAcls } = await on.send(new ec2.DescribeNetworkAclsCommand({}))
    expect(NetworkAcls?.[0]?.Associations).toHaveLength(3)
    expect(NetworkAcls?.[0]?.Entries?.map(({ Egress }) => Egress)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('fails with AWS’s codes, messages and statuses', async () => {
    const { on } = client()
    const VpcId = await newVpc(on)
    expect(
      await failure(on.send(new ec2.DescribeVpcsCommand({ VpcIds: ['vpc-00000000'] }))),
    ).toEqual({
      name: 'InvalidVpcID.NotFound',
      message: "The vpc ID 'vpc-00000000' does not exist",
      status: 400,
    })
    expect(await failure(on.send(new ec2.DeleteVpcCommand({ VpcId, DryRun: true })))).toEqual({
      name: 'DryRunOperation',
      message: 'Request would have succeeded, but DryRun flag is set.',
      status: 412,
    })
    expect(
      await failure(
        on.send(
          new ec2.CreateSecurityGroupCommand({ GroupName: 'a', Description: undefined, VpcId }),
        ),
      ),
    ).toMatchObject({ name: 'MissingParameter', status: 400 })
  })
})
