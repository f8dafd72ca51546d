/** Promise: a schedule is as Git says, and moves to a new revision only after what it depends on is well. */
import type { GetScheduleOutput } from '@aws-sdk/client-scheduler'
import { expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import { createRig, type Rig, type RigOptions } from '../rig.ts'
import { network } from './jobs.ts'
import {
  conditions,
  document,
  files,
  liveService,
  minute,
  readyMessage,
  said,
  shop,
  webDefinition,
  written,
} from './shop.ts'

const report = 'default/ScheduledTask/report'

const trust = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Action: 'sts:AssumeRole',
    },
  ],
}

/** A rig in whose account the role has been for a while. */
async function createNightRig(options: RigOptions = {}): Promise<Rig> {
  const rig = createRig(options)
  await rig.aws('iam:CreateRole', {
    RoleName: 'scheduler',
    AssumeRolePolicyDocument: JSON.stringify(trust),
  })
  await rig.clock.advance(minute)
  return rig
}

const schedule = (
  spec: Record<string, unknown> = {},
  { name = 'report', definition = 'report', annotations = {} } = {},
) =>
  document(
    'ScheduledTask',
    name,
    {
      scheduleExpression: 'cron(0 3 * * ? *)',
      scheduleExpressionTimezone: 'Europe/Berlin',
      target: {
        arn: { ref: 'shop' },
        roleArn: 'arn:aws:iam::123456789012:role/scheduler',
        ecsParameters: { taskDefinitionArn: { ref: definition }, ...network },
        input: { containerOverrides: [{ name: 'app', command: ['report'] }] },
      },
      ...spec,
    },
    annotations,
  )

const nightly = (spec: Record<string, unknown> = {}, image = 'app:1') =>
  files(
    document('Cluster', 'shop'),
    document('TaskDefinition', 'report', webDefinition({ image, simulate: 'exit 0 after 20s' })),
    schedule(spec),
  )

async function live(rig: Rig, name = 'report'): Promise<GetScheduleOutput> {
  return (await rig.aws('scheduler:GetSchedule', { Name: name, GroupName: name })) as never
}

const ours = (rig: Rig) => written(rig).filter((operation) => operation.startsWith('scheduler:'))

test('from nothing to a schedule that runs its task; then a quiet sweep of one read', async () => {
  const rig = await createNightRig()
  await rig.git(nightly())
  await rig.ready()
  expect(ours(rig)).toEqual(['scheduler:CreateScheduleGroup', 'scheduler:CreateSchedule'])
  expect(await live(rig)).toMatchObject({
    Arn: expect.stringMatching(/:schedule\/report\/report$/),
    ScheduleExpression: 'cron(0 3 * * ? *)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: expect.stringMatching(/:cluster\/shop$/),
      RoleArn: expect.stringMatching(/:role\/scheduler$/),
      Input: '{"containerOverrides":[{"name":"app","command":["report"]}]}',
      EcsParameters: {
        TaskDefinitionArn: expect.stringMatching(/report:1$/),
        LaunchType: 'FARGATE',
        NetworkConfiguration: { awsvpcConfiguration: { Subnets: ['subnet-0defa00000000000a'] } },
      },
    },
  })
  expect(readyMessage(rig, report)).toBe('cron(0 3 * * ? *) Europe/Berlin')
  expect(rig.status(report)?.attributes).toMatchObject({
    name: 'report',
    arn: expect.stringMatching(/:schedule\/report\/report$/),
  })

  await rig.clock.advance(70_000)
  rig.calls.length = 0
  await rig.clock.advance(60_000)
  expect(rig.writes()).toEqual([])
  const reads = rig.reads().filter(({ operation }) => operation.startsWith('scheduler:'))
  expect(reads.map(({ operation }) => operation)).toEqual(['scheduler:ListSchedules'])
  await rig.stop()
  // It does run: at three in Berlin, with the override.
  await rig.clock.advance(Date.UTC(2026, 0, 6, 2, 5) - rig.clock.now())
  const tasks = [...rig.simulator.world('us-east-1').tasks.values()].map(({ task }) => task)
  expect(tasks).toMatchObject([
    {
      taskDefinitionArn: expect.stringMatching(/report:1$/),
      overrides: { containerOverrides: [{ name: 'app', command: ['report'] }] },
    },
  ])
})

