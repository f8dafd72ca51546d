/** What is to be launched, put together from a template and a request, and checked as EC2 checks it. */
import type { RequestLaunchTemplateData, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2'
import { AwsError } from '../api.ts'
import { defaultSubnets } from '../services/ec2/default-vpc.ts'
import { defaultGroupOf } from '../services/ec2/interfaces.ts'
import type { SubnetRecord } from '../services/ec2/network-state.ts'
import type { ProfileRecord } from '../services/iam/state.ts'
import type { World } from '../world.ts'
import { imageIn, typeIn } from './foreign.ts'
import type { Image } from './images.ts'
import { type InstanceType, instanceTypes } from './instance-types.ts'
import { groupNamed, parameterValue, profileSeen } from './surroundings.ts'

/** A launch template's data, or RunInstances' own members laid over it. */
export type LaunchData = ResponseLaunchTemplateData | RequestLaunchTemplateData

/** Everything that a launch needs, and all of it there. */
export interface HostWish {
  readonly data: LaunchData
  readonly image: Image
  readonly typeName: string
  readonly type: InstanceType
  readonly subnet: SubnetRecord
  readonly groups: readonly string[]
  readonly publicIp: boolean
  readonly profile?: ProfileRecord
  readonly spot: boolean
}

/** Throws EC2's error for the first thing that is missing. `subnetId`: where a group wants it; else as the data says. */
export function hostWish(
  world: World,
  data: LaunchData,
  now: number,
  subnetId?: string,
  zone?: string,
): HostWish {
  const typeName = typeNameOf(data)
  const type = typeIn(world, typeName)
  const image = imageOf(world, data, type?.arm)
  if (!type) throw invalid(`Invalid value '${typeName}' for InstanceType.`)
  const architecture = type.arm ? 'arm64' : 'x86_64'
  if (architecture !== image.architecture) {
    throw invalid(
      `The architecture '${architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
    )
  }
  const { keyPairs, foreign } = world.compute
  if (data.KeyName !== undefined && !keyPairs.has(data.KeyName) && !foreign) {
    throw new AwsError('InvalidKeyPair.NotFound', `The key pair '${data.KeyName}' does not exist`)
  }
  const profile = profileOf(world, data, now)
  const [face] = data.NetworkInterfaces ?? []
  if (face && (data.SecurityGroupIds?.length || data.SecurityGroups?.length)) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level security groups may not be specified on the same request',
    )
  }
  const subnet = subnetOf(
    world,
    subnetId ?? face?.SubnetId,
    zone ?? data.Placement?.AvailabilityZone,
  )
  return {
    data,
    image,
    typeName,
    type,
    subnet,
    groups: groupsOf(world, data, subnet),
    publicIp: face?.AssociatePublicIpAddress ?? subnet.mapPublicIpOnLaunch,
    ...(profile && { profile }),
    spot: data.InstanceMarketOptions?.MarketType === 'spot',
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message)
}

function imageOf(
  world: World,
  { ImageId: reference, UserData: userData }: LaunchData,
  arm = false,
): Image {
  if (!reference) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter ImageId')
  }
  const parameter = /^resolve:ssm:(.+)$/.exec(reference)?.[1]
  const id = parameter === undefined ? reference : parameterValue(world, parameter)
  if (id === undefined) {
    throw invalid(`The SSM parameter ${parameter} does not exist or has no valid AMI ID.`)
  }
  if (!/^ami-[0-9a-f]{8,17}$/.test(id)) {
    throw new AwsError('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`)
  }
  const image = imageIn(world, id, { arm, userData })
  if (image) return image
  throw new AwsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`)
}

function typeNameOf(data: LaunchData): string {
  if (data.InstanceType) return data.InstanceType
  const wanted = data.InstanceRequirements
  if (!wanted) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter InstanceType')
  }
  const { VCpuCount: cpus, MemoryMiB: memory } = wanted
  for (const [name, type] of instanceTypes) {
    const vcpus = type.cpu / 1024
    const fits =
      vcpus >= (cpus?.Min ?? 0) &&
      vcpus <= (cpus?.Max ?? Number.POSITIVE_INFINITY) &&
      // The agent registers a little less than the nominal memory.
      type.memory * 1.08 >= (memory?.Min ?? 0) &&
      type.memory <= (memory?.Max ?? Number.POSITIVE_INFINITY)
    if (fits && !type.arm) return name
  }
  throw invalid('No instance type meets the instance requirements.')
}

function profileOf(world: World, data: LaunchData, now: number): ProfileRecord | undefined {
  const { Arn: arn, Name: name } = data.IamInstanceProfile ?? {}
  const wanted = arn ?? name
  if (wanted === undefined) return undefined
  const found = profileSeen(world, wanted, now)
  if (found) return found
  throw invalid(
    arn === undefined
      ? `Value (${name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`
      : `Value (${arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN`,
  )
}

function subnetOf(
  world: World,
  subnetId: string | undefined,
  zone: string | undefined,
): SubnetRecord {
  if (subnetId !== undefined) {
    const found = world.ec2.subnets.get(subnetId)
    if (found) return found
    throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`)
  }
  const defaults = defaultSubnets(world)
  if (defaults.length === 0) {
    throw new AwsError(
      'VPCIdNotSpecified',
      'No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.',
    )
  }
  const found = zone === undefined ? defaults[0] : defaults.find((s) => s.availabilityZone === zone)
  if (found) return found
  throw invalid(`Invalid availability zone: [${zone}]`)
}

function groupsOf(world: World, data: LaunchData, subnet: SubnetRecord): readonly string[] {
  const ids = [...(data.NetworkInterfaces?.[0]?.Groups ?? data.SecurityGroupIds ?? [])]
  for (const name of data.SecurityGroups ?? []) {
    const id = groupNamed(world, subnet.vpcId, name)
    if (!id) {
      throw new AwsError('InvalidGroup.NotFound', `The security group '${name}' does not exist`)
    }
    ids.push(id)
  }
  for (const id of ids) {
    const group = world.ec2.securityGroups.get(id)
    if (!group) {
      throw new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`)
    }
    if (group.vpcId !== subnet.vpcId) {
      throw new AwsError(
        'InvalidParameter',
        `Security group ${id} and subnet ${subnet.subnetId} belong to different networks.`,
      )
    }
  }
  return ids.length > 0 ? ids : defaultGroupOf(world, subnet.vpcId)
}
