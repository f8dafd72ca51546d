/** Promise: under the policy of `fairlead iam-policy`, with its conditions, all is made, taken over, changed and deleted. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { layered } from '../../src/aws/aws.ts'
import { isRead } from '../../src/cli/connect.ts'
import { kinds } from '../../src/kinds/index.ts'
import type { Operation } from '../../src/model.ts'
import { createRig, type Rig } from '../rig.ts'
import { fence, statementsOf } from './fence.ts'
import { minute } from './shop.ts'

const path = 'test/fixtures/from-nothing/shop.yaml'
const file = readFileSync(path, 'utf8')

/** A rig whose every call is judged. */
async function fencedRig(owner: string, more: { beside?: Rig; teardown?: boolean } = {}) {
  const holder: { rig?: Rig } = {}
  const statements = await statementsOf(path, owner)
  const fenced = fence(statements, () => holder.rig!.simulator)
  holder.rig = createRig({ owner, layer: fenced.layer, ...more })
  return { rig: holder.rig, statements, ...fenced }
}

test('from an empty account and back, with changes between', async () => {
  const { rig, refused, asked } = await fencedRig('shop')
  await rig.git({ 'shop.yaml': file })
  await rig.ready()
  await rig.git({
    'shop.yaml': file
      .replace('nginx:1.27', 'nginx:1.28')
      .replace('t3.medium', 't3.large')
      .replace('max: 3', 'max: 4'),
  })
  await rig.ready(60 * minute)
  await rig.stop()
  const end = await fencedRig('shop', { beside: rig, teardown: true })
  await end.rig.git({ 'shop.yaml': file })
  await end.rig.ready(60 * minute)
  await end.rig.stop()
  expect([...refused, ...end.refused]).toEqual([])
  const sent = [...rig.writes(), ...end.rig.writes()].map(({ operation }) => operation)
  expect(new Set(sent).size).toBeGreaterThan(30)
  const unasked = granted(end.statements).filter(
    (action) => !asked.has(action) && !end.asked.has(action),
  )
  // What this story has no use for: writes are planned in some case each, test/kinds/contract.test.ts sees to that;
  // of reads another story or an observer's test tells.
  const reads = unasked.filter((action) => isRead(action as Operation))
  const texts = storiesOf('test/scenario', 'test/kinds', 'test/unit')
  expect(reads.filter((action) => !texts.some((text) => text.includes(`'${action}'`)))).toEqual([
    // Why targets are not healthy: test/scenario/why.test.ts tells without naming the call.
    // Whose roles and profiles are, where they are pruned: test/scenario/prune-order.test.ts alike.
    'iam:ListInstanceProfileTags',
    'iam:ListRoleTags',
  ])
  const declared = kinds.flatMap(({ operations }) => Object.keys(operations))
  const writes = unasked.filter((action) => !isRead(action as Operation))
  expect(writes.filter((action) => !declared.includes(action))).toEqual([])
})

const granted = (statements: readonly object[]) => [
  ...new Set(statements.flatMap((statement) => (statement as { Action: string[] }).Action)),
]

const storiesOf = (...folders: string[]) =>
  folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts') && name !== 'policy.test.ts')
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  )

test('what is adopted is tagged before it is changed, which is all that the policy allows', async () => {
  const { rig, refused } = await fencedRig('shop')
  await rig.aws('ecs:CreateCluster', { clusterName: 'shop' })
  const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' } }
  await rig.aws('iam:CreateRole', {
    RoleName: 'workers',
    Description: 'made by hand',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ ...trust, Action: 'sts:AssumeRole' }],
    }),
  })
  const adopt = (text: string) =>
    text.replaceAll(
      /(kind: (?:Cluster|InstanceGroup)\nmetadata: {)/g,
      '$1 annotations: { fairlead.dev/adopt: overwrite },',
    )
  await rig.git({ 'shop.yaml': adopt(file) })
  await rig.ready()
  expect(refused).toEqual([])
  const ofRole = rig.writes().filter(({ input }) => input.RoleName === 'workers')
  expect(ofRole.map(({ operation }) => operation).slice(0, 2)).toEqual([
    'iam:TagRole',
    'iam:UpdateRole',
  ])
  await rig.stop()
})

test('what is others’, or nobody’s and not adopted, is out of reach', async () => {
  const { rig, layer, refused } = await fencedRig('shop')
  const { cluster } = (await rig.aws('ecs:CreateCluster', {
    clusterName: 'theirs',
    tags: [{ key: 'fairlead:owner', value: 'theirs' }],
  })) as { cluster: { clusterArn: string } }
  const { Vpcs } = (await rig.aws('ec2:DescribeVpcs', {})) as { Vpcs: { VpcId: string }[] }
  const ours = layered(rig.aws, layer)
  const claim = [{ key: 'fairlead:owner', value: 'shop' }]
  const calls = [
    ours('ecs:UpdateCluster', { cluster: 'theirs' }),
    ours('ecs:TagResource', { resourceArn: cluster.clusterArn, tags: claim }),
    ours('ecs:CreateCluster', { clusterName: 'unmarked' }),
    ours('ec2:DeleteVpc', { VpcId: Vpcs[0]?.VpcId }),
  ]
  const results = await Promise.allSettled(calls)
  expect(results.map(({ status }) => status)).toEqual(calls.map(() => 'rejected'))
  expect(refused.map((text) => text.split(' ')[0])).toEqual([
    'ecs:UpdateCluster',
    'ecs:TagResource',
    'ecs:CreateCluster',
    'ec2:DeleteVpc',
  ])
  await rig.stop()
})
