/** The manifests of the stories about networks, and how they look at what came of them. */
import type { Rig } from '../rig.ts'
import { document, files } from './shop.ts'

const pair = (name: string) => ({ userIdGroupPairs: [{ groupId: { ref: name } }] })
const port = (n: number) => ({ ipProtocol: 'tcp', fromPort: n, toPort: n })

export const group = (more: Record<string, unknown>) => ({ vpcId: { ref: 'net' }, ...more })

/** A network in two zones, and two security groups that name each other; the second one's egress is declared. */
export function networked(
  network: Record<string, unknown> = {},
  more: { web?: Record<string, unknown>; db?: Record<string, unknown> } = {},
  extra: readonly object[] = [],
): Record<string, string> {
  return files(
    document('Network', 'net', network),
    document(
      'SecurityGroup',
      'web',
      group({
        description: 'web servers',
        ipPermissions: [
          { ...port(443), ipRanges: [{ cidrIp: '0.0.0.0/0', description: 'everyone' }] },
          { ...port(9000), ...pair('db') },
        ],
        ...more.web,
      }),
    ),
    document(
      'SecurityGroup',
      'db',
      group({
        description: 'databases',
        ipPermissions: [
          { ...port(5432), ...pair('web') },
          { ipProtocol: '-1', ...pair('db') },
        ],
        ipPermissionsEgress: [
          { ipProtocol: '6', fromPort: 443, toPort: 443, ipRanges: [{ cidrIp: '10.0.0.7/16' }] },
        ],
        ...more.db,
      }),
    ),
    ...extra,
  )
}

/** How much there is of everything, the default VPC and what AWS makes along with a VPC left out. */
export function count(rig: Rig) {
  const { ec2 } = rig.simulator.world()
  const own = [...ec2.vpcs.values()].filter(({ isDefault }) => !isDefault)
  const within = ({ vpcId }: { readonly vpcId?: string }) =>
    vpcId === undefined || own.some((vpc) => vpc.vpcId === vpcId)
  return {
    vpcs: own.length,
    subnets: [...ec2.subnets.values()].filter(within).length,
    gateways: [...ec2.internetGateways.values()].filter(within).length,
    tables: [...ec2.routeTables.values()].filter(
      (table) => within(table) && table.associations.every(({ subnetId }) => subnetId),
    ).length,
    groups: [...ec2.securityGroups.values()].filter(
      (each) => within(each) && each.groupName !== 'default',
    ).length,
  }
}

export const whole = { vpcs: 1, subnets: 2, gateways: 1, tables: 1, groups: 2 }
export const nothing = { vpcs: 0, subnets: 0, gateways: 0, tables: 0, groups: 0 }

/** What the network consists of, by the names in the manifests; ids are left out. */
export function shown(rig: Rig) {
  const { ec2 } = rig.simulator.world()
  const vpc = [...ec2.vpcs.values()].find(({ isDefault }) => !isDefault)
  const nameOf = new Map(
    [...ec2.securityGroups.values()].map((each) => [each.groupId, each.groupName]),
  )
  const inVpc = ({ vpcId }: { readonly vpcId?: string }) => vpcId === vpc?.vpcId
  return {
    hostnames: vpc?.enableDnsHostnames,
    subnets: [...ec2.subnets.values()]
      .filter(inVpc)
      .map(
        (subnet) => `${subnet.availabilityZone} ${subnet.cidrBlock} ${subnet.mapPublicIpOnLaunch}`,
      )
      .sort(),
    routes: [...ec2.routeTables.values()]
      .filter((table) => inVpc(table) && table.associations.every(({ subnetId }) => subnetId))
      .flatMap((table) => [
        ...table.routes.map(
          ({ destination, target }) => `${destination} ${target.gatewayId?.slice(0, 3)}`,
        ),
        `${table.associations.length} subnets`,
      ]),
    rules: [...ec2.securityGroups.values()]
      .filter((each) => inVpc(each) && each.groupName !== 'default')
      .flatMap((each) =>
        each.rules.map(({ isEgress, ipProtocol, fromPort, peer, description }) =>
          [
            each.groupName,
            isEgress ? 'out' : 'in',
            ipProtocol,
            fromPort,
            peer.groupId ? nameOf.get(peer.groupId) : peer.cidrIpv4,
            description,
          ]
            .filter((part) => part !== undefined)
            .join(' '),
        ),
      )
      .sort(),
  }
}
