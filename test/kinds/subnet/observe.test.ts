/** How subnets are read, and which zones a counted one may go to. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../../src/errors.ts'
import { subnet } from '../../../src/kinds/subnet/index.ts'
import { createAccount } from '../looking.ts'

test('all that policy and health need is kept', async () => {
  const account = createAccount(subnet)
  const spec = { subnetId: 'subnet-0defa00000000000a' }
  const found = (await account.look({ a: spec })).get('default/Subnet/a')
  expect(found).toMatchObject({
    found: 'yes',
    live: {
      attributes: { id: spec.subnetId },
      state: {
        state: 'available',
        vpcId: 'vpc-0defa000000000000',
        cidrBlock: '172.31.0.0/20',
        availabilityZone: 'us-east-1a',
        mapPublicIpOnLaunch: true,
        privateDnsNameOptionsOnLaunch: {
          hostnameType: 'ip-name',
          enableResourceNameDnsARecord: false,
          enableResourceNameDnsAAAARecord: false,
        },
      },
    },
  })
  expect(account.reads).toEqual(['ec2:DescribeSubnets'])
})

test('zones are asked for once, for counted zones of subnets that are not there', async () => {
  const account = createAccount(subnet)
  const zone = (availabilityZone: string) => ({ availabilityZone, vpcId: 'vpc-1' })
  const specs = { a: zone('1'), c: zone('3'), z: zone('9'), named: zone('us-east-1b') }
  const found = await account.look(specs)
  expect(found.get('default/Subnet/a')).toMatchObject({ facts: { availabilityZone: 'us-east-1a' } })
  expect(found.get('default/Subnet/c')).toMatchObject({ facts: { availabilityZone: 'us-east-1c' } })
  expect(found.get('default/Subnet/z')).toEqual({
    found: 'no',
    facts: { zones: 'us-east-1a, us-east-1b, us-east-1c' },
  })
  expect(found.get('default/Subnet/named')).toEqual({ found: 'no' })
  expect(account.reads).toEqual(['ec2:DescribeSubnets', 'ec2:DescribeAvailabilityZones'])
  await account.look(specs)
  expect(account.reads).toEqual(['ec2:DescribeSubnets'])
})

test('zones that could not be read are asked for again', async () => {
  const account = createAccount(subnet)
  account.failWith((operation) =>
    operation === 'ec2:DescribeAvailabilityZones'
      ? new AwsFailure(operation, 'transient', 'Unavailable', 'later')
      : undefined,
  )
  const specs = { a: { availabilityZone: '1' } }
  expect((await account.look(specs)).get('default/Subnet/a')).toMatchObject({ found: 'unknown' })
  account.failWith(undefined)
  expect((await account.look(specs)).get('default/Subnet/a')).toMatchObject({ found: 'no' })
})
