/** Availability zones and regions: names, ids, and the operations that list them with the account's attributes. */
import type {
  DescribeAccountAttributesRequest,
  DescribeAvailabilityZonesRequest,
  DescribeRegionsRequest,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { defaultVpc } from './default-vpc.ts'
import { ZONE_LETTERS } from './network-state.ts'
import { filtered } from './queries.ts'
import { invalidValue } from './resources.ts'

/** The zones of a region by name. */
export function zonesOf(region: string): string[] {
  return ZONE_LETTERS.map((letter) => `${region}${letter}`)
}

/** `eu-central-1b` → `euc1-az2`. On AWS the letters are shuffled by account; here they are not. */
export function zoneId(region: string, zone: string): string {
  const short = region
    .split('-')
    .map((part, i) => (i === 0 ? part : part.replace(/^(north|south)?(east|west)$/, shortened)))
    .map((part, i) => (i === 0 || /^(\d|ne|nw|se|sw)/.test(part) ? part : part.charAt(0)))
    .join('')
  const number = ZONE_LETTERS.findIndex((letter) => zone === `${region}${letter}`) + 1
  return `${short}-az${number}`
}

function shortened(_: string, first: string | undefined, second: string): string {
  return `${first?.charAt(0) ?? ''}${second.charAt(0)}`
}

function describeZones(input: DescribeAvailabilityZonesRequest, { region }: CallContext) {
  const all = zonesOf(region).map((zone) => ({
    ZoneName: zone,
    ZoneId: zoneId(region, zone),
    RegionName: region,
    GroupName: `${region}-zg-1`,
    NetworkBorderGroup: region,
    ZoneType: 'availability-zone',
    OptInStatus: 'opt-in-not-required' as const,
    State: 'available' as const,
    Messages: [],
  }))
  const { ZoneNames: names = [], ZoneIds: ids = [] } = input
  const unknown = [
    ...names.filter((name) => !all.some((zone) => zone.ZoneName === name)),
    ...ids.filter((id) => !all.some((zone) => zone.ZoneId === id)),
  ]
  if (unknown.length > 0) throw invalidValue(`Invalid availability zone: [${unknown.join(', ')}]`)
  const asked = all.filter(
    ({ ZoneName, ZoneId }) =>
      (names.length === 0 || names.includes(ZoneName)) &&
      (ids.length === 0 || ids.includes(ZoneId)),
  )
  const fields = {
    'group-name': (zone: (typeof all)[number]) => zone.GroupName,
    'opt-in-status': (zone: (typeof all)[number]) => zone.OptInStatus,
    'region-name': (zone: (typeof all)[number]) => zone.RegionName,
    state: (zone: (typeof all)[number]) => zone.State,
    'zone-id': (zone: (typeof all)[number]) => zone.ZoneId,
    'zone-name': (zone: (typeof all)[number]) => zone.ZoneName,
    'zone-type': (zone: (typeof all)[number]) => zone.ZoneType,
  }
  return { AvailabilityZones: filtered(asked, input.Filters, fields, () => ({})) }
}

/** Regions that need no opting in. */
const REGIONS =
  'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2'.split(
    ' ',
  )

function describeRegions(input: DescribeRegionsRequest) {
  const { RegionNames: names = [] } = input
  const unknown = names.find((name) => !REGIONS.includes(name))
  if (unknown) throw invalidValue(`Invalid region: ${unknown}`)
  const all = REGIONS.filter((name) => names.length === 0 || names.includes(name)).map((name) => ({
    RegionName: name,
    Endpoint: `ec2.${name}.amazonaws.com`,
    OptInStatus: 'opt-in-not-required',
  }))
  const fields = {
    endpoint: (one: (typeof all)[number]) => one.Endpoint,
    'opt-in-status': (one: (typeof all)[number]) => one.OptInStatus,
    'region-name': (one: (typeof all)[number]) => one.RegionName,
  }
  return { Regions: filtered(all, input.Filters, fields, () => ({})) }
}

function describeAttributes(input: DescribeAccountAttributesRequest, { world }: CallContext) {
  const values: Record<string, string> = {
    'supported-platforms': 'VPC',
    'default-vpc': defaultVpc(world)?.vpcId ?? 'none',
    'max-instances': '20',
    'max-elastic-ips': '5',
    'vpc-max-elastic-ips': '5',
    'vpc-max-security-groups-per-interface': '5',
  }
  const names = input.AttributeNames ?? Object.keys(values)
  return {
    AccountAttributes: names.map((name) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      if (value === undefined) {
        throw new AwsError('InvalidParameterValue', `Invalid attribute name: ${name}`)
      }
      return { AttributeName: name, AttributeValues: [{ AttributeValue: value }] }
    }),
  }
}

export const zoneHandlers: ServiceHandlers = {
  DescribeAccountAttributes: describeAttributes,
  DescribeAvailabilityZones: describeZones,
  DescribeRegions: describeRegions,
}
