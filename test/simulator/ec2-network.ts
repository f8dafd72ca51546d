/** A network for tests: a VPC with two subnets, an internet gateway, a route table and a security group. */
import type { IpPermission } from '@aws-sdk/client-ec2'
import { type Aws, aws } from './aws.ts'

export interface Network extends Aws {
  readonly vpcId: string
  readonly subnetIds: readonly [string, string]
  readonly gatewayId: string
  readonly routeTableId: string
  readonly groupId: string
  /** An id of the right form that nothing has. */
  readonly nothing: (prefix: string) => string
}

/** 10.0.0.0/16 with 10.0.0.0/24 in zone a and 10.0.1.0/24 in zone b; the gateway is attached, nothing else is linked. */
export function network(): Network {
  const account = aws()
  const { call } = account
  const vpcId = call('ec2:CreateVpc', { CidrBlock: '10.0.0.0/16' }).Vpc.VpcId
  const subnet = (CidrBlock: string, AvailabilityZone: string): string =>
    call('ec2:CreateSubnet', { VpcId: vpcId, CidrBlock, AvailabilityZone }).Subnet.SubnetId
  const subnetIds = [subnet('10.0.0.0/24', 'us-east-1a'), subnet('10.0.1.0/24', 'us-east-1b')]
  const gatewayId = call('ec2:CreateInternetGateway').InternetGateway.InternetGatewayId
  call('ec2:AttachInternetGateway', { InternetGatewayId: gatewayId, VpcId: vpcId })
  const { RouteTableId: routeTableId } = call('ec2:CreateRouteTable', { VpcId: vpcId }).RouteTable
  const { GroupId: groupId } = call('ec2:CreateSecurityGroup', {
    GroupName: 'web',
    Description: 'web',
    VpcId: vpcId,
  })
  return {
    ...account,
    vpcId,
    subnetIds: subnetIds as [string, string],
    gatewayId,
    routeTableId,
    groupId,
    nothing: (prefix) => `${prefix}-00000000000000000`,
  }
}

/** Starts a Fargate task in a subnet. */
export function startTask(on: Network, more: Record<string, unknown> = {}): string {
  on.call('ecs:CreateCluster', { clusterName: 'shop' })
  on.call('ecs:RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
  })
  return on.call('ecs:RunTask', {
    cluster: 'shop',
    taskDefinition: 'web',
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: [on.subnetIds[0]], ...more } },
  }).tasks[0].taskArn
}

/** A row of a table of refusals, whose input and text may depend on the network. */
export type Row = readonly [
  what: string,
  operation: string,
  input: (on: Network) => Record<string, unknown>,
  refusal: (on: Network) => string,
]

/** Filters from names and single values. */
export function filters(wanted: Record<string, string>) {
  return { Filters: Object.entries(wanted).map(([Name, value]) => ({ Name, Values: [value] })) }
}

/** Lets traffic into the network's group. */
export function allow(on: Network, ...IpPermissions: IpPermission[]) {
  return on.call('ec2:AuthorizeSecurityGroupIngress', { GroupId: on.groupId, IpPermissions })
}

/** One TCP port from some blocks. */
export function tcp(port: number, ...blocks: string[]): IpPermission {
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: blocks.map((CidrIp) => ({ CidrIp })),
  }
}

/** A second group. */
export function otherGroup(on: Network, VpcId = on.vpcId): string {
  return on.call('ec2:CreateSecurityGroup', { GroupName: 'other', Description: 'x', VpcId }).GroupId
}
