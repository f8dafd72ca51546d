/**
 * Rules of security groups between two shapes: AWS's permissions, merged by protocol and ports, and one rule for each
 * peer, which is what differs. Both sides are brought to AWS's spelling. Pure.
 */

import { isHole } from '../../diff.ts'
import { canonicalBlock } from '../../kit/cidr.ts'

export interface Permission {
  readonly ipProtocol?: string
  readonly fromPort?: number
  readonly toPort?: number
  readonly ipRanges?: readonly Peer[]
  readonly ipv6Ranges?: readonly Peer[]
  readonly prefixListIds?: readonly Peer[]
  readonly userIdGroupPairs?: readonly Peer[]
}

export type Peer = Readonly<Record<string, unknown>>

/** One rule: what traffic, and one peer by one of its members (`cidrIp`, `cidrIpv6`, `prefixListId`, `groupId`). */
export type Rule = Record<string, unknown>

/** The lists of a permission, and the member that tells one peer of each from another. */
export const peerLists = {
  ipRanges: 'cidrIp',
  ipv6Ranges: 'cidrIpv6',
  prefixListIds: 'prefixListId',
  userIdGroupPairs: 'groupId',
} as const

const peerMembers = Object.values(peerLists)

const protocols: Readonly<Record<string, string>> = {
  all: '-1',
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
}

/** As AWS names a protocol: `tcp` for 6, `-1` for all, a number for what has no name there. */
export function protocolOf(value: unknown): string {
  const said = String(value ?? '').toLowerCase()
  return protocols[said] ?? said
}

/** What of protocol and ports AWS keeps: none for all protocols, type and code -1 for any ICMP. */
export function trafficOf({ ipProtocol, fromPort, toPort }: Permission): Rule {
  const protocol = protocolOf(ipProtocol)
  if (protocol === 'tcp' || protocol === 'udp') return { ipProtocol: protocol, fromPort, toPort }
  if (protocol !== 'icmp' && protocol !== 'icmpv6') return { ipProtocol: protocol }
  return { ipProtocol: protocol, fromPort: fromPort ?? -1, toPort: toPort ?? -1 }
}

/** One rule for each peer. */
export function rulesOf(permissions: readonly Permission[] = []): Rule[] {
  return permissions.flatMap((permission) => {
    const traffic = trafficOf(permission)
    return Object.keys(peerLists).flatMap((list) =>
      (permission[list as keyof typeof peerLists] ?? []).map((peer) => ({
        ...traffic,
        ...peerOf(peer),
      })),
    )
  })
}

/** Without what only AWS says of a group (its VPC, the state of a peering). */
function peerOf(peer: Peer): Rule {
  const { cidrIp, cidrIpv6, prefixListId, groupId, description } = peer
  const { userId, vpcPeeringConnectionId } = peer
  const all = {
    cidrIp: canonicalBlock(cidrIp),
    cidrIpv6: canonicalBlock(cidrIpv6),
    prefixListId,
    groupId,
    userId,
    vpcPeeringConnectionId,
    description: description === '' ? undefined : description,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value != null))
}

/** What makes two rules of one direction the same, for people: `tcp 443 0.0.0.0/0`. */
export function labelOf(rule: Rule): string {
  const [peer] = peerMembers.flatMap((member) => rule[member] ?? [])
  const name = isHole(peer) ? peer.$hole.key.split('/').slice(1).join(' ') : String(peer)
  return `${trafficText(rule)} ${name}`
}

function trafficText({ ipProtocol, fromPort, toPort }: Rule): string {
  if (ipProtocol === '-1') return 'all'
  if (fromPort === undefined) return `protocol ${ipProtocol}`
  if (ipProtocol === 'icmp' || ipProtocol === 'icmpv6') {
    return fromPort === -1 ? String(ipProtocol) : `${ipProtocol} ${fromPort}/${toPort}`
  }
  return `${ipProtocol} ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`
}

/** Rules as a request spells them, merged by protocol and ports. */
export function permissionsOf(rules: readonly Rule[]): Record<string, unknown>[] {
  const merged = new Map<string, Record<string, unknown[]>>()
  for (const { ipProtocol, fromPort, toPort, ...peer } of rules) {
    const traffic = { ipProtocol, ...(fromPort === undefined ? {} : { fromPort, toPort }) }
    const key = JSON.stringify(traffic)
    const permission = merged.get(key) ?? (traffic as unknown as Record<string, unknown[]>)
    merged.set(key, permission)
    const [list] = Object.entries(peerLists).find(([, member]) => peer[member] !== undefined) ?? []
    if (list) permission[list] = [...(permission[list] ?? []), peer]
  }
  return [...merged.values()]
}

/** All traffic to anywhere: the egress that AWS gives every group at birth. */
export const allowAll: Rule = { ipProtocol: '-1', cidrIp: '0.0.0.0/0' }
