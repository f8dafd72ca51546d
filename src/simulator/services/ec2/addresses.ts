/** Addresses for network interfaces: private ones from a subnet's block, public ones from a block kept for tests. */
import { nextCount } from '../../machines/agenda.ts'
import type { World } from '../../world.ts'
import { addressText, parseCidr } from './cidr.ts'
import { interfacesIn } from './interfaces.ts'

/** The first four addresses of a subnet and its last one are AWS's own. */
const RESERVED_FIRST = 4
export const RESERVED = 5

/** Addresses that may be given out in a block. */
export function usable(cidrBlock: string): number {
  return (parseCidr(cidrBlock)?.size ?? 0) - RESERVED
}

/** The next free private address of a subnet; when it has none left, one that is in use already. */
export function newPrivateAddress(world: World, subnetId: string): string {
  const cidr = parseCidr(world.ec2.subnets.get(subnetId)?.cidrBlock ?? '172.31.0.0/20')
  const { first, size } = cidr ?? { first: 0, size: 4096 }
  const count = size - RESERVED
  let used: Set<string> | undefined
  let address = ''
  for (let tries = 0; tries < count; tries++) {
    const turn = nextCount(world, `address ${subnetId}`) - 1
    address = addressText(first + RESERVED_FIRST + (turn % count))
    // In the first round every address is new, and nobody need be asked.
    if (turn < count) return address
    used ??= new Set(interfacesIn(world, subnetId).map(({ privateIp }) => privateIp))
    if (!used.has(address)) return address
  }
  return address
}

/** A public address, from the block that is set aside for benchmarks: no real host has it. */
export function newPublicAddress(world: World): string {
  const { first, size } = parseCidr('198.18.0.0/15') ?? { first: 0, size: 1 }
  return addressText(first + (nextCount(world, 'public address') % size))
}

/** The name that AWS's resolver has for a private address. */
export function privateDnsName(world: World, address: string): string {
  const domain = world.region === 'us-east-1' ? 'ec2.internal' : `${world.region}.compute.internal`
  return `ip-${address.replaceAll('.', '-')}.${domain}`
}

/** The name that AWS's resolver has for a public address. */
export function publicDnsName(world: World, address: string): string {
  const domain =
    world.region === 'us-east-1'
      ? 'compute-1.amazonaws.com'
      : `${world.region}.compute.amazonaws.com`
  return `ec2-${address.replaceAll('.', '-')}.${domain}`
}