test('a role of the same revision is waited for, until AWS sees it everywhere', async () => {
  const rig = createRig()
  const [text] = Object.values(nightly())
  const arn = 'arn:aws:iam::123456789012:role/scheduler'
  await rig.git({
    'night.yaml': `${text!.replace(JSON.stringify(arn), '{ "ref": "scheduler" }')}\n---\n${JSON.stringify(
      document('Role', 'scheduler', { assumeRolePolicyDocument: trust }),
    )}`,
  })
  await rig.ready()
  expect((await live(rig)).Target?.RoleArn).toBe(arn)
  expect(conditions(rig, report)).toEqual(['Ready Scheduled'])
  await rig.stop()
})

test('each change is one call, and what others change is put back', async () => {
  const rig = await createNightRig()
  await rig.git(nightly())
  await rig.ready()
  written(rig)
  await rig.git(nightly({ scheduleExpression: 'rate(2 hours)', state: 'DISABLED' }))
  await rig.ready()
  expect(ours(rig)).toEqual(['scheduler:UpdateSchedule'])
  expect(readyMessage(rig, report)).toBe('disabled: rate(2 hours)')

  // A new image: registered and moved to in one pass.
  await rig.git(nightly({ scheduleExpression: 'rate(2 hours)', state: 'DISABLED' }, 'app:2'))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'scheduler:UpdateSchedule'])
  const now = await live(rig)
  expect(now.Target?.EcsParameters?.TaskDefinitionArn).toMatch(/report:2$/)

  // A person enables it and sets a description: the one is Git's, the other is left alone.
  const { Arn: _, CreationDate: __, LastModificationDate: ___, ...members } = now
  await rig.aws('scheduler:UpdateSchedule', { ...members, State: 'ENABLED', Description: 'mine' })
  await rig.clock.advance(70_000)
  await rig.ready()
  expect(ours(rig)).toEqual(['scheduler:UpdateSchedule'])
  expect(await live(rig)).toMatchObject({ State: 'DISABLED', Description: 'mine' })
  expect(said(rig, 'DriftDetected', report)).toHaveLength(1)

  await rig.git(
    nightly(
      {
        scheduleExpression: 'rate(2 hours)',
        state: 'DISABLED',
        tags: [{ key: 'team', value: 'shop' }],
      },
      'app:2',
    ),
  )
  await rig.ready()
  expect(ours(rig)).toEqual(['scheduler:TagResource'])
  await rig.stop()
})

test('a group of that name that is not ours is not touched', async () => {
  const rig = await createNightRig()
  await rig.aws('scheduler:CreateScheduleGroup', { Name: 'report' })
  await rig.git(nightly())
  await rig.clock.advance(3 * minute)
  expect(conditions(rig, report)[0]).toBe('Stalled NotOwned')
  expect(ours(rig)).toEqual([])
  await rig.stop()
})

test('teardown deletes the group, and waits until its name is free', async () => {
  const rig = await createNightRig()
  await rig.git(nightly())
  await rig.ready()
  await rig.stop()
  const end = createRig({ beside: rig, teardown: true })
  await end.git(nightly())
  await end.ready()
  expect(ours(end)).toEqual(['scheduler:DeleteScheduleGroup'])
  await expect(live(rig)).rejects.toThrow(/does not exist/)
  await end.stop()
  const again = createRig({ beside: rig })
  await again.git(nightly())
  await again.ready()
  expect(ours(again)).toEqual(['scheduler:CreateScheduleGroup', 'scheduler:CreateSchedule'])
  await again.stop()
})

test('a start that has passed is no drift, and keeps no change from being made', async () => {
  const rig = await createNightRig()
  const startDate = new Date(rig.clock.now() + 10 * minute).toISOString()
  await rig.git(nightly({ startDate }))
  await rig.ready()
  expect((await live(rig)).StartDate?.toISOString()).toBe(startDate)
  await rig.clock.advance(60 * minute)
  written(rig)
  await rig.clock.advance(5 * minute)
  expect(written(rig)).toEqual([])
  await rig.git(nightly({ startDate, description: 'the books' }))
  await rig.ready()
  expect(ours(rig)).toEqual(['scheduler:UpdateSchedule'])
  expect(said(rig, 'CallFailed')).toEqual([])
  await rig.stop()
})

