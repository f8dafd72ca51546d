/** How VPCs are found: by our tags or by their ids, all in one call each, and attributes only where Git declares them. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../../src/errors.ts'
import { vpc } from '../../../src/kinds/vpc/index.ts'
import { createAccount } from '../looking.ts'

const tagged = (name: string, owner = 'default') => [
  {
    ResourceType: 'vpc',
    Tags: [
      { Key: 'fairlead:owner', Value: owner },
      { Key: 'fairlead:resource', Value: `default/Vpc/${name}` },
    ],
  },
]

test('many in one call; what another owner tagged is not ours', async () => {
  const account = createAccount(vpc)
  for (const name of ['a', 'b']) {
    await account.aws('ec2:CreateVpc', {
      CidrBlock: '10.0.0.0/16',
      TagSpecifications: tagged(name),
    })
  }
  await account.aws('ec2:CreateVpc', {
    CidrBlock: '10.0.0.0/16',
    TagSpecifications: tagged('c', 'someone'),
  })
  const found = await account.look({ a: {}, b: {}, c: {} })
  expect([...found.values()].map((answer) => answer.found)).toEqual(['yes', 'yes', 'no'])
  expect(account.reads).toEqual(['ec2:DescribeVpcs'])
})

test('by id, though it carries no tags of ours; an id that is not there is no error', async () => {
  const account = createAccount(vpc)
  const found = await account.look({
    net: { vpcId: 'vpc-0defa000000000000', enableDnsHostnames: true },
    gone: { vpcId: 'vpc-00000000000000000' },
    other: {},
  })
  expect(found.get('default/Vpc/net')).toMatchObject({
    found: 'yes',
    live: {
      attributes: { id: 'vpc-0defa000000000000' },
      state: { cidrBlock: '172.31.0.0/16', instanceTenancy: 'default', enableDnsHostnames: true },
    },
  })
  expect(found.get('default/Vpc/gone')).toEqual({ found: 'no' })
  expect(account.reads).toEqual([
    'ec2:DescribeVpcs',
    'ec2:DescribeVpcs',
    'ec2:DescribeVpcAttribute',
  ])
})

test('two with our tags are one too many, and a person must say which', async () => {
  const account = createAccount(vpc)
  for (let n = 0; n < 2; n++) {
    await account.aws('ec2:CreateVpc', { CidrBlock: '10.0.0.0/16', TagSpecifications: tagged('a') })
  }
  const found = (await account.look({ a: {} })).get('default/Vpc/a')
  expect(found).toMatchObject({ found: 'unknown', reason: 'ambiguous' })
})

test('an attribute that cannot be read leaves it unknown', async () => {
  const account = createAccount(vpc)
  await account.aws('ec2:CreateVpc', { CidrBlock: '10.0.0.0/16', TagSpecifications: tagged('a') })
  account.failWith((operation) =>
    operation === 'ec2:DescribeVpcAttribute'
      ? new AwsFailure(operation, 'denied', 'UnauthorizedOperation', 'no')
      : undefined,
  )
  const found = (await account.look({ a: { enableDnsSupport: true } })).get('default/Vpc/a')
  expect(found).toMatchObject({ found: 'unknown', reason: 'denied' })
})
