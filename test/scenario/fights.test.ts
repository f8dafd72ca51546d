/**
 * Promises: a field that somebody else sets back again and again is left until Git changes, with who that may be; of two
 * owners the second is refused with the first's name; nothing else stops for it.
 */
import { expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import { AwsFailure } from '../../src/errors.ts'
import { createRig, type Rig } from '../rig.ts'
import {
  cluster,
  conditions,
  definition,
  document,
  files,
  liveService,
  minute,
  readyMessage,
  said,
  secondService,
  service,
  shop,
  stalled,
  webDefinition,
  webService,
  written,
} from './shop.ts'

async function atRest(...given: Parameters<typeof shop>): Promise<Rig> {
  const rig = createRig()
  await rig.git(shop(...given))
  await rig.ready()
  rig.calls.length = 0
  rig.events.length = 0
  return rig
}

/** Somebody who knows better, once a minute. */
async function rival(rig: Rig, minutes: number, deed: (n: number) => Promise<unknown>) {
  for (let n = 0; n < minutes; n++) {
    await deed(n)
    await rig.clock.advance(minute)
  }
}

const scaled = (rig: Rig) => () =>
  rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 5 })

/** How often CloudTrail was asked since the last look. */
const lookups = (rig: Rig) =>
  rig.calls.filter(({ operation }) => operation === 'cloudtrail:LookupEvents').length

const updates = (rig: Rig) =>
  written(rig).filter((operation) => operation === 'ecs:UpdateService').length

test('a rival that writes every minute: corrected four times, then left, and told who it is', async () => {
  const rig = await atRest()
  await rival(rig, 30, scaled(rig))
  expect(updates(rig)).toBe(4)
  expect((await liveService(rig)).desiredCount).toBe(5)
  expect(conditions(rig, service)).toEqual([
    'Stalled Fight',
    'not Ready Fight',
    'Drifted LiveDiffers',
  ])
  expect(readyMessage(rig, service)).toMatch(
    /^desiredCount was set to 2 and came back as 5, 4 times in \d min; left as it is until Git changes\. CloudTrail names arn:aws:iam::123456789012:user\/simulator \(aws-cli\/2\.13, from 127\.0\.0\.1\), \d times, last at 2026-01-05T[\d:]+Z\. Let one .+ fairlead\.dev\/ignore: spec\.desiredCount$/,
  )
  // CloudTrail's events come minutes later: then it is told once more, with the name.
  const told = [expect.stringContaining('CloudTrail knows'), expect.stringContaining('aws-cli')]
  expect(said(rig, 'Fight')).toEqual(told)
  expect(rig.controller.state()).toBe('stalled')
  rig.calls.length = 0
  await rig.clock.advance(180 * minute)
  expect(lookups(rig)).toBe(0)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'Fight')).toEqual(told)
  await rig.stop()
})

test('CloudTrail may not be read: the fight is told all the same, with how to ask; it is asked three times', async () => {
  let asked = 0
  const refusing: Layer = (next) => (operation, input, more) => {
    if (operation !== 'cloudtrail:LookupEvents') return next(operation, input, more)
    asked++
    throw new AwsFailure(operation, 'denied', 'AccessDeniedException', 'not authorized')
  }
  const rig = createRig({ layer: refusing })
  await rig.git(shop())
  await rig.ready()
  await rival(rig, 60, scaled(rig))
  expect(readyMessage(rig, service)).toContain(
    'Who writes Service web, CloudTrail knows: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=UpdateService. Let one',
  )
  expect(asked).toBe(3)
  await rig.stop()
})

test('Git changes: it is corrected anew, and counted anew', async () => {
  const rig = await atRest()
  await rival(rig, 16, scaled(rig))
  expect(readyMessage(rig, service)).toContain('CloudTrail names')
  await rig.git(shop({ service: { desiredCount: 3 } }))
  await rig.ready()
  expect((await liveService(rig)).desiredCount).toBe(3)
  rig.calls.length = 0
  await rival(rig, 8, scaled(rig))
  // What was known of the fight before says nothing of this one.
  expect(lookups(rig)).toBe(1)
  // The commit itself was the first time that it was set.
  expect(updates(rig)).toBe(3)
  expect(conditions(rig, service)).toContain('Stalled Fight')
  await rig.stop()
})

test('Git changes something else of it: that goes out, and the field is tried again as often', async () => {
  const rig = await atRest()
  await rival(rig, 8, scaled(rig))
  rig.calls.length = 0
  await rig.git(shop({ service: { enableExecuteCommand: true } }))
  await rig.ready()
  expect(await liveService(rig)).toMatchObject({ desiredCount: 2, enableExecuteCommand: true })
  await rival(rig, 8, scaled(rig))
  expect(updates(rig)).toBe(4)
  expect(conditions(rig, service)).toContain('Stalled Fight')
  await rig.stop()
})

test('a restart counts anew', async () => {
  const rig = await atRest()
  await rival(rig, 8, scaled(rig))
  expect(updates(rig)).toBe(4)
  await rig.restart()
  await rival(rig, 8, scaled(rig))
  expect(updates(rig)).toBe(4)
  await rig.stop()
})

test('drift now and then is no fight: what lies longer back than an hour does not count', async () => {
  const rig = await atRest()
  for (let n = 0; n < 12; n++) {
    await scaled(rig)()
    await rig.clock.advance(25 * minute)
  }
  expect(updates(rig)).toBe(12)
  expect(said(rig, 'Fight')).toEqual([])
  await rig.stop()
})

