/** The data of an InstanceGroup's launch template. Pure. */

import { architectureOf } from '../../kit/instance-types.ts'
import { families, imageOf } from './images.ts'
import { mixOf } from './market.ts'
import { defaults, type InstanceGroupSpec, type Referable, type Volume } from './spec.ts'
import { userDataOf } from './user-data.ts'

interface Beside {
  readonly name: string
  readonly cluster: Referable
  readonly groups: readonly Referable[] | undefined
}

export function templateData(
  spec: InstanceGroupSpec,
  { name, cluster, groups }: Beside,
): Record<string, unknown> {
  const { instanceTypes = defaults.instanceTypes, ami = defaults.ami, keyName, volume, tags } = spec
  const [type = ''] = instanceTypes
  const single = instanceTypes.length === 1 && !mixOf(spec)
  return {
    imageId: imageOf(spec, architectureOf(type)),
    ...(single ? { instanceType: type } : {}),
    iamInstanceProfile: { name: { ref: `InstanceProfile/${name}` } },
    ...(keyName ? { keyName } : {}),
    ...network(spec, groups),
    ...(volume ? { blockDeviceMappings: [deviceOf(volume, families[ami].device)] } : {}),
    // Containers in bridge mode are one hop further away.
    metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2 },
    // Instances get their tags from the group.
    ...(tags
      ? {
          tagSpecifications: [
            {
              resourceType: 'volume',
              tags: tags.map(({ key, value = '' }) => ({ key, value })),
            },
          ],
        }
      : {}),
    userData: userDataOf(spec, cluster),
  }
}

/** Whether there is a public address can only be said of a network interface, which then has the groups. */
function network(
  { associatePublicIpAddress }: InstanceGroupSpec,
  groups: readonly Referable[] | undefined,
): Record<string, unknown> {
  if (associatePublicIpAddress === undefined) return groups ? { securityGroupIds: groups } : {}
  const face = { deviceIndex: 0, associatePublicIpAddress, ...(groups ? { groups } : {}) }
  return { networkInterfaces: [face] }
}

function deviceOf(volume: Volume, deviceName: string): Record<string, unknown> {
  const { size, type = 'gp3', ...rest } = volume
  const ebs = {
    ...(size === undefined ? {} : { volumeSize: size }),
    volumeType: type,
    ...rest,
    deleteOnTermination: true,
  }
  return { deviceName, ebs }
}
