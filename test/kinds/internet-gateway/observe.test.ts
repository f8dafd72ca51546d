/** How internet gateways are read: attached or not. */
import { expect, test } from 'vitest'
import { internetGateway } from '../../../src/kinds/internet-gateway/index.ts'
import { createAccount } from '../looking.ts'

test('attached and detached ones, in one call', async () => {
  const account = createAccount(internetGateway)
  const { InternetGateway } = (await account.aws('ec2:CreateInternetGateway', {})) as {
    InternetGateway: { InternetGatewayId: string }
  }
  const found = await account.look({
    attached: { internetGatewayId: 'igw-0defa000000000000' },
    free: { internetGatewayId: InternetGateway.InternetGatewayId },
  })
  expect(found.get('default/InternetGateway/attached')).toMatchObject({
    live: { state: { vpcId: 'vpc-0defa000000000000', attachment: 'available' } },
  })
  expect(found.get('default/InternetGateway/free')).toMatchObject({ live: { state: {} } })
  expect(account.reads).toEqual(['ec2:DescribeInternetGateways'])
})