test('a single time that is over and was deleted by AWS is not made again', async () => {
  const rig = await createNightRig()
  const once = {
    scheduleExpression: 'at(2026-01-05T09:30:00)',
    actionAfterCompletion: 'DELETE',
  }
  await rig.git(nightly(once))
  await rig.ready()
  // 09:30 in Berlin is 08:30 UTC.
  await rig.clock.advance(60 * minute)
  await expect(live(rig)).rejects.toThrow(/does not exist/)
  await rig.ready()
  expect(ours(rig)).toEqual(['scheduler:CreateScheduleGroup', 'scheduler:CreateSchedule'])
  expect(readyMessage(rig, report)).toBe('its last time has passed')
  await rig.stop()
})

test('it moves to a revision after the service has, and stays where that fails', async () => {
  const rig = await createNightRig()
  const release = (image: string, simulate = '') =>
    shop({
      image,
      ...(simulate ? { simulate } : {}),
      more: [schedule({}, { definition: 'web', annotations: { 'depends-on': 'Service/web' } })],
    })
  await rig.git(release('app:1'))
  await rig.ready()
  const order = written(rig).filter((operation) => /Service$|CreateSchedule$/.test(operation))
  expect(order).toEqual(['ecs:CreateService', 'scheduler:CreateSchedule'])

  await rig.git(release('app:2'))
  await rig.clock.advance(30_000)
  expect((await liveService(rig)).taskDefinition).toMatch(/web:2$/)
  expect((await live(rig)).Target?.EcsParameters?.TaskDefinitionArn).toMatch(/web:1$/)
  expect(readyMessage(rig, report)).toMatch(/^waits for Service web/)
  await rig.ready()
  expect((await live(rig)).Target?.EcsParameters?.TaskDefinitionArn).toMatch(/web:2$/)

  await rig.git(release('app:3', 'exit 1 after 1s'))
  await rig.clock.advance(40 * minute)
  expect((await liveService(rig)).taskDefinition).toMatch(/web:2$/)
  expect((await live(rig)).Target?.EcsParameters?.TaskDefinitionArn).toMatch(/web:2$/)
  await rig.stop()
})

test.each(['before', 'after'] as const)(
  'death %s the effect of any call: always one group with one schedule',
  { timeout: 120_000 },
  async (when) => {
    let deaths = 0
    for (let n = 1; ; n++) {
      const state = { sent: 0, dead: false, over: false }
      const layer: Layer = (next) => async (operation, input, options) => {
        if (state.over) return next(operation, input, options)
        state.sent++
        if (state.sent !== n) return next(operation, input, options)
        state.dead = true
        if (when === 'after') await next(operation, input, options)
        return new Promise<never>(() => {})
      }
      const rig = await createNightRig({ layer })
      const until = async (spec: Record<string, unknown>) => {
        await rig.git(nightly(spec))
        await rig.clock.runUntil(
          () => state.dead || rig.controller.state() === 'ready',
          10 * minute,
        )
        if (!state.dead) return
        state.dead = false
        deaths++
        rig.crash()
        await rig.ready()
      }
      await until({})
      await until({ scheduleExpression: 'rate(1 day)' })
      state.over = true
      const { scheduler } = rig.simulator.world('us-east-1')
      expect([...scheduler.groups.keys()]).toEqual(['report'])
      expect([...scheduler.schedules.keys()]).toEqual(['report/report'])
      expect(await live(rig)).toMatchObject({ ScheduleExpression: 'rate(1 day)' })
      await rig.clock.advance(minute)
      rig.calls.length = 0
      await rig.clock.advance(3 * minute)
      expect(rig.writes()).toEqual([])
      await rig.stop()
      if (state.sent < n) break
    }
    expect(deaths).toBeGreaterThan(12)
  },
)
