/** Internet gateways: one for each VPC at most. */
import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  DeleteInternetGatewayRequest,
  DescribeInternetGatewaysRequest,
  DetachInternetGatewayRequest,
  InternetGateway,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { interfacesOf } from './interfaces.ts'
import type { InternetGatewayRecord } from './network-state.ts'
import { described } from './queries.ts'
import { hasDependencies, invalidValue, kinds, need, newId } from './resources.ts'
import { dropTags, giveTags, requestedTags, tagList } from './tags.ts'

const MAX_GATEWAYS = 5

function view(world: World, gateway: InternetGatewayRecord): InternetGateway {
  const { internetGatewayId: id, vpcId } = gateway
  return {
    InternetGatewayId: id,
    OwnerId: world.account,
    // AWS says `available` here where other attachments are `attached`; the SDK's type has only those.
    Attachments: vpcId ? [{ VpcId: vpcId, State: 'available' as 'attached' }] : [],
    Tags: tagList(world, 'internet-gateway', id),
  }
}

function create(input: CreateInternetGatewayRequest, { world }: CallContext) {
  const tags = requestedTags(input.TagSpecifications, 'internet-gateway')
  const { internetGateways } = world.ec2
  if (internetGateways.size >= MAX_GATEWAYS) {
    throw new AwsError(
      'InternetGatewayLimitExceeded',
      'The maximum number of internet gateways has been reached.',
    )
  }
  const gateway = { internetGatewayId: newId(world, 'igw') }
  internetGateways.set(gateway.internetGatewayId, gateway)
  giveTags(world, 'internet-gateway', gateway.internetGatewayId, tags)
  return { InternetGateway: view(world, gateway) }
}

function attach(input: AttachInternetGatewayRequest, { world }: CallContext) {
  const { internetGateways, vpcs } = world.ec2
  const gateway = need(kinds.internetGateway, internetGateways, input.InternetGatewayId)
  const { vpcId } = need(kinds.vpc, vpcs, input.VpcId)
  if (gateway.vpcId !== undefined) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `resource ${gateway.internetGatewayId} is already attached to network ${gateway.vpcId}`,
    )
  }
  if ([...internetGateways.values()].some((other) => other.vpcId === vpcId)) {
    throw invalidValue(`Network ${vpcId} already has an internet gateway attached`)
  }
  internetGateways.set(gateway.internetGatewayId, { ...gateway, vpcId })
  return {}
}

function detach(input: DetachInternetGatewayRequest, { world }: CallContext) {
  const { internetGateways, vpcs } = world.ec2
  const gateway = need(kinds.internetGateway, internetGateways, input.InternetGatewayId)
  const { vpcId } = need(kinds.vpc, vpcs, input.VpcId)
  const { internetGatewayId } = gateway
  if (gateway.vpcId !== vpcId) {
    throw new AwsError(
      'Gateway.NotAttached',
      `resource ${internetGatewayId} is not attached to network ${vpcId}`,
    )
  }
  if (interfacesOf(world).some((one) => one.vpcId === vpcId && one.publicIp !== undefined)) {
    throw new AwsError(
      'DependencyViolation',
      `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    )
  }
  internetGateways.set(internetGatewayId, { internetGatewayId })
  return {}
}

function describe(input: DescribeInternetGatewaysRequest, { world }: CallContext) {
  const { items, NextToken } = described(
    world,
    kinds.internetGateway,
    world.ec2.internetGateways,
    input.InternetGatewayIds,
    input,
    {
      'attachment.state': ({ vpcId }) => (vpcId ? 'available' : undefined),
      'attachment.vpc-id': ({ vpcId }) => vpcId,
      'internet-gateway-id': ({ internetGatewayId }) => internetGatewayId,
      'owner-id': () => world.account,
    },
  )
  return { InternetGateways: items.map((gateway) => view(world, gateway)), NextToken }
}

function remove(input: DeleteInternetGatewayRequest, { world }: CallContext) {
  const { internetGateways } = world.ec2
  const gateway = need(kinds.internetGateway, internetGateways, input.InternetGatewayId)
  const { internetGatewayId: id } = gateway
  if (gateway.vpcId !== undefined) throw hasDependencies('internetGateway', id)
  internetGateways.delete(id)
  dropTags(world, 'internet-gateway', id)
  return {}
}

export const internetGatewayHandlers: ServiceHandlers = {
  AttachInternetGateway: attach,
  CreateInternetGateway: create,
  DeleteInternetGateway: remove,
  DescribeInternetGateways: describe,
  DetachInternetGateway: detach,
}
