/** What the simulator's Scheduler says no to, and that nothing has changed then. */
import { expect, it } from 'vitest'
import { writeSnapshot } from '../../src/simulator/snapshot.ts'
import type { Refusal } from './aws.ts'
import { hourly, scheduling, target } from './scheduler-account.ts'

const late =
  'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.'
const when = (ScheduleExpression: string, more: object = {}) =>
  hourly({ Name: 'new', ScheduleExpression, ...more })
const to = (more: object, ecs?: object) => hourly({ Name: 'new', Target: target(more, ecs) })
const past = new Date('2025-12-31T00:00:00Z')

// biome-ignore format: a table reads best with a row on a line
const rows: readonly Refusal[] = [
  ['scheduler:CreateSchedule', hourly(), 'ConflictException (409): Schedule job already exists.'],
  ['scheduler:CreateSchedule', hourly({ Name: 'a b' }), /^ValidationException \(400\): .*'name' failed to satisfy constraint: Member must satisfy regular expression/],
  ['scheduler:CreateSchedule', hourly({ Name: 'x'.repeat(65) }), /^ValidationException .*between 1 and 64/],
  ['scheduler:CreateSchedule', hourly({ GroupName: 'none' }), 'ResourceNotFoundException (404): Schedule group none does not exist.'],
  ['scheduler:CreateSchedule', when('often'), 'ValidationException (400): Invalid Schedule Expression often.'],
  ['scheduler:CreateSchedule', when('rate(0 minutes)'), /^ValidationException .*Invalid Schedule Expression/],
  ['scheduler:CreateSchedule', when('rate(5 seconds)'), /^ValidationException .*Invalid Schedule Expression/],
  ['scheduler:CreateSchedule', when('at(2026-01-01)'), /^ValidationException .*Invalid Schedule Expression/],
  ['scheduler:CreateSchedule', when('at(2026-13-01T00:00:00)'), /^ValidationException .*Invalid Schedule Expression/],
  ['scheduler:CreateSchedule', when('cron(0 8 * * ?)'), /^ValidationException .*Invalid Schedule Expression/],
  ['scheduler:CreateSchedule', when('cron(0 8 * * * *)'), /^ValidationException .*Invalid Schedule Expression/],
  ['scheduler:CreateSchedule', when('cron(0 8 ? * ? *)'), /^ValidationException .*Invalid Schedule Expression/],
  ['scheduler:CreateSchedule', when('cron(? 8 1 * ? *)'), /^ValidationException .*Invalid Schedule Expression/],
  ['scheduler:CreateSchedule', when('cron(61 8 1 * ? *)'), /^ValidationException .*Invalid Schedule Expression/],
  ['scheduler:CreateSchedule', when('rate(1 hour)', { ScheduleExpressionTimezone: 'Mars/Base' }), 'ValidationException (400): Invalid Schedule Expression Timezone Mars/Base.'],
  ['scheduler:CreateSchedule', when('rate(1 hour)', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }), /^ValidationException .*MaximumWindowInMinutes/],
  ['scheduler:CreateSchedule', when('rate(1 hour)', { FlexibleTimeWindow: { Mode: 'OFF', MaximumWindowInMinutes: 5 } }), /^ValidationException .*MaximumWindowInMinutes/],
  ['scheduler:CreateSchedule', when('rate(1 hour)', { FlexibleTimeWindow: { Mode: 'ON' } }), /^ValidationException .*Mode/],
  ['scheduler:CreateSchedule', when('rate(1 hour)', { State: 'PAUSED' }), /^ValidationException .*State/],
  ['scheduler:CreateSchedule', when('rate(1 hour)', { ActionAfterCompletion: 'KEEP' }), /^ValidationException .*ActionAfterCompletion/],
  ['scheduler:CreateSchedule', when('rate(1 hour)', { StartDate: past }), /^ValidationException .*StartDate/],
  ['scheduler:CreateSchedule', when('rate(1 hour)', { EndDate: past }), /^ValidationException .*EndDate/],
  ['scheduler:CreateSchedule', when('rate(1 hour)', { Description: 'x'.repeat(513) }), /^ValidationException .*Description/],
  ['scheduler:CreateSchedule', to({ Arn: 'x' }), 'ValidationException (400): Provided Arn x is not in correct format.'],
  ['scheduler:CreateSchedule', to({ RoleArn: 'x' }), /^ValidationException .*role ARN x/],
  ['scheduler:CreateSchedule', to({ RoleArn: 'arn:aws:iam::210987654321:role/x' }), /^ValidationException .*same account/],
  ['scheduler:CreateSchedule', to({ RoleArn: 'arn:aws:iam::123456789012:role/none' }), `ValidationException (400): ${late}`],
  ['scheduler:CreateSchedule', to({ RoleArn: 'arn:aws:iam::123456789012:role/other' }), `ValidationException (400): ${late}`],
  ['scheduler:CreateSchedule', to({ EcsParameters: undefined }), /^ValidationException .*EcsParameters are required/],
  ['scheduler:CreateSchedule', to({ Arn: 'arn:aws:sqs:us-east-1:123456789012:q' }), /^ValidationException .*EcsParameters go with/],
  ['scheduler:CreateSchedule', to({}, { TaskDefinitionArn: 'job' }), /^ValidationException .*Invalid task definition ARN job/],
  ['scheduler:CreateSchedule', to({}, { TaskCount: 11 }), /^ValidationException .*TaskCount/],
  ['scheduler:CreateSchedule', to({}, { CapacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] }), /^ValidationException .*cannot both/],
  ['scheduler:CreateSchedule', to({ Input: '[]' }), /^ValidationException .*JSON object/],
  ['scheduler:CreateSchedule', to({ RetryPolicy: { MaximumRetryAttempts: 186 } }), /^ValidationException .*MaximumRetryAttempts/],
  ['scheduler:CreateSchedule', to({ RetryPolicy: { MaximumEventAgeInSeconds: 59 } }), /^ValidationException .*MaximumEventAge/],
  ['scheduler:UpdateSchedule', hourly({ Name: 'none' }), 'ResourceNotFoundException (404): Schedule none does not exist.'],
  ['scheduler:UpdateSchedule', hourly({ ScheduleExpression: 'often' }), /^ValidationException/],
  ['scheduler:GetSchedule', { Name: 'none' }, 'ResourceNotFoundException (404): Schedule none does not exist.'],
  ['scheduler:DeleteSchedule', { Name: 'job', GroupName: 'none' }, 'ResourceNotFoundException (404): Schedule group none does not exist.'],
  ['scheduler:ListSchedules', { GroupName: 'none' }, /^ResourceNotFoundException \(404\)/],
  ['scheduler:ListSchedules', { MaxResults: 101 }, /^ValidationException/],
  ['scheduler:CreateScheduleGroup', { Name: 'default' }, 'ConflictException (409): Schedule group default already exists.'],
  ['scheduler:CreateScheduleGroup', { Name: 'a/b' }, /^ValidationException/],
  ['scheduler:CreateScheduleGroup', { Name: 'new', Tags: [{ Key: 'aws:x', Value: '' }] }, /^ValidationException/],
  ['scheduler:DeleteScheduleGroup', { Name: 'default' }, /^ValidationException/],
  ['scheduler:DeleteScheduleGroup', { Name: 'none' }, /^ResourceNotFoundException \(404\)/],
  ['scheduler:TagResource', { ResourceArn: 'arn:aws:scheduler:us-east-1:123456789012:schedule/default/job', Tags: [] }, /^ValidationException .*only schedule groups/],
  ['scheduler:ListTagsForResource', { ResourceArn: 'arn:aws:scheduler:us-east-1:123456789012:schedule-group/none' }, /^ResourceNotFoundException/],
]

it.each(rows)('refuses %s %j', (operation, input, text) => {
  const one = scheduling()
  one.call('scheduler:CreateSchedule', hourly({ ScheduleExpression: 'at(2027-01-01T00:00:00)' }))
  one.call('iam:CreateRole', {
    RoleName: 'other',
    AssumeRolePolicyDocument:
      '{"Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}',
  })
  one.later(60)
  one.call('ecs:ListClusters')
  const before = writeSnapshot(one.sim.snapshot())
  if (typeof text === 'string') expect(one.refusal(operation, input)).toBe(text)
  else expect(one.refusal(operation, input)).toMatch(text)
  expect(writeSnapshot(one.sim.snapshot())).toBe(before)
})
