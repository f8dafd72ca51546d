/** How route tables are read, and where a subnet's association is that is to come to one of ours. */
import { expect, test } from 'vitest'
import { routeTable } from '../../../src/kinds/route-table/index.ts'
import { createAccount } from '../looking.ts'

const vpcId = 'vpc-0defa000000000000'
const subnets = ['subnet-0defa00000000000a', 'subnet-0defa00000000000b'] as const

async function table(account: ReturnType<typeof createAccount>): Promise<string> {
  const made = await account.aws('ec2:CreateRouteTable', { VpcId: vpcId })
  return (made as { RouteTable: { RouteTableId: string } }).RouteTable.RouteTableId
}

test('routes that Git may declare, associations with their ids, and no main one', async () => {
  const account = createAccount(routeTable)
  const found = await account.look({ main: { routeTableId: 'rtb-0defa000000000000' } })
  expect(found.get('default/RouteTable/main')).toMatchObject({
    live: {
      state: {
        vpcId,
        routes: [{ destinationCidrBlock: '0.0.0.0/0', gatewayId: 'igw-0defa000000000000' }],
        associations: [],
        associationIds: {},
        blackholes: [],
      },
    },
  })
})

test('an association in another table is looked for only where one is missing', async () => {
  const account = createAccount(routeTable)
  const [ours, other] = [await table(account), await table(account)]
  const associate = async (RouteTableId: string, SubnetId: string) => {
    const made = await account.aws('ec2:AssociateRouteTable', { RouteTableId, SubnetId })
    return (made as { AssociationId: string }).AssociationId
  }
  await associate(ours, subnets[0])
  const elsewhere = await associate(other, subnets[1])
  const spec = (...ids: string[]) => ({
    net: { routeTableId: ours, associations: ids.map((subnetId) => ({ subnetId })) },
  })
  const well = await account.look(spec(subnets[0]))
  expect(account.reads).toHaveLength(1)
  expect(well.get('default/RouteTable/net')).toMatchObject({ live: { state: { elsewhere: {} } } })
  const found = await account.look(spec(...subnets, 'subnet-0defa00000000000c'))
  expect(account.reads).toHaveLength(2)
  expect(found.get('default/RouteTable/net')).toMatchObject({
    live: { state: { elsewhere: { [subnets[1]]: elsewhere } } },
  })
})

test('a route whose target is gone is known as such', async () => {
  const account = createAccount(routeTable)
  await account.aws('ec2:DetachInternetGateway', {
    InternetGatewayId: 'igw-0defa000000000000',
    VpcId: vpcId,
  })
  const found = await account.look({ main: { routeTableId: 'rtb-0defa000000000000' } })
  const answer = found.get('default/RouteTable/main')
  expect(answer).toMatchObject({ live: { state: { blackholes: ['0.0.0.0/0'] } } })
  if (answer?.found !== 'yes') throw new Error('not found')
  expect(routeTable.health(answer.live as never, undefined)).toMatchObject({ state: 'Failed' })
})
