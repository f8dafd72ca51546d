/** Schedules of the simulator: what AWS shows of them, and the tasks that they start. */
import { describe, expect, it } from 'vitest'
import { nextTime, parseExpression } from '../../src/simulator/services/scheduler/expressions.ts'
import { hourly, roleArn, scheduling, target } from './scheduler-account.ts'

const arn = 'arn:aws:scheduler:us-east-1:123456789012'
const hour = 3_600

describe('schedules', () => {
  it('show AWS’s defaults', () => {
    const { call, now } = scheduling()
    expect(call('scheduler:CreateSchedule', hourly())).toEqual({
      ScheduleArn: `${arn}:schedule/default/job`,
    })
    expect(call('scheduler:GetSchedule', { Name: 'job' })).toEqual({
      Arn: `${arn}:schedule/default/job`,
      ActionAfterCompletion: 'NONE',
      CreationDate: new Date(now()),
      FlexibleTimeWindow: { Mode: 'OFF' },
      GroupName: 'default',
      LastModificationDate: new Date(now()),
      Name: 'job',
      ScheduleExpression: 'rate(1 hour)',
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
      Target: target(
        { RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
        { TaskCount: 1 },
      ),
    })
  })

  it('are replaced as a whole by an update', () => {
    const { call, now, later } = scheduling()
    call('scheduler:CreateSchedule', hourly({ Description: 'x', State: 'DISABLED' }))
    const created = new Date(now())
    later(60)
    call('scheduler:UpdateSchedule', hourly({ ScheduleExpressionTimezone: 'Europe/Berlin' }))
    const shown = call('scheduler:GetSchedule', { Name: 'job' })
    expect(shown).toMatchObject({
      CreationDate: created,
      LastModificationDate: new Date(now()),
      ScheduleExpressionTimezone: 'Europe/Berlin',
      State: 'ENABLED',
    })
    expect(shown).not.toHaveProperty('Description')
  })

  it('are listed by group, prefix and state, in pages', () => {
    const { call } = scheduling()
    call('scheduler:CreateScheduleGroup', { Name: 'night' })
    for (const [Name, GroupName, State] of [
      ['a', 'default', 'ENABLED'],
      ['ab', 'night', 'DISABLED'],
      ['b', 'night', 'ENABLED'],
    ]) {
      call('scheduler:CreateSchedule', hourly({ Name, GroupName, State }))
    }
    const names = (input: Record<string, unknown>) =>
      call('scheduler:ListSchedules', input).Schedules.map(({ Name }: { Name: string }) => Name)
    expect(names({})).toEqual(['a', 'ab', 'b'])
    expect(names({ GroupName: 'night' })).toEqual(['ab', 'b'])
    expect(names({ NamePrefix: 'a' })).toEqual(['a', 'ab'])
    expect(names({ State: 'DISABLED' })).toEqual(['ab'])
    const { NextToken, Schedules } = call('scheduler:ListSchedules', { MaxResults: 2 })
    expect(Schedules).toHaveLength(2)
    expect(Object.keys(Schedules[0].Target)).toEqual(['Arn'])
    expect(names({ MaxResults: 2, NextToken })).toEqual(['b'])
  })

  it('are made once for a client token', () => {
    const { call, refusal } = scheduling()
    const input = hourly({ ClientToken: 't' })
    call('scheduler:CreateSchedule', input)
    expect(call('scheduler:CreateSchedule', input).ScheduleArn).toMatch(/job$/)
    expect(refusal('scheduler:CreateSchedule', { ...input, Description: 'x' })).toMatch(
      /^ConflictException \(409\): The client token/,
    )
    expect(refusal('scheduler:CreateSchedule', hourly())).toBe(
      'ConflictException (409): Schedule job already exists.',
    )
    const gone = { Name: 'job', ClientToken: 't' }
    call('scheduler:DeleteSchedule', gone)
    expect(call('scheduler:DeleteSchedule', gone)).toEqual({})
    expect(refusal('scheduler:DeleteSchedule', { Name: 'job' })).toBe(
      'ResourceNotFoundException (404): Schedule job does not exist.',
    )
  })
})

describe('groups', () => {
  it('hold schedules and tags, and take both with them when they go', () => {
    const { call, refusal, later, started } = scheduling()
    const input = { Name: 'night', Tags: [{ Key: 'team', Value: 'a' }] }
    const { ScheduleGroupArn } = call('scheduler:CreateScheduleGroup', input)
    expect(ScheduleGroupArn).toBe(`${arn}:schedule-group/night`)
    call('scheduler:TagResource', {
      ResourceArn: ScheduleGroupArn,
      Tags: [{ Key: 'x', Value: 'y' }],
    })
    call('scheduler:UntagResource', { ResourceArn: ScheduleGroupArn, TagKeys: ['team'] })
    const Tags = [{ Key: 'x', Value: 'y' }]
    expect(call('scheduler:ListTagsForResource', { ResourceArn: ScheduleGroupArn }).Tags).toEqual(
      Tags,
    )
    later(60)
    const found = () =>
      call('tag:GetResources', { ResourceTypeFilters: ['scheduler:schedule-group'] })
        .ResourceTagMappingList
    expect(found()).toEqual([{ ResourceARN: ScheduleGroupArn, Tags }])
    call('scheduler:CreateSchedule', hourly({ GroupName: 'night' }))
    call('scheduler:DeleteScheduleGroup', { Name: 'night' })
    expect(call('scheduler:GetScheduleGroup', { Name: 'night' }).State).toBe('DELETING')
    expect(refusal('scheduler:CreateSchedule', hourly({ Name: 'late', GroupName: 'night' }))).toBe(
      'ConflictException (409): Schedule group night is being deleted.',
    )
    expect(refusal('scheduler:CreateScheduleGroup', { Name: 'night' })).toMatch(
      /^ConflictException/,
    )
    later(30)
    expect(refusal('scheduler:GetScheduleGroup', { Name: 'night' })).toBe(
      'ResourceNotFoundException (404): Schedule group night does not exist.',
    )
    later(60)
    expect(found()).toEqual([])
    const runs = started().length
    later(2 * hour)
    expect(call('scheduler:ListSchedules').Schedules).toEqual([])
    expect(started()).toHaveLength(runs)
    const [only] = call('scheduler:ListScheduleGroups').ScheduleGroups
    expect(only).toMatchObject({ Name: 'default', State: 'ACTIVE' })
  })
})

describe('a schedule that comes due', () => {
  it('runs its task, by a rate from its creation or its start on', () => {
    const { call, later, started } = scheduling()
    const input = { cluster: 'shop', desiredStatus: 'RUNNING' }
    call('scheduler:CreateSchedule', hourly({ Name: 'my.job' }))
    later(2 * hour)
    expect(started()).toEqual(['2026-01-01T00:01:00', '2026-01-01T01:01:00', '2026-01-01T02:01:00'])
    const { taskArns } = call('ecs:ListTasks', input)
    expect(call('ecs:DescribeTasks', { cluster: 'shop', tasks: taskArns }).tasks[0]).toMatchObject({
      startedBy: 'chronos-schedule/my-job',
      group: 'family:job',
      launchType: 'FARGATE',
    })
    call(
      'scheduler:UpdateSchedule',
      hourly({ Name: 'my.job', StartDate: new Date('2026-01-01T12:00:00Z') }),
    )
    later(11 * hour)
    expect(started().slice(3)).toEqual(['2026-01-01T12:00:00', '2026-01-01T13:00:00'])
  })

  it('runs as its target says: count, overrides, tags, group, newest revision', () => {
    const { call, later, sim } = scheduling()
    call('ecs:RegisterTaskDefinition', {
      family: 'job',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '512',
      memory: '1024',
      containerDefinitions: [{ name: 'app', image: 'busybox' }],
    })
    const ecs = { TaskCount: 2, Group: 'nightly', Tags: [{ Key: 'a', Value: 'b' }] }
    const Input = JSON.stringify({ containerOverrides: [{ name: 'app', command: ['x'] }] })
    call('scheduler:CreateSchedule', hourly({ Target: target({ Input }, ecs) }))
    later(1)
    const tasks = [...sim.world().tasks.values()].map(({ task }) => task)
    expect(tasks).toHaveLength(2)
    expect(tasks[0]).toMatchObject({
      group: 'nightly',
      cpu: '512',
      overrides: { containerOverrides: [{ name: 'app', command: ['x'] }] },
    })
    expect(sim.world().tags.get(tasks[0]?.taskArn ?? '')).toEqual({ a: 'b' })
  })

  it('goes by its time zone, over a change of the clocks', () => {
    const { call, later, started } = scheduling()
    call(
      'scheduler:CreateSchedule',
      hourly({
        ScheduleExpression: 'cron(30 2 28-30 3 ? 2026)',
        ScheduleExpressionTimezone: 'Europe/Berlin',
      }),
    )
    later(365 * 24 * hour)
    // On the 29th there is no half past two.
    const cluster = call('ecs:ListTasks', { cluster: 'shop' })
    expect(cluster.taskArns).toHaveLength(2)
    expect(started()).toEqual(['2026-03-28T01:30:00', '2026-03-30T00:30:00'])
  })

  it('comes due once with at, and may delete itself then', () => {
    const { call, later, started } = scheduling()
    const once = (Name: string, more: object = {}) =>
      call(
        'scheduler:CreateSchedule',
        hourly({
          Name,
          ScheduleExpression: 'at(2026-01-01T06:00:00)',
          ScheduleExpressionTimezone: 'America/New_York',
          ...more,
        }),
      )
    once('kept')
    once('dropped', { ActionAfterCompletion: 'DELETE' })
    once('past', {
      ScheduleExpression: 'at(2025-01-01T06:00:00)',
      ActionAfterCompletion: 'DELETE',
    })
    later(12 * hour)
    expect(started()).toEqual(['2026-01-01T11:00:00', '2026-01-01T11:00:00'])
    const left = call('scheduler:ListSchedules').Schedules
    expect(left.map(({ Name }: { Name: string }) => Name)).toEqual(['kept', 'past'])
  })

  it('runs nothing while it is disabled, after its end, or once it is deleted', () => {
    const { call, later, started } = scheduling()
    call('scheduler:CreateSchedule', hourly({ EndDate: new Date('2026-01-01T02:00:00Z') }))
    later(5 * hour)
    expect(started()).toHaveLength(2)
    call('scheduler:UpdateSchedule', hourly({ State: 'DISABLED' }))
    later(2 * hour)
    expect(started()).toHaveLength(2)
    later(60)
    call('scheduler:UpdateSchedule', hourly())
    later(hour)
    expect(started()).toHaveLength(3)
    call('scheduler:DeleteSchedule', { Name: 'job' })
    later(5 * hour)
    expect(started()).toHaveLength(3)
  })

  it('may be late within a flexible window, and keeps its rhythm', () => {
    const { call, later, started } = scheduling()
    const FlexibleTimeWindow = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 30 }
    call('scheduler:CreateSchedule', hourly({ FlexibleTimeWindow }))
    later(3 * hour - 60)
    const late = started().map(
      (at, i) => Date.parse(`${at.slice(0, 19)}Z`) - Date.UTC(2026, 0, 1, i, 1),
    )
    expect(late).toHaveLength(3)
    for (const ms of late) {
      expect(ms).toBeGreaterThanOrEqual(0)
      expect(ms).toBeLessThanOrEqual(30 * 60_000)
    }
    expect(new Set(late).size).toBeGreaterThan(1)
  })

  it('misses no time where windows overlap', () => {
    const { call, later, started } = scheduling()
    const FlexibleTimeWindow = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 }
    call(
      'scheduler:CreateSchedule',
      hourly({ ScheduleExpression: 'rate(1 minute)', FlexibleTimeWindow }),
    )
    later(hour)
    expect(started().length).toBeGreaterThan(54)
  })

  it('goes on though its cluster is gone', () => {
    const { call, later, started } = scheduling()
    call('ecs:DeleteCluster', { cluster: 'shop' })
    call('scheduler:CreateSchedule', hourly())
    later(hour)
    expect(started()).toEqual([])
    call('ecs:CreateCluster', { clusterName: 'shop' })
    later(hour)
    expect(started()).toHaveLength(1)
  })

  it('makes an update of an unchanged rate start nothing by itself', () => {
    const { call, later, started } = scheduling()
    call('scheduler:CreateSchedule', hourly())
    later(600)
    call('scheduler:UpdateSchedule', hourly({ Description: 'x' }))
    later(600)
    expect(started()).toHaveLength(1)
    call('scheduler:UpdateSchedule', hourly({ ScheduleExpression: 'rate(2 hours)' }))
    later(1)
    expect(started()).toHaveLength(2)
  })
})

