/** Rules of launch templates beyond the schema: AWS takes most mistakes, and fails when instances are launched. */
import { checkRange, checkTags, type Findings, repeated } from '../../kit/field-rules.ts'
import { isReference } from '../../references.ts'
import { checkBlockDevices } from './rules-storage.ts'
import type { LaunchTemplateSpec, TemplateData, UserData } from './spec.ts'
import { bytesOf, mostBytes } from './user-data.ts'

const root = 'spec.launchTemplateData'
const recommended =
  'resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id'

export function checkTemplate(spec: LaunchTemplateSpec, found: Findings): void {
  if (spec.launchTemplateName !== undefined) {
    checkName(spec.launchTemplateName, 'spec.launchTemplateName', found)
  }
  checkTags(spec.tags, 'spec.tags', found)
  const data = spec.launchTemplateData ?? {}
  checkImage(data.imageId, found)
  checkInstance(data, found)
  checkMarket(data, found)
  checkNetwork(data, found)
  checkUserData(data.userData, found)
  checkBlockDevices(data.blockDeviceMappings, `${root}.blockDeviceMappings`, found)
  data.tagSpecifications?.forEach(({ tags }, index) => {
    checkTags(tags, `${root}.tagSpecifications[${index}].tags`, found)
  })
  for (const [{ resourceType }, index] of repeated(
    data.tagSpecifications ?? [],
    (each) => each.resourceType,
  )) {
    const message = `${resourceType} is here a second time`
    found.say(`${root}.tagSpecifications[${index}]`, 'DuplicateType', message)
  }
}

export function checkName(name: string, path: string, { say }: Findings): void {
  if (/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) return
  const message = `"${name.slice(0, 60)}" is not a name of a launch template: 3 to 128 letters, digits and ( ) . / _ -`
  say(path, 'BadName', message)
}

function checkImage(imageId: unknown, { say }: Findings): void {
  const path = `${root}.imageId`
  if (imageId === undefined) {
    const message = 'is required: without an image no instance can be launched'
    say(path, 'Required', message, `for ECS write ${recommended}`)
    return
  }
  const text = String(imageId)
  if (/^ami-[0-9a-f]{8}([0-9a-f]{9})?$/.test(text)) return
  if (/^resolve:ssm:[\w./-]+(:[\w.-]+)?$/.test(text)) {
    if (!/\/recommended$/.test(text)) return
    const message = 'this parameter is a description in JSON, not the id of an image'
    say(path, 'BadImage', message, `write ${text}/image_id`)
    return
  }
  const message = `"${text.slice(0, 80)}" is no image: expected ami-… or resolve:ssm:NAME`
  const name = /(?:ssm:)?(\/aws\/service\/[\w./-]+)/.exec(text)?.[1]
  say(path, 'BadImage', message, name ? `write resolve:ssm:${name}` : undefined)
}

function checkInstance(data: TemplateData, found: Findings): void {
  const { say } = found
  if (data.instanceType !== undefined && data.instanceRequirements !== undefined) {
    const message = 'instances are chosen by instanceType or by instanceRequirements, not by both'
    say(`${root}.instanceRequirements`, 'NotTogether', message)
  }
  const { name, arn } = data.iamInstanceProfile ?? {}
  if (name !== undefined && arn !== undefined) {
    const message = 'the instance profile is named by name or by arn, not by both'
    say(`${root}.iamInstanceProfile.arn`, 'NotTogether', message)
  }
  if (data.keyName !== undefined && !/^[\x20-\x7e]{1,255}$/.test(data.keyName)) {
    say(`${root}.keyName`, 'BadName', 'the name of a key pair has 1 to 255 ASCII characters')
  }
  const credits = data.creditSpecification?.cpuCredits
  if (credits !== undefined && !['standard', 'unlimited'].includes(credits)) {
    const path = `${root}.creditSpecification.cpuCredits`
    say(path, 'NotAllowed', `"${credits}" is not allowed: expected standard or unlimited`)
  }
  const hops = data.metadataOptions?.httpPutResponseHopLimit
  checkRange(hops, `${root}.metadataOptions.httpPutResponseHopLimit`, [1, 64], found)
}

function checkMarket({ instanceMarketOptions: market }: TemplateData, { say }: Findings): void {
  const { marketType, spotOptions } = market ?? {}
  const path = `${root}.instanceMarketOptions`
  if (spotOptions !== undefined && marketType !== 'spot') {
    say(`${path}.marketType`, 'Required', 'spotOptions need marketType: spot')
  }
  const price = spotOptions?.maxPrice
  if (price !== undefined && !(Number(price) >= 0.001)) {
    const message = `"${price}" is no price: expected dollars an hour, at least 0.001`
    say(
      `${path}.spotOptions.maxPrice`,
      'OutOfRange',
      message,
      'leave it out: then it is the on-demand price',
    )
  }
  const until = spotOptions?.validUntil
  if (typeof until === 'string' && Number.isNaN(Date.parse(until))) {
    const message = `"${until}" is no time: expected YYYY-MM-DDTHH:MM:SSZ`
    say(`${path}.spotOptions.validUntil`, 'BadTime', message)
  }
}

function checkNetwork(data: TemplateData, { say }: Findings): void {
  const interfaces = data.networkInterfaces ?? []
  const path = `${root}.networkInterfaces`
  for (const name of ['securityGroupIds', 'securityGroups'] as const) {
    if (interfaces.length === 0 || !data[name]?.length) continue
    const message = 'with networkInterfaces, security groups stand in their groups'
    say(`${root}.${name}`, 'NotTogether', message, `move them to networkInterfaces[].groups`)
  }
  interfaces.forEach(({ deviceIndex, networkCardIndex, associatePublicIpAddress }, index) => {
    const at = `${path}[${index}]`
    const plain = networkCardIndex === undefined || networkCardIndex === 0
    if (deviceIndex === undefined && plain) {
      say(`${at}.deviceIndex`, 'Required', 'is required, and missing', 'the first one is 0')
    }
    if (associatePublicIpAddress && (interfaces.length > 1 || (deviceIndex ?? 0) !== 0)) {
      const message = 'a public address is for an instance with one network interface, device 0'
      say(`${at}.associatePublicIpAddress`, 'NotTogether', message)
    }
  })
  for (const [{ deviceIndex }, index] of repeated(interfaces, (each) =>
    each.deviceIndex === undefined
      ? undefined
      : `${each.networkCardIndex ?? 0}/${each.deviceIndex}`,
  )) {
    say(`${path}[${index}].deviceIndex`, 'DuplicateIndex', `${deviceIndex} is here a second time`)
  }
}

function checkUserData(userData: UserData | undefined, { say }: Findings): void {
  if (userData === undefined || userData === null) return
  // A name that stands for a reference has at least one character.
  const known =
    typeof userData === 'string'
      ? userData
      : userData.map((part) => (isReference(part) ? 'x' : part))
  const bytes = bytesOf(known)
  if (bytes <= mostBytes) return
  const message = `${bytes} bytes, and EC2 takes at most ${mostBytes}`
  say(`${root}.userData`, 'TooLong', message, 'fetch the rest from S3')
}
