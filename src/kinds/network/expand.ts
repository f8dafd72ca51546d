/** What a Network stands for. Pure. */
import type { Child, Composite } from '../../kind.ts'
import type { NetworkSpec } from './manifest.ts'
import { defaultBlock, defaultZones, partsOf, zonesOf } from './zones.ts'

export const expand: Composite<NetworkSpec>['expand'] = ({ name, spec }) => {
  const { cidrBlock = defaultBlock, availabilityZones = defaultZones, subnetCidrs } = spec
  const zones = zonesOf(availabilityZones)
  const blocks = subnetCidrs ?? partsOf(cidrBlock, zones)
  const vpcId = spec.vpcId ?? { ref: `Vpc/${name}` }
  const gatewayId = spec.internetGatewayId ?? { ref: `InternetGateway/${name}` }
  const tags = spec.tags ? { tags: spec.tags } : {}
  const subnets = zones.map(
    ({ letter, zone, member }, index): Child => ({
      kind: 'Subnet',
      name: `${name}-${letter}`,
      spec: {
        vpcId,
        cidrBlock: blocks[index],
        [member]: zone,
        mapPublicIpOnLaunch: spec.mapPublicIpOnLaunch ?? true,
        ...tags,
      },
      from: {
        'spec.vpcId': 'spec.vpcId',
        'spec.cidrBlock': subnetCidrs ? `spec.subnetCidrs[${index}]` : 'spec.cidrBlock',
        [`spec.${member}`]:
          typeof availabilityZones === 'number'
            ? 'spec.availabilityZones'
            : `spec.availabilityZones[${index}]`,
        'spec.mapPublicIpOnLaunch': 'spec.mapPublicIpOnLaunch',
        'spec.tags': 'spec.tags',
      },
    }),
  )
  return [
    ...(spec.vpcId === undefined ? [vpcOf(name, spec, tags)] : []),
    ...subnets,
    ...(spec.internetGatewayId === undefined
      ? [
          {
            kind: 'InternetGateway',
            name,
            spec: { vpcId, ...tags },
            from: { 'spec.vpcId': 'spec.vpcId', 'spec.tags': 'spec.tags' },
          },
        ]
      : []),
    {
      kind: 'RouteTable',
      name,
      spec: {
        vpcId,
        routes: [{ destinationCidrBlock: '0.0.0.0/0', gatewayId }],
        associations: subnets.map((subnet) => ({ subnetId: { ref: `Subnet/${subnet.name}` } })),
        ...tags,
      },
      from: {
        'spec.vpcId': 'spec.vpcId',
        'spec.routes[0].gatewayId': 'spec.internetGatewayId',
        'spec.associations': 'spec.availabilityZones',
        'spec.tags': 'spec.tags',
      },
    },
  ]
}

function vpcOf(name: string, spec: NetworkSpec, tags: object): Child {
  const { cidrBlock = defaultBlock, enableDnsHostnames, enableDnsSupport } = spec
  return {
    kind: 'Vpc',
    name,
    spec: {
      cidrBlock,
      ...(enableDnsSupport === undefined ? {} : { enableDnsSupport }),
      // Public names need support: without it there are none, unless they are asked for.
      enableDnsHostnames: enableDnsHostnames ?? enableDnsSupport !== false,
      ...tags,
    },
    from: {
      'spec.cidrBlock': 'spec.cidrBlock',
      'spec.enableDnsSupport': 'spec.enableDnsSupport',
      'spec.enableDnsHostnames': 'spec.enableDnsHostnames',
      'spec.tags': 'spec.tags',
    },
  }
}
