/** The lists of network interfaces and of network ACLs: both are only looked at. */
import type {
  DescribeNetworkAclsRequest,
  DescribeNetworkInterfacesRequest,
  NetworkAcl,
  NetworkInterface,
} from '@aws-sdk/client-ec2'
import type { CallContext, ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { privateDnsName, publicDnsName } from './addresses.ts'
import { interfacesOf, type NetworkInterfaceView } from './interfaces.ts'
import type { NetworkAclRecord } from './network-state.ts'
import { described } from './queries.ts'
import { kinds } from './resources.ts'
import { tagList } from './tags.ts'
import { zoneId } from './zones.ts'

function interfaceView(world: World, one: NetworkInterfaceView): NetworkInterface {
  const { id, subnetId, vpcId, privateIp, publicIp, instanceId } = one
  const zone = world.ec2.subnets.get(subnetId)?.availabilityZone ?? ''
  const privateName = privateDnsName(world, privateIp)
  const association = publicIp && {
    PublicIp: publicIp,
    PublicDnsName: publicDnsName(world, publicIp),
    IpOwnerId: 'amazon',
  }
  return {
    NetworkInterfaceId: id,
    SubnetId: subnetId,
    VpcId: vpcId,
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneId(world.region, zone),
    Description: one.description,
    Groups: one.groups.map((groupId) => ({
      GroupId: groupId,
      GroupName: world.ec2.securityGroups.get(groupId)?.groupName ?? '',
    })),
    InterfaceType: 'interface',
    Ipv6Addresses: [],
    ...(one.macAddress && { MacAddress: one.macAddress }),
    OwnerId: world.account,
    PrivateDnsName: privateName,
    PrivateIpAddress: privateIp,
    PrivateIpAddresses: [
      {
        Primary: true,
        PrivateDnsName: privateName,
        PrivateIpAddress: privateIp,
        ...(association && { Association: association }),
      },
    ],
    ...(association && { Association: association }),
    ...(one.status === 'in-use' && {
      Attachment: {
        AttachmentId: id.replace('eni-', 'eni-attach-'),
        DeviceIndex: instanceId ? 0 : 1,
        DeleteOnTermination: one.deleteOnTermination ?? false,
        InstanceOwnerId: instanceId ? world.account : 'amazon-aws',
        ...(instanceId && { InstanceId: instanceId }),
        Status: 'attached',
      },
    }),
    RequesterManaged: one.requesterManaged,
    SourceDestCheck: true,
    Status: one.status,
    TagSet: tagList(world, 'network-interface', id),
  }
}

function describeInterfaces(input: DescribeNetworkInterfacesRequest, { world }: CallContext) {
  const { items, NextToken } = described(
    world,
    kinds.networkInterface,
    new Map(interfacesOf(world).map((one) => [one.id, one])),
    input.NetworkInterfaceIds,
    input,
    {
      'addresses.private-ip-address': (one) => one.privateIp,
      'association.public-ip': (one) => one.publicIp,
      'attachment.instance-id': (one) => one.instanceId,
      'attachment.instance-owner-id': (one) => (one.instanceId ? world.account : 'amazon-aws'),
      'attachment.status': (one) => (one.status === 'in-use' ? 'attached' : undefined),
      'availability-zone': (one) => world.ec2.subnets.get(one.subnetId)?.availabilityZone,
      description: (one) => one.description,
      'group-id': (one) => one.groups,
      'group-name': (one) =>
        one.groups.map((groupId) => world.ec2.securityGroups.get(groupId)?.groupName),
      'interface-type': () => 'interface',
      'mac-address': (one) => one.macAddress,
      'network-interface-id': (one) => one.id,
      'owner-id': () => world.account,
      'private-ip-address': (one) => one.privateIp,
      'requester-managed': (one) => one.requesterManaged,
      status: (one) => one.status,
      'subnet-id': (one) => one.subnetId,
      'vpc-id': (one) => one.vpcId,
    },
  )
  return { NetworkInterfaces: items.map((one) => interfaceView(world, one)), NextToken }
}

function aclView(world: World, acl: NetworkAclRecord): NetworkAcl {
  const { networkAclId, vpcId } = acl
  const entries = [true, false].flatMap((egress) => [
    { egress, number: 100, action: 'allow' as const },
    { egress, number: 32767, action: 'deny' as const },
  ])
  return {
    NetworkAclId: networkAclId,
    VpcId: vpcId,
    OwnerId: world.account,
    IsDefault: true,
    Associations: associationsOf(world, acl).map(([subnetId, associationId]) => ({
      NetworkAclAssociationId: associationId,
      NetworkAclId: networkAclId,
      SubnetId: subnetId,
    })),
    Entries: entries.map(({ egress, number, action }) => ({
      CidrBlock: '0.0.0.0/0',
      Egress: egress,
      Protocol: '-1',
      RuleAction: action,
      RuleNumber: number,
    })),
    Tags: tagList(world, 'network-acl', networkAclId),
  }
}

/** The subnets that use an ACL, each with the id of its association. */
function associationsOf(world: World, { vpcId }: NetworkAclRecord): [string, string][] {
  const { subnets, aclAssociations } = world.ec2
  return [...aclAssociations].filter(([subnetId]) => subnets.get(subnetId)?.vpcId === vpcId)
}

function describeAcls(input: DescribeNetworkAclsRequest, { world }: CallContext) {
  const { items, NextToken } = described(
    world,
    kinds.networkAcl,
    world.ec2.networkAcls,
    input.NetworkAclIds,
    input,
    {
      'association.association-id': (acl) => associationsOf(world, acl).map(([, id]) => id),
      'association.network-acl-id': (acl) => associationsOf(world, acl).map(() => acl.networkAclId),
      'association.subnet-id': (acl) => associationsOf(world, acl).map(([subnetId]) => subnetId),
      default: () => true,
      'network-acl-id': (acl) => acl.networkAclId,
      'owner-id': () => world.account,
      'vpc-id': (acl) => acl.vpcId,
    },
  )
  return { NetworkAcls: items.map((acl) => aclView(world, acl)), NextToken }
}

export const networkInterfaceHandlers: ServiceHandlers = {
  DescribeNetworkAcls: describeAcls,
  DescribeNetworkInterfaces: describeInterfaces,
}
