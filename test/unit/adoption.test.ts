/** What was adopted is released by the opposite of its kind's tagging, and security groups let go of those that go. */
import { expect, test } from 'vitest'
import { releaseOf, takesOver } from '../../src/adoption.ts'
import { kinds } from '../../src/kinds/index.ts'
import { release } from '../../src/kinds/security-group/plan.ts'
import type { Live } from '../../src/model.ts'

const live = (more: Partial<Live> = {}): Live => ({
  key: 'default/Vpc/web',
  identity: { name: 'web', parts: {} },
  attributes: { arn: 'arn:web', id: 'id-1', groupArn: 'arn:group' },
  tags: { team: 'shop', 'fairlead:owner': 'default', 'fairlead:adopted': 'true' },
  state: {},
  ...more,
})

const released = (kind: string, of = live()) =>
  releaseOf(of, kinds.find(({ name }) => name === kind)!.operations)

test('every tag of ours comes off, and no other, by one call that names the resource as AWS does', () => {
  const keys = ['fairlead:adopted', 'fairlead:owner']
  const inputs = {
    Vpc: { Resources: ['id-1'], Tags: keys.map((Key) => ({ Key })) },
    Cluster: { resourceArn: 'arn:web', tagKeys: keys },
    LoadBalancer: { ResourceArns: ['arn:web'], TagKeys: keys },
    Repository: { resourceArn: 'arn:web', tagKeys: keys },
    Role: { RoleName: 'web', TagKeys: keys },
    InstanceProfile: { InstanceProfileName: 'web', TagKeys: keys },
    ScalableTarget: { ResourceARN: 'arn:web', TagKeys: keys },
    ScheduledTask: { ResourceArn: 'arn:group', TagKeys: keys },
    AutoScalingGroup: {
      Tags: keys.map((Key) => ({ ResourceId: 'web', ResourceType: 'auto-scaling-group', Key })),
    },
  }
  for (const [kind, input] of Object.entries(inputs)) {
    expect([kind, released(kind)?.call.input]).toEqual([kind, input])
  }
  expect(released('Vpc')?.fields).toEqual([
    { path: 'tags["fairlead:adopted"]', from: 'true' },
    { path: 'tags["fairlead:owner"]', from: 'default' },
  ])
})

test('there is nothing to send where nothing carries a tag of ours', () => {
  expect(released('Vpc', live({ tags: { team: 'shop' } }))).toBeUndefined()
  // A family of which no revision is what Git says.
  expect(released('TaskDefinition', live({ attributes: { family: 'web' } }))).toBeUndefined()
})

test('a security group that stays lets go of the groups that go, and of no other', () => {
  const rule = (groupId: string) => ({ ipProtocol: '-1', groupId })
  const state = { ipPermissions: [rule('sg-1'), rule('sg-2')], ipPermissionsEgress: [] }
  const group = live({ state }) as never
  const named = (of?: readonly Live[]) =>
    JSON.stringify(release(group, of).map(({ input }) => input.IpPermissions))
  expect(named()).toContain('sg-2')
  const calls = named([live({ attributes: { id: 'sg-1' } })])
  expect(calls).toContain('sg-1')
  expect(calls).not.toContain('sg-2')
})

test('tags of ours alone take over: no other field, no other tag, and not a second time', () => {
  const fields = ['adopted', 'owner', 'resource'].map((name) => ({
    path: `tags["fairlead:${name}"]`,
    to: 'x',
  }))
  const [adopted, ...rest] = fields
  const verdict = 'update' as const
  expect(takesOver({ verdict, fields })).toBe(true)
  expect(takesOver({ verdict: 'blocked', fields })).toBe(false)
  expect(takesOver({ verdict, fields: [] })).toBe(false)
  expect(takesOver({ verdict, fields: rest })).toBe(false)
  expect(takesOver({ verdict, fields: [{ ...adopted!, from: 'true' }, ...rest] })).toBe(false)
  expect(takesOver({ verdict, fields: [...fields, { path: 'tags.team', to: 'x' }] })).toBe(false)
  expect(takesOver({ verdict, fields: [...fields, { path: 'desiredCount', to: 2 }] })).toBe(false)
})
