/** How many rules a group may have: 60, unless the account's quota was raised; never more than 1000. */
import { expect, test } from 'vitest'
import { documentOf, errors, notices, read } from '../../unit/manifest-support.ts'

const group = (count: number, more = '') => {
  const ranges = Array.from({ length: count }, (_, i) => `{ cidrIp: 10.${i >> 8}.${i & 255}.0/24 }`)
  const permission = `{ ipProtocol: tcp, fromPort: 1, toPort: 1, ipRanges: [${ranges}]${more} }`
  return documentOf('SecurityGroup', 'web', `description: web\nipPermissions: [${permission}]`)
}

test('IPv4 and IPv6 are counted apart', async () => {
  const six = Array.from({ length: 60 }, (_, i) => `{ cidrIpv6: "2001:db8:${i}::/48" }`)
  const desired = await read(group(60, `, ipv6Ranges: [${six}]`))
  expect([...errors(desired), ...notices(desired)]).toEqual([])
})

test('more than sixty are remarked on, and stop nothing', async () => {
  const desired = await read(group(61))
  expect(errors(desired)).toEqual([])
  expect(notices(desired)).toEqual([
    "note a.yaml:6:3 ManyRules SecurityGroup/web spec.ipPermissions: 61 rules: AWS takes 60, unless the account's quota was raised",
  ])
  expect(desired.stopped).toEqual([])
})

test('more than a thousand are refused', async () => {
  expect(errors(await read(group(1001)))).toEqual([
    'a.yaml:6:3 TooMany SecurityGroup/web spec.ipPermissions: 1001 rules, and no account can have more than 1000 in a group',
  ])
})
