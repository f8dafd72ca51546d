/** What can be launched: DescribeImages, DescribeInstanceTypes, DescribeInstanceTypeOfferings; and key pairs. */
import type {
  CreateKeyPairRequest,
  DeleteKeyPairRequest,
  DescribeImagesRequest,
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypesRequest,
  DescribeKeyPairsRequest,
  ImportKeyPairRequest,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { findImage, type Image, images } from '../../machines/images.ts'
import { type InstanceType, instanceTypes } from '../../machines/instance-types.ts'
import type { World } from '../../world.ts'
import type { KeyPairRecord } from './compute-state.ts'
import { filtered, pageOf } from './queries.ts'
import { newId } from './resources.ts'
import { dropTags, giveTags, requestedTags, tagList, tagsOf } from './tags.ts'
import { zonesOf } from './zones.ts'

function imageView(image: Image) {
  const { rootDevice, dataDevice } = image
  const devices = dataDevice ? [rootDevice, dataDevice] : [rootDevice]
  return {
    ImageId: image.imageId,
    ImageLocation: `amazon/${image.name}`,
    ImageOwnerAlias: 'amazon',
    OwnerId: '591542846629',
    Name: image.name,
    Description: image.os,
    Architecture: image.architecture,
    CreationDate: image.creationDate,
    Public: true,
    State: 'available',
    ImageType: 'machine',
    Hypervisor: 'xen',
    VirtualizationType: 'hvm',
    EnaSupport: true,
    SriovNetSupport: 'simple',
    PlatformDetails: image.platform === 'windows' ? 'Windows' : 'Linux/UNIX',
    ...(image.platform === 'windows' && { Platform: 'windows' }),
    ...(image.os === 'Amazon Linux 2023' && { ImdsSupport: 'v2.0' }),
    RootDeviceType: 'ebs',
    RootDeviceName: rootDevice.name,
    BlockDeviceMappings: devices.map(({ name, sizeGiB, type }) => ({
      DeviceName: name,
      Ebs: {
        DeleteOnTermination: true,
        VolumeSize: sizeGiB,
        VolumeType: type,
        Encrypted: false,
        SnapshotId: image.imageId.replace('ami-', 'snap-'),
      },
    })),
  }
}

function describeImages(input: DescribeImagesRequest) {
  const ids = input.ImageIds ?? []
  const missing = ids.filter((id) => !findImage(id))
  if (missing.length > 0) {
    throw new AwsError(
      'InvalidAMIID.NotFound',
      `The image id '[${missing.join(', ')}]' does not exist`,
    )
  }
  const owners = input.Owners ?? []
  const owned =
    owners.length === 0 || owners.some((one) => one === 'amazon' || one === '591542846629')
  const asked = ids.length > 0 ? ids.flatMap((id) => findImage(id) ?? []) : images
  const found = filtered(
    owned ? asked : [],
    input.Filters,
    {
      architecture: (one) => one.architecture,
      'image-id': (one) => one.imageId,
      'image-type': () => 'machine',
      'is-public': () => 'true',
      name: (one) => one.name,
      'owner-alias': () => 'amazon',
      'owner-id': () => '591542846629',
      'root-device-type': () => 'ebs',
      state: () => 'available',
      'virtualization-type': () => 'hvm',
    },
    () => ({}),
  )
  const { items, NextToken } = pageOf(found, input, (one) => one.imageId)
  return { Images: items.map(imageView), NextToken }
}

function typeView(name: string, type: InstanceType) {
  const vcpus = type.cpu / 1024
  const threads = type.arm ? 1 : 2
  // The agent registers a little less than there is; memory comes in powers of two.
  const memory = 2 ** Math.round(Math.log2(type.memory * 1.04))
  return {
    InstanceType: name,
    CurrentGeneration: !name.startsWith('m4.'),
    FreeTierEligible: name === 't3.micro',
    SupportedUsageClasses: ['on-demand', 'spot'],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    BareMetal: false,
    Hypervisor: name.startsWith('m4.') ? 'xen' : 'nitro',
    ProcessorInfo: { SupportedArchitectures: [type.arm ? 'arm64' : 'x86_64'] },
    VCpuInfo: {
      DefaultVCpus: vcpus,
      DefaultCores: vcpus / threads,
      DefaultThreadsPerCore: threads,
    },
    MemoryInfo: { SizeInMiB: memory },
    InstanceStorageSupported: false,
    NetworkInfo: { MaximumNetworkInterfaces: type.enis, EnaSupport: 'required' },
    ...(type.gpus && { GpuInfo: { Gpus: [{ Count: type.gpus, Manufacturer: 'NVIDIA' }] } }),
    BurstablePerformanceSupported: /^t\d/.test(name),
  }
}

function describeTypes(input: DescribeInstanceTypesRequest) {
  const wanted = input.InstanceTypes ?? []
  const unknown = wanted.filter((name) => !instanceTypes.has(name))
  if (unknown.length > 0) {
    throw new AwsError(
      'InvalidInstanceType',
      `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
    )
  }
  const all = [...instanceTypes].filter(
    ([name]) => wanted.length === 0 || wanted.some((w) => w === name),
  )
  const found = filtered(
    all.map(([name, type]) => typeView(name, type)),
    input.Filters,
    {
      'current-generation': (one) => String(one.CurrentGeneration),
      'instance-type': (one) => one.InstanceType,
      'memory-info.size-in-mib': (one) => String(one.MemoryInfo.SizeInMiB),
      'processor-info.supported-architecture': (one) => one.ProcessorInfo.SupportedArchitectures,
      'vcpu-info.default-vcpus': (one) => String(one.VCpuInfo.DefaultVCpus),
    },
    () => ({}),
  )
  const { items, NextToken } = pageOf(found, input, (one) => one.InstanceType)
  return { InstanceTypes: items, NextToken }
}

/** Every type is offered in every zone. */
function describeOfferings(input: DescribeInstanceTypeOfferingsRequest, { world }: CallContext) {
  const where = input.LocationType ?? 'region'
  const locations = where === 'availability-zone' ? zonesOf(world.region) : [world.region]
  const offers = [...instanceTypes.keys()].flatMap((InstanceType) =>
    locations.map((Location) => ({ InstanceType, LocationType: where, Location })),
  )
  const found = filtered(
    offers,
    input.Filters,
    { 'instance-type': (one) => one.InstanceType, location: (one) => one.Location },
    () => ({}),
  )
  const key = (one: (typeof offers)[number]) => `${one.InstanceType} ${one.Location}`
  const { items, NextToken } = pageOf(found, input, key)
  return { InstanceTypeOfferings: items, NextToken }
}

function keyView(world: World, pair: KeyPairRecord) {
  return {
    KeyName: pair.keyName,
    KeyPairId: pair.keyPairId,
    KeyFingerprint: pair.fingerprint,
    KeyType: pair.keyType,
    CreateTime: pair.createTime,
    Tags: tagList(world, 'key-pair', pair.keyPairId),
  }
}

function createKey(input: CreateKeyPairRequest | ImportKeyPairRequest, context: CallContext) {
  const { world, now } = context
  const keyName = input.KeyName ?? ''
  if (world.compute.keyPairs.has(keyName)) {
    throw new AwsError('InvalidKeyPair.Duplicate', `The keypair '${keyName}' already exists.`)
  }
  const tags = requestedTags(input.TagSpecifications, 'key-pair')
  const pair: KeyPairRecord = {
    keyName,
    keyPairId: newId(world, 'key'),
    keyType: 'KeyType' in input && input.KeyType === 'ed25519' ? 'ed25519' : 'rsa',
    fingerprint: context.id().slice(0, 32).match(/../g)?.join(':') ?? '',
    createTime: new Date(now),
  }
  world.compute.keyPairs.set(keyName, pair)
  giveTags(world, 'key-pair', pair.keyPairId, tags)
  const { KeyType: _, CreateTime: __, ...shown } = keyView(world, pair)
  return shown
}

function describeKeys(input: DescribeKeyPairsRequest, { world }: CallContext) {
  const { KeyNames: names = [], KeyPairIds: ids = [] } = input
  const all = [...world.compute.keyPairs.values()]
  const missing = names.find((name) => !world.compute.keyPairs.has(name))
  if (missing !== undefined) {
    throw new AwsError('InvalidKeyPair.NotFound', `The key pair '${missing}' does not exist`)
  }
  const lost = ids.find((id) => !all.some((pair) => pair.keyPairId === id))
  if (lost !== undefined) {
    throw new AwsError('InvalidKeyPair.NotFound', `The key pair with ID '${lost}' does not exist`)
  }
  const asked =
    names.length + ids.length === 0
      ? all
      : all.filter((pair) => names.includes(pair.keyName) || ids.includes(pair.keyPairId))
  const found = filtered(
    asked,
    input.Filters,
    {
      fingerprint: (pair) => pair.fingerprint,
      'key-name': (pair) => pair.keyName,
      'key-pair-id': (pair) => pair.keyPairId,
    },
    (pair) => tagsOf(world, 'key-pair', pair.keyPairId),
  )
  return { KeyPairs: found.map((pair) => keyView(world, pair)) }
}

/** Deleting a key pair that is not there succeeds, too. */
function deleteKey(input: DeleteKeyPairRequest, { world }: CallContext) {
  const pair = [...world.compute.keyPairs.values()].find(
    (one) => one.keyName === input.KeyName || one.keyPairId === input.KeyPairId,
  )
  if (!pair) return { Return: true }
  world.compute.keyPairs.delete(pair.keyName)
  dropTags(world, 'key-pair', pair.keyPairId)
  return { Return: true, KeyPairId: pair.keyPairId }
}

export const catalogueHandlers: ServiceHandlers = {
  DescribeImages: describeImages,
  DescribeInstanceTypes: describeTypes,
  DescribeInstanceTypeOfferings: describeOfferings,
  CreateKeyPair(input: CreateKeyPairRequest, context) {
    return { ...createKey(input, context), KeyMaterial: keyMaterial }
  },
  ImportKeyPair: createKey,
  DescribeKeyPairs: describeKeys,
  DeleteKeyPair: deleteKey,
}

/** No key that opens anything. */
const keyMaterial = '-----BEGIN RSA PRIVATE KEY-----\nsimulated\n-----END RSA PRIVATE KEY-----'