describe('expressions', () => {
  const next = (expression: string, zone = 'UTC', times = 3) => {
    const timing = parseExpression(expression, zone)
    const found: string[] = []
    let at: number | undefined = Date.UTC(2026, 0, 1)
    while (found.length < times) {
      at = nextTime(timing, 0, at)
      if (at === undefined) break
      found.push(new Date(at).toISOString().slice(0, 16))
    }
    return found
  }

  // biome-ignore format: a table reads best with a row on a line
  it.each([
    ['cron(0 10 * * ? *)', ['2026-01-01T10:00', '2026-01-02T10:00', '2026-01-03T10:00']],
    ['cron(15 12 ? * MON-FRI *)', ['2026-01-01T12:15', '2026-01-02T12:15', '2026-01-05T12:15']],
    ['cron(15 12 ? * 2-6 *)', ['2026-01-01T12:15', '2026-01-02T12:15', '2026-01-05T12:15']],
    ['cron(0 8 1 * ? *)', ['2026-01-01T08:00', '2026-02-01T08:00', '2026-03-01T08:00']],
    ['cron(0 8 L * ? *)', ['2026-01-31T08:00', '2026-02-28T08:00', '2026-03-31T08:00']],
    ['cron(0 8 3W * ? *)', ['2026-01-02T08:00', '2026-02-03T08:00', '2026-03-03T08:00']],
    ['cron(0 8 ? * 6L *)', ['2026-01-30T08:00', '2026-02-27T08:00', '2026-03-27T08:00']],
    ['cron(0 8 ? * L *)', ['2026-01-03T08:00', '2026-01-10T08:00', '2026-01-17T08:00']],
    ['cron(0 8 ? * 3#2 *)', ['2026-01-13T08:00', '2026-02-10T08:00', '2026-03-10T08:00']],
    ['cron(0 8 ? * 2/2 *)', ['2026-01-02T08:00', '2026-01-05T08:00', '2026-01-07T08:00']],
    ['cron(5/20 8,20 * JAN ? *)', ['2026-01-01T08:05', '2026-01-01T08:25', '2026-01-01T08:45']],
    ['cron(0/30 8-9 * * ? 2027)', ['2027-01-01T08:00', '2027-01-01T08:30', '2027-01-01T09:00']],
    ['cron(0 0 1 1 ? 2025)', []],
    ['rate(5 minutes)', ['2026-01-01T00:05', '2026-01-01T00:10', '2026-01-01T00:15']],
    ['rate(1 day)', ['2026-01-02T00:00', '2026-01-03T00:00', '2026-01-04T00:00']],
    ['at(2026-03-01T10:00:00)', ['2026-03-01T10:00']],
  ])('%s', (expression, times) => {
    expect(next(expression)).toEqual(times)
  })

  it('at runs once when the clocks go back', () => {
    expect(next('cron(30 2 25 10 ? *)', 'Europe/Berlin', 1)).toEqual(['2026-10-25T00:30'])
  })
})

it('a role must have got round before a schedule may use it', () => {
  const { call, refusal, later } = scheduling()
  call('iam:CreateRole', {
    RoleName: 'fresh',
    AssumeRolePolicyDocument: decodeURIComponent(
      call('iam:GetRole', { RoleName: 'schedules' }).Role.AssumeRolePolicyDocument,
    ),
  })
  const input = hourly({ Target: target({ RoleArn: roleArn.replace('schedules', 'fresh') }) })
  expect(refusal('scheduler:CreateSchedule', input)).toBe(
    'ValidationException (400): The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
  )
  later(12)
  expect(call('scheduler:CreateSchedule', input).ScheduleArn).toMatch(/job$/)
})
