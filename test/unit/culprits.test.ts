/** Whom CloudTrail's records name, in the shapes in which services, people and tools appear there. */
import { expect, test } from 'vitest'
import { culpritsIn, eventNames, recordIn, type WriteRecord } from '../../src/keeper/culprits.ts'

const ourselves = 'arn:aws:sts::123456789012:assumed-role/fairlead/task-1'
const alice = 'arn:aws:sts::123456789012:assumed-role/Admin/alice'
const web = { arn: 'arn:aws:ecs:eu-west-1:123456789012:service/shop/web', name: 'web' }

const wrote = (more: WriteRecord = {}): WriteRecord => ({
  eventTime: '2026-03-01T12:00:00Z',
  sourceIPAddress: '203.0.113.1',
  userAgent: 'aws-cli/2.13.17 Python/3.11.5 command/ecs.update-service',
  userIdentity: { arn: alice },
  requestParameters: { cluster: 'shop', service: 'web', desiredCount: 5 },
  ...more,
})
const who = (...records: WriteRecord[]) => culpritsIn(records, web, ourselves)

test('a person at a terminal: who, with what, from where, how often and when last', () => {
  expect(who(wrote({ eventTime: '2026-03-01T12:04:00Z' }), wrote())).toBe(
    `${alice} (aws-cli/2.13.17, from 203.0.113.1), 2 times, last at 2026-03-01T12:04:00Z`,
  )
})

test.each([
  [
    'Terraform',
    'APN/1.0 HashiCorp/1.0 Terraform/1.11.2 (+https://www.terraform.io) aws-sdk-go-v2/1.36',
    'Terraform',
  ],
  ['the console', 'AWS Internal', 'AWS Internal'],
  [
    'a browser',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36',
    'Mozilla/5.0',
  ],
])('with %s', (_, userAgent, tool) => {
  expect(who(wrote({ userAgent }))).toContain(`(${tool}, from 203.0.113.1), once`)
})

test('an AWS service is named once, not as its own address', () => {
  const service = 'ecs.application-autoscaling.amazonaws.com'
  const record = wrote({
    userIdentity: { invokedBy: service },
    userAgent: service,
    sourceIPAddress: service,
  })
  expect(who(record)).toBe(`${service}, once, last at 2026-03-01T12:00:00Z`)
})

test('what we wrote is not counted; what another fairlead wrote is, even in our own role', () => {
  const userAgent = 'aws-sdk-js/3.9 ua/2.1 os/linux lang/js api/ecs app/fairlead'
  expect(who(wrote({ userAgent, userIdentity: { arn: ourselves } }))).toBeUndefined()
  const arn = 'arn:aws:sts::123456789012:assumed-role/fairlead/task-2'
  expect(who(wrote({ userAgent, userIdentity: { arn } }))).toBe(
    `another fairlead, ${arn}, once, last at 2026-03-01T12:00:00Z`,
  )
})

test('a refused call set nothing, and other resources are none of ours', () => {
  expect(who(wrote({ errorCode: 'AccessDenied' }))).toBeUndefined()
  expect(who(wrote({ requestParameters: { cluster: 'shop', service: 'api' } }))).toBeUndefined()
  expect(who(wrote({ requestParameters: { cluster: 'other', service: 'web' } }))).toBeUndefined()
  // Without a cluster the default one is meant.
  expect(who(wrote({ requestParameters: { service: 'web' } }))).toBeUndefined()
  expect(who(wrote({ requestParameters: null }))).toBeUndefined()
})

test('the resource is known by its ARN, wherever it stands, and its cluster by name or ARN', () => {
  const cluster = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop'
  expect(who(wrote({ requestParameters: { resourceArn: web.arn, tags: [] } }))).toBeDefined()
  expect(who(wrote({ requestParameters: { cluster, service: 'web' } }))).toBeDefined()
  const group = {
    arn: 'arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1',
    id: 'sg-1',
    name: 'w',
  }
  const rule = { groupId: 'sg-1', ipPermissions: { items: [{ ipProtocol: 'tcp' }] } }
  expect(culpritsIn([wrote({ requestParameters: rule })], group, ourselves)).toBeDefined()
  const role = { arn: 'arn:aws:iam::123456789012:role/teams/web-task', name: 'web-task' }
  const policy = { roleName: 'web-task', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }
  expect(culpritsIn([wrote({ requestParameters: policy })], role, ourselves)).toBeDefined()
})

test('of many the two who wrote most', () => {
  const by = (name: string) => wrote({ userIdentity: { arn: name }, userAgent: 'x' })
  expect(who(by('a'), by('b'), by('b'), by('c'), by('c'), by('c'), by('d'))).toMatch(
    /^c \(x, from 203\.0\.113\.1\), 3 times.*; and b .*, 2 times.*; and 2 more$/,
  )
})

test('the events to ask for are the writes themselves and what undoes them', () => {
  expect(eventNames(['ecs:UpdateService'])).toEqual(['UpdateService'])
  expect(eventNames(['iam:DetachRolePolicy', 'iam:AttachRolePolicy'])).toEqual([
    'DetachRolePolicy',
    'AttachRolePolicy',
  ])
  expect(eventNames(['ec2:RevokeSecurityGroupIngress'])).toEqual([
    'RevokeSecurityGroupIngress',
    'AuthorizeSecurityGroupIngress',
  ])
  expect(eventNames(['ecs:UntagResource', 'autoscaling:CreateOrUpdateTags'])).toEqual([
    'UntagResource',
    'CreateOrUpdateTags',
    'TagResource',
    'DeleteTags',
  ])
})

test('what is no record is left out', () => {
  expect([recordIn(undefined), recordIn(''), recordIn('{'), recordIn('null')]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
