/**
 * Rules of security groups beyond the schema. They rest on CreateSecurityGroup and AuthorizeSecurityGroupIngress in
 * the Amazon EC2 API reference.
 */
import { readBlock } from '../../kit/cidr.ts'
import { checkTags, type Findings, repeated } from '../../kit/field-rules.ts'
import {
  labelOf,
  type Peer,
  type Permission,
  peerLists,
  protocolOf,
  type Rule,
  rulesOf,
} from './permissions.ts'
import type { SecurityGroupSpec } from './spec.ts'

const text = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/
const characters = 'letters, digits, spaces and . _ - : / ( ) # , @ [ ] + = & ; { } ! $ *'

export function checkSecurityGroup(spec: SecurityGroupSpec, found: Findings): void {
  const { say } = found
  checkTags(spec.tags, 'spec.tags', found)
  checkGroupName(spec.groupName, found)
  checkText(spec.description, 'spec.description', found)
  if (spec.description === '') say('spec.description', 'Required', 'must not be empty')
  for (const side of ['ipPermissions', 'ipPermissionsEgress'] as const) {
    const permissions = spec[side] ?? []
    permissions.forEach((permission, index) => {
      checkPermission(permission, `spec.${side}[${index}]`, found)
    })
    const labelled = permissions.flatMap((permission, index) =>
      rulesOf([permission]).map((rule) => ({ label: ruleKey(rule), index, rule })),
    )
    for (const [{ rule, index }] of repeated(labelled, ({ label }) => label)) {
      say(`spec.${side}[${index}]`, 'Repeated', `the rule ${labelOf(rule)} is here a second time`)
    }
    checkCount(
      labelled.map(({ rule }) => rule),
      side,
      found,
    )
  }
}

const ruleKey = ({ description: _, ...rule }: Record<string, unknown>) => JSON.stringify(rule)

/** AWS counts IPv4 and IPv6 apart, and can raise the quota of 60 up to this; above 60 only the account can tell. */
const mostRules = 1000

function checkCount(rules: readonly Rule[], side: string, { say, note }: Findings): void {
  const count = Math.max(
    rules.filter(({ cidrIpv6 }) => cidrIpv6 === undefined).length,
    rules.filter(({ cidrIp }) => cidrIp === undefined).length,
  )
  if (count > 60 && count <= mostRules) {
    const message = `${count} rules: AWS takes 60, unless the account's quota was raised`
    note(`spec.${side}`, 'ManyRules', message)
  }
  if (count <= mostRules) return
  say(
    `spec.${side}`,
    'TooMany',
    `${count} rules, and no account can have more than 1000 in a group`,
  )
}

function checkGroupName(name: string | undefined, { say }: Findings): void {
  const path = 'spec.groupName'
  if (name === undefined) return
  if (/^sg-/i.test(name))
    say(path, 'BadName', 'the name of a security group must not begin with sg-')
  else if (name.toLowerCase() === 'default') {
    say(path, 'BadName', 'the name "default" is that of the group that AWS makes for each VPC')
  } else if (name.length < 1 || name.length > 255 || !text.test(name)) {
    say(path, 'BadName', `a name has from 1 to 255 ${characters}`)
  }
}

function checkText(value: unknown, path: string, { say }: Findings): void {
  if (typeof value !== 'string' || (value.length <= 255 && text.test(value))) return
  say(path, 'BadText', `a description has at most 255 ${characters}`)
}

function checkPermission(permission: Permission, path: string, found: Findings): void {
  checkTraffic(permission, path, found)
  const lists = Object.keys(peerLists) as (keyof typeof peerLists)[]
  const count = lists.reduce((sum, list) => sum + (permission[list]?.length ?? 0), 0)
  if (count === 0) {
    const hint = 'write ipRanges, ipv6Ranges, prefixListIds or userIdGroupPairs'
    found.say(path, 'NoPeer', 'a rule needs someone on the other side', hint)
  }
  for (const list of lists) {
    permission[list]?.forEach((peer, index) => {
      checkPeer(peer, list, `${path}.${list}[${index}]`, found)
    })
  }
}

function checkTraffic(permission: Permission, path: string, { say }: Findings): void {
  const { ipProtocol, fromPort, toPort } = permission
  if (ipProtocol === undefined) {
    say(
      `${path}.ipProtocol`,
      'Required',
      'is required, and missing',
      'tcp, udp, icmp, icmpv6 or -1',
    )
    return
  }
  const protocol = protocolOf(ipProtocol)
  if (protocol === 'tcp' || protocol === 'udp') {
    const wrong = [fromPort, toPort].find(
      (port) => port !== undefined && (port < 0 || port > 65535),
    )
    if (fromPort === undefined || toPort === undefined) {
      say(path, 'Ports', `${protocol} needs fromPort and toPort`, 'from 0 to 65535 for all')
    } else if (wrong !== undefined) {
      say(path, 'Ports', `${wrong} is no port: expected from 0 to 65535`)
    } else if (fromPort > toPort) {
      say(path, 'Ports', `fromPort ${fromPort} is behind toPort ${toPort}`)
    }
  } else if (protocol === 'icmp' || protocol === 'icmpv6') {
    const [type, code] = [fromPort ?? -1, toPort ?? -1]
    const within = (value: number) => value >= -1 && value <= 255
    if (!within(type) || !within(code) || (type === -1 && code !== -1)) {
      say(path, 'Ports', `there is no ICMP type ${type} with code ${code}: -1 stands for all`)
    }
  } else if (protocol !== '-1' && !(/^\d{1,3}$/.test(protocol) && Number(protocol) <= 255)) {
    const expected = 'expected tcp, udp, icmp, icmpv6, -1 (all) or a number'
    say(`${path}.ipProtocol`, 'BadProtocol', `there is no protocol "${ipProtocol}": ${expected}`)
  }
}

function checkPeer(peer: Peer, list: keyof typeof peerLists, path: string, found: Findings): void {
  const { say } = found
  const member = peerLists[list]
  const value = peer[member]
  checkText(peer.description, `${path}.description`, found)
  if (value === undefined) {
    const hint = peer.groupName === undefined ? undefined : 'a group is named by its groupId'
    say(`${path}.${member}`, 'Required', 'is required, and missing', hint)
    return
  }
  const family = { cidrIp: 4, cidrIpv6: 6, prefixListId: 0, groupId: 0 }[member]
  if (family === 0 || readBlock(value)?.family === family) return
  const example = family === 4 ? '10.0.0.0/16' : '2001:db8::/32'
  const message = `"${value}" is not an IPv${family} block: expected one such as ${example}`
  const bare = readBlock(`${value}/${family === 4 ? 32 : 128}`)?.family === family
  say(
    `${path}.${member}`,
    'BadBlock',
    message,
    bare ? `write ${value}/${family === 4 ? 32 : 128}` : undefined,
  )
}
