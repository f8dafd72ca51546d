/**
 * The fields of a launch template's data. A version never changes, so every difference means a new one; instances that
 * run are not touched by it. Rests on RequestLaunchTemplateData in the Amazon EC2 API reference.
 */
import type { Field, Fields } from '../../diff.ts'
import { decodeUserData } from './user-data.ts'

type Members = Record<string, unknown>

const plain: Field = {}
const set: Field = { list: 'set' }
/** An object of which Git may declare a part. */
const part: Field = { merge: true, fields: {} }

/** AWS takes the name or the ARN of a profile; names are unique in an account. */
function profileName(value: unknown): unknown {
  const { arn, name } = value as { arn?: unknown; name?: unknown }
  if (typeof arn !== 'string' || name !== undefined) return value
  return { name: arn.slice(arn.lastIndexOf('/') + 1) }
}

const isoDate = (value: unknown) =>
  value instanceof Date || typeof value === 'string' ? new Date(value).toISOString() : value

const keyed = (label: (item: Members) => unknown, fields: Fields): Field => ({
  key: (item) => String(label(item)),
  merge: true,
  fields,
})

const setsOf = (...names: string[]): Fields => Object.fromEntries(names.map((name) => [name, set]))

export const data: Fields = {
  imageId: plain,
  instanceType: plain,
  keyName: plain,
  kernelId: plain,
  ramDiskId: plain,
  ebsOptimized: plain,
  disableApiTermination: plain,
  disableApiStop: plain,
  instanceInitiatedShutdownBehavior: plain,
  userData: { normalise: decodeUserData },
  iamInstanceProfile: { normalise: profileName },
  securityGroupIds: set,
  securityGroups: set,
  blockDeviceMappings: keyed(({ deviceName }) => deviceName, {
    deviceName: plain,
    virtualName: plain,
    noDevice: plain,
    ebs: part,
  }),
  networkInterfaces: keyed(
    ({ deviceIndex = 0, networkCardIndex = 0 }) =>
      networkCardIndex === 0 ? deviceIndex : `${networkCardIndex}/${deviceIndex}`,
    { deviceIndex: plain, networkCardIndex: plain, groups: set, subnetId: plain },
  ),
  tagSpecifications: keyed(({ resourceType }) => resourceType, {
    resourceType: plain,
    tags: { key: ({ key }) => String(key), value: 'value', fields: { key: plain, value: plain } },
  }),
  monitoring: part,
  placement: part,
  instanceMarketOptions: {
    merge: true,
    fields: {
      marketType: plain,
      spotOptions: { merge: true, fields: { validUntil: { normalise: isoDate } } },
    },
  },
  creditSpecification: part,
  cpuOptions: part,
  capacityReservationSpecification: part,
  licenseSpecifications: keyed(({ licenseConfigurationArn }) => licenseConfigurationArn, {}),
  hibernationOptions: part,
  metadataOptions: part,
  enclaveOptions: part,
  instanceRequirements: {
    merge: true,
    fields: setsOf(
      'cpuManufacturers',
      'instanceGenerations',
      'allowedInstanceTypes',
      'excludedInstanceTypes',
      'localStorageTypes',
      'acceleratorTypes',
      'acceleratorManufacturers',
      'acceleratorNames',
    ),
  },
  privateDnsNameOptions: part,
  maintenanceOptions: part,
  networkPerformanceOptions: part,
}

export const fields: Fields = { launchTemplateData: { merge: true, fields: data } }
