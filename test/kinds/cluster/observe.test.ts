/** How clusters are read, a hundred a call. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../../src/errors.ts'
import type { Read } from '../../../src/kind.ts'
import { cluster } from '../../../src/kinds/cluster/index.ts'
import { createAccount } from '../looking.ts'

test('what is missing or deleted is no', async () => {
  const account = createAccount(cluster)
  for (const clusterName of ['shop', 'old']) await account.aws('ecs:CreateCluster', { clusterName })
  await account.aws('ecs:DeleteCluster', { cluster: 'old' })
  const found = await account.look({ shop: {}, old: {}, never: {} })
  expect([...found.values()].map((answer) => answer.found)).toEqual(['yes', 'no', 'no'])
  expect(account.reads).toEqual(['ecs:DescribeClusters'])
})

test('settings, configuration and tags are asked for', async () => {
  const account = createAccount(cluster)
  const settings = [{ name: 'containerInsights', value: 'enhanced' }]
  const configuration = { executeCommandConfiguration: { logging: 'NONE' } }
  const tags = [{ key: 'team', value: 'shop' }]
  await account.aws('ecs:CreateCluster', { clusterName: 'shop', settings, configuration, tags })
  const found = (await account.look({ shop: {} })).get('default/Cluster/shop')
  expect(found).toMatchObject({
    found: 'yes',
    live: { tags: { team: 'shop' }, state: { settings, configuration } },
  })
})

test('a failed call makes its hundred unknown, and no other', async () => {
  const account = createAccount(cluster)
  account.failWith((operation, input) =>
    (input.clusters as string[]).includes('c-0')
      ? new AwsFailure(operation, 'transient', 'ServerException', 'try again')
      : undefined,
  )
  const specs = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`c-${n}`, {}]))
  const answers = [...(await account.look(specs)).values()].map((answer) => answer.found)
  expect(answers.filter((answer) => answer === 'unknown')).toHaveLength(100)
  expect(answers.filter((answer) => answer === 'no')).toHaveLength(1)
})

test('a failure other than MISSING is not taken for absence', async () => {
  const account = createAccount(cluster)
  const arn = 'arn:aws:ecs:us-east-1:123456789012:cluster/shop'
  const read = (async () => ({
    clusters: [],
    failures: [{ arn, reason: 'ACCESS_DENIED' }],
  })) as Read
  const found = await account.look({ shop: {} }, [], { read })
  expect(found.get('default/Cluster/shop')).toMatchObject({ found: 'unknown' })
})
