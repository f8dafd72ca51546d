/** What EC2 refuses of VPCs, subnets and internet gateways. */
import { describe, expect, test } from 'vitest'
import { filters, network, type Row } from './ec2-network.ts'

const refused: readonly Row[] = [
  [
    'no block',
    'CreateVpc',
    () => ({}),
    () => "MissingParameter (400): Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.",
  ],
  [
    'a block that is none',
    'CreateVpc',
    () => ({ CidrBlock: '10.0.0.0' }),
    () =>
      'InvalidParameterValue (400): Value (10.0.0.0) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
  ],
  ...['10.0.0.0/15', '10.0.0.0/29', '127.0.0.0/16'].map(
    (CidrBlock): Row => [
      CidrBlock,
      'CreateVpc',
      () => ({ CidrBlock }),
      () => `InvalidVpc.Range (400): The CIDR '${CidrBlock}' is invalid.`,
    ],
  ),
  [
    'tags for something else',
    'CreateVpc',
    () => ({ CidrBlock: '10.0.0.0/16', TagSpecifications: [{ ResourceType: 'subnet', Tags: [] }] }),
    () =>
      "InvalidParameterValue (400): 'subnet' is not a valid taggable resource type for this operation.",
  ],
  [
    'two attributes at once',
    'ModifyVpcAttribute',
    ({ vpcId }) => ({
      VpcId: vpcId,
      EnableDnsSupport: { Value: true },
      EnableDnsHostnames: { Value: true },
    }),
    () => 'InvalidParameterCombination (400): Fields for multiple attribute types specified',
  ],
  [
    'no attribute',
    'ModifyVpcAttribute',
    ({ vpcId }) => ({ VpcId: vpcId }),
    () => 'InvalidParameterCombination (400): No attributes specified.',
  ],
  [
    'an unknown id',
    'DescribeVpcs',
    ({ nothing, vpcId }) => ({ VpcIds: [vpcId, nothing('vpc')] }),
    () => "InvalidVpcID.NotFound (400): The vpc ID 'vpc-00000000000000000' does not exist",
  ],
  [
    'a malformed id',
    'DescribeVpcs',
    () => ({ VpcIds: ['vpc-xyz'] }),
    () => 'InvalidVpcID.Malformed (400): Invalid id: "vpc-xyz" (expecting "vpc-...")',
  ],
  [
    'an unknown filter',
    'DescribeVpcs',
    () => filters({ colour: 'red' }),
    () => "InvalidParameterValue (400): The filter 'colour' is invalid",
  ],
  [
    'ids and pages together',
    'DescribeVpcs',
    ({ vpcId }) => ({ VpcIds: [vpcId], MaxResults: 5 }),
    () =>
      'InvalidParameterCombination (400): The parameter vpc-ids cannot be used with the parameter maxResults',
  ],
  [
    'a page too small',
    'DescribeVpcs',
    () => ({ MaxResults: 4 }),
    () =>
      'InvalidParameterValue (400): Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.',
  ],
  [
    'a bad token',
    'DescribeSubnets',
    () => ({ MaxResults: 5, NextToken: 'x' }),
    () => 'InvalidParameterValue (400): Value (x) for parameter nextToken is invalid.',
  ],
  [
    'a VPC with subnets',
    'DeleteVpc',
    ({ vpcId }) => ({ VpcId: vpcId }),
    ({ vpcId }) =>
      `DependencyViolation (400): The vpc '${vpcId}' has dependencies and cannot be deleted.`,
  ],
  [
    'a subnet outside of the VPC',
    'CreateSubnet',
    ({ vpcId }) => ({ VpcId: vpcId, CidrBlock: '10.1.0.0/24' }),
    () => "InvalidSubnet.Range (400): The CIDR '10.1.0.0/24' is invalid.",
  ],
  [
    'a subnet too small',
    'CreateSubnet',
    ({ vpcId }) => ({ VpcId: vpcId, CidrBlock: '10.0.9.0/29' }),
    () => "InvalidSubnet.Range (400): The CIDR '10.0.9.0/29' is invalid.",
  ],
  [
    'a subnet over another',
    'CreateSubnet',
    ({ vpcId }) => ({ VpcId: vpcId, CidrBlock: '10.0.0.128/25' }),
    () => "InvalidSubnet.Conflict (400): The CIDR '10.0.0.128/25' conflicts with another subnet",
  ],
  [
    'a subnet in no VPC',
    'CreateSubnet',
    ({ nothing }) => ({ VpcId: nothing('vpc'), CidrBlock: '10.0.9.0/24' }),
    () => "InvalidVpcID.NotFound (400): The vpc ID 'vpc-00000000000000000' does not exist",
  ],
  [
    'a zone that is not there',
    'CreateSubnet',
    ({ vpcId }) => ({ VpcId: vpcId, CidrBlock: '10.0.9.0/24', AvailabilityZone: 'us-east-1z' }),
    () =>
      'InvalidParameterValue (400): Value (us-east-1z) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: us-east-1a, us-east-1b, us-east-1c.',
  ],
  [
    'two attributes at once',
    'ModifySubnetAttribute',
    ({ subnetIds }) => ({
      SubnetId: subnetIds[0],
      MapPublicIpOnLaunch: { Value: true },
      EnableDns64: { Value: false },
    }),
    () => 'InvalidParameterCombination (400): Fields for multiple attribute types specified',
  ],
  [
    'an unknown subnet',
    'DeleteSubnet',
    ({ nothing }) => ({ SubnetId: nothing('subnet') }),
    () => "InvalidSubnetID.NotFound (400): The subnet ID 'subnet-00000000000000000' does not exist",
  ],
  [
    'an unknown gateway',
    'DeleteInternetGateway',
    ({ nothing }) => ({ InternetGatewayId: nothing('igw') }),
    () =>
      "InvalidInternetGatewayID.NotFound (400): The internetGateway ID 'igw-00000000000000000' does not exist",
  ],
  [
    'an attached gateway',
    'DeleteInternetGateway',
    ({ gatewayId }) => ({ InternetGatewayId: gatewayId }),
    ({ gatewayId }) =>
      `DependencyViolation (400): The internetGateway '${gatewayId}' has dependencies and cannot be deleted.`,
  ],
  [
    'a gateway attached twice',
    'AttachInternetGateway',
    ({ gatewayId }) => ({ InternetGatewayId: gatewayId, VpcId: 'vpc-0defa000000000000' }),
    ({ gatewayId, vpcId }) =>
      `Resource.AlreadyAssociated (400): resource ${gatewayId} is already attached to network ${vpcId}`,
  ],
  [
    'a second gateway for a VPC',
    'AttachInternetGateway',
    ({ vpcId, call }) => ({
      InternetGatewayId: call('ec2:CreateInternetGateway').InternetGateway.InternetGatewayId,
      VpcId: vpcId,
    }),
    ({ vpcId }) =>
      `InvalidParameterValue (400): Network ${vpcId} already has an internet gateway attached`,
  ],
  [
    'a gateway of another VPC',
    'DetachInternetGateway',
    ({ gatewayId }) => ({ InternetGatewayId: gatewayId, VpcId: 'vpc-0defa000000000000' }),
    ({ gatewayId }) =>
      `Gateway.NotAttached (400): resource ${gatewayId} is not attached to network vpc-0defa000000000000`,
  ],
]

describe('EC2 refuses', () => {
  test.each(refused)('%s (%s)', (_, operation, input, refusal) => {
    const on = network()
    expect(on.refusal(`ec2:${operation}`, input(on))).toBe(refusal(on))
  })
})
