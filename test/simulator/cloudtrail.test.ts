/** The event history: writes alone, some minutes later, with who made them, newest first, in pages. */
import { expect, test } from 'vitest'
import { createSimulator } from '../../src/simulator/index.ts'

const minute = 60_000
const alice = 'arn:aws:sts::123456789012:assumed-role/Admin/alice'

function account() {
  const clock = { now: Date.UTC(2026, 2, 1, 12) }
  const simulator = createSimulator({ now: () => clock.now })
  const events = (input: object = {}) => {
    const { Events } = simulator.call('cloudtrail:LookupEvents', { ...input })
    return (Events as { EventName: string; CloudTrailEvent: string }[]).map((event) => ({
      name: event.EventName,
      ...JSON.parse(event.CloudTrailEvent),
    }))
  }
  return { clock, simulator, events }
}

test('a write is there after five minutes, with its caller, agent and parameters; a read never', () => {
  const { clock, simulator, events } = account()
  simulator.call(
    'ecs:CreateCluster',
    { clusterName: 'shop' },
    { caller: alice, userAgent: 'aws-cli/2' },
  )
  simulator.call('ecs:DescribeClusters', { clusters: ['shop'] })
  clock.now += 5 * minute - 1
  expect(events()).toEqual([])
  clock.now += 1
  expect(events()).toMatchObject([
    {
      name: 'CreateCluster',
      eventSource: 'ecs.amazonaws.com',
      eventTime: '2026-03-01T12:00:00Z',
      userIdentity: { type: 'AssumedRole', arn: alice },
      userAgent: 'aws-cli/2',
      requestParameters: { clusterName: 'shop' },
    },
  ])
})

test('what was refused is not there; members begin in lower case', () => {
  const { clock, simulator, events } = account()
  expect(() => simulator.call('iam:DeleteRole', { RoleName: 'none' })).toThrow()
  simulator.call('ecr:CreateRepository', { repositoryName: 'web' })
  simulator.call('elasticloadbalancing:CreateTargetGroup', { Name: 'web', TargetType: 'lambda' })
  clock.now += 5 * minute
  expect(events()).toMatchObject([
    {
      name: 'CreateTargetGroup',
      userIdentity: { arn: 'arn:aws:iam::123456789012:user/simulator' },
      requestParameters: { name: 'web', targetType: 'lambda' },
    },
    { name: 'CreateRepository', requestParameters: { repositoryName: 'web' } },
  ])
})

test('by name, by time, newest first and in pages; two attributes, or a range from late to early, are refused', () => {
  const { clock, simulator, events } = account()
  const began = clock.now
  for (const name of ['a', 'b', 'c']) {
    simulator.call('ecs:CreateCluster', { clusterName: name })
    clock.now += minute
  }
  simulator.call('ecs:DeleteCluster', { cluster: 'a' })
  clock.now += 5 * minute
  const byName = {
    LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'CreateCluster' }],
  }
  const named = events(byName).map(({ requestParameters }) => requestParameters.clusterName)
  expect(named).toEqual(['c', 'b', 'a'])
  expect(events({ ...byName, StartTime: new Date(began + minute) })).toHaveLength(2)
  expect(events({ ...byName, EndTime: new Date(began) })).toHaveLength(1)
  const first = simulator.call('cloudtrail:LookupEvents', { MaxResults: 3 })
  const second = simulator.call('cloudtrail:LookupEvents', {
    MaxResults: 3,
    NextToken: first.NextToken,
  })
  expect([first.Events.length, second.Events.length, second.NextToken]).toEqual([3, 1, undefined])
  expect(() =>
    events({ LookupAttributes: [...byName.LookupAttributes, ...byName.LookupAttributes] }),
  ).toThrow('Only one lookup attribute')
  expect(() => events({ StartTime: new Date(began), EndTime: new Date(began - 1) })).toThrow(
    'time range',
  )
})