test('several fields, each once, are no fight', async () => {
  const rig = await atRest()
  const changes = [
    { desiredCount: 5 },
    { enableExecuteCommand: true },
    { healthCheckGracePeriodSeconds: 77 },
    { propagateTags: 'SERVICE' },
    { enableECSManagedTags: true },
    { desiredCount: 4 },
  ]
  await rival(rig, changes.length, (n) =>
    rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', ...changes[n] }),
  )
  await rig.clock.advance(minute)
  expect(said(rig, 'Fight')).toEqual([])
  await rig.stop()
})

test('a rival that gives up leaves nothing behind', async () => {
  const rig = await atRest()
  await rival(rig, 8, scaled(rig))
  expect(conditions(rig, service)).toContain('Stalled Fight')
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 2 })
  await rig.ready()
  expect(conditions(rig, service)).toEqual(['Ready Steady'])
  await rig.clock.advance(90 * minute)
  rig.calls.length = 0
  await scaled(rig)()
  await rig.clock.advance(2 * minute)
  expect(updates(rig)).toBe(1)
  await rig.stop()
})

test('everything else goes on meanwhile', async () => {
  const rig = await atRest({ more: [secondService()] })
  await rival(rig, 6, scaled(rig))
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'api', desiredCount: 3 })
  await rig.clock.advance(2 * minute)
  expect((await liveService(rig, 'api')).desiredCount).toBe(1)
  expect(conditions(rig, service)).toContain('Stalled Fight')
  await rig.stop()
})

test('Terraform beside fairlead: the tags give it away', async () => {
  const rig = await atRest()
  const { serviceArn } = await liveService(rig)
  // An apply puts back the count and the tags that it knows.
  await rival(rig, 8, async () => {
    await rig.aws('ecs:TagResource', {
      resourceArn: serviceArn,
      tags: [{ key: 'ManagedBy', value: 'terraform' }],
    })
    await scaled(rig)()
  })
  expect(updates(rig)).toBe(4)
  expect(readyMessage(rig, service)).toContain(
    'Its tags say that it is kept by Terraform (tag ManagedBy: terraform)',
  )
  await rig.stop()
})

test('Terraform takes tags away that it does not know, ours too: then nothing is written, and it is told once', async () => {
  const rig = await atRest()
  const { serviceArn } = await liveService(rig)
  await rival(rig, 8, async () => {
    await rig.aws('ecs:UntagResource', {
      resourceArn: serviceArn,
      tagKeys: ['fairlead:owner', 'fairlead:resource'],
    })
    await rig.aws('ecs:TagResource', {
      resourceArn: serviceArn,
      tags: [{ key: 'terraform', value: 'true' }],
    })
    await scaled(rig)()
  })
  expect(written(rig)).toEqual([])
  expect(conditions(rig, service)).toEqual(['Stalled NotOwned', 'not Ready NotOwned'])
  expect(readyMessage(rig, service)).toContain(
    'is not ours (its tags say that it is kept by Terraform (tag terraform: true))',
  )
  expect(said(rig, 'NotOwned', service)).toHaveLength(1)
  await rig.stop()
})

const oneService = (namespace: string, count: number, annotations: Record<string, string> = {}) =>
  files(
    document('Environment', namespace),
    document('Cluster', 'shop', {}, { mode: 'observe' }, namespace),
    document('TaskDefinition', 'web', webDefinition(), { mode: 'observe' }, namespace),
    document('Service', 'web', webService({ desiredCount: count }), annotations, namespace),
  )

test('two controllers with different owners: the second is told whose it is and as what, once', async () => {
  const theirs = createRig({ owner: 'team-a' })
  await theirs.git(shop())
  await theirs.ready()
  const ours = createRig({ owner: 'team-b', beside: theirs })
  await ours.git(shop({ service: { desiredCount: 9 }, annotations: { adopt: 'overwrite' } }))
  for (const key of [cluster, definition, service]) await stalled(ours, key)
  await ours.clock.advance(60 * minute)
  expect(written(ours)).toEqual([])
  expect(conditions(ours, service)).toEqual(['Stalled NotOwned', 'not Ready NotOwned'])
  expect(readyMessage(ours, service)).toContain(
    'belongs to the fairlead of owner "team-a", which keeps it as default/Service/web',
  )
  expect(said(ours, 'NotOwned', service)).toHaveLength(1)
  expect(theirs.controller.state()).toBe('ready')
  await theirs.stop()
  await ours.stop()
})

test('the owner’s tag goes to another while we look: we let go at once', async () => {
  const rig = await atRest()
  const { serviceArn } = await liveService(rig)
  await rig.aws('ecs:TagResource', {
    resourceArn: serviceArn,
    tags: [
      { key: 'fairlead:owner', value: 'team-b' },
      { key: 'fairlead:resource', value: 'live/Service/web' },
    ],
  })
  await rival(rig, 5, scaled(rig))
  expect(written(rig)).toEqual([])
  expect(readyMessage(rig, service)).toContain(
    'belongs to the fairlead of owner "team-b", which keeps it as live/Service/web',
  )
  expect(said(rig, 'NotOwned', service)).toHaveLength(1)
  await rig.stop()
})

test('two controllers of one owner under two keys: the loop breaker ends it, and says what to do', async () => {
  const one = createRig()
  await one.git(shop())
  await one.ready()
  const other = createRig({ beside: one })
  await other.git(oneService('live', 2))
  await one.clock.advance(40 * minute)
  const messages = [readyMessage(one, service), readyMessage(other, 'live/Service/web')]
  expect(
    messages.filter((text) => text.includes('Another fairlead of the same owner')),
  ).not.toEqual([])
  expect(messages.join()).toMatch(/keeps it as (live|default)\/Service\/web: give each an owner/)
  one.calls.length = 0
  other.calls.length = 0
  await one.clock.advance(60 * minute)
  expect([...written(one), ...written(other)]).toEqual([])
  await one.stop()
  await other.stop()
})
