/** Promise: a rehearsal reads as these files show it, as text, as data and as a picture. */
import { expect, test } from 'vitest'
import type { TaskSpan } from '../../src/rehearsal/onlooker.ts'
import type { Rehearsal } from '../../src/rehearsal/rehearse.ts'
import { rehearsalData, renderRehearsal } from '../../src/rehearsal/report.ts'
import { spell } from '../../src/rehearsal/spell.ts'
import { ticks, timelinePage, timelineSvg } from '../../src/rehearsal/timeline.ts'

const plain = { bold: String, dim: String, red: String, green: String, yellow: String }

const span = (id: string, of: Partial<TaskSpan>): TaskSpan => ({
  ...{ id: id.repeat(32), cluster: 'shop', service: 'web', definition: 'web:1', before: true },
  ...{ startedMs: 0, instance: 'f'.repeat(32) },
  ...of,
})

const through: Rehearsal = {
  environment: 'default',
  outcome: 'done',
  took: { least: 44_000, usual: 57_400, most: 131_000 },
  calls: [
    {
      ...{ atMs: 0, operation: 'ecs:RegisterTaskDefinition', key: 'default/TaskDefinition/web' },
      input: { family: 'web', environment: [{ name: 'TOKEN', value: 'hush' }] },
    },
    {
      ...{ atMs: 1_250, operation: 'ecs:UpdateService', key: 'default/Service/web' },
      input: { cluster: 'shop', service: 'web' },
    },
  ],
  services: [
    {
      ...{ key: 'default/Service/web', cluster: 'shop', service: 'web', before: true },
      ...{ desired: 2, healthy: 2, lowest: { least: 1, most: 2 }, lowestMs: 2_250 },
      ...{ started: 2, stopped: 2, lastMs: 55_000 },
    },
    {
      ...{ cluster: 'shop', service: 'new', before: false, desired: 1, healthy: 0 },
      ...{ lowest: { least: 0, most: 0 }, lowestMs: 0, started: 1, stopped: 0, lastMs: 9_000 },
    },
  ],
  clusters: [
    { cluster: 'shop', instances: 1, launched: 1, missing: 0, peakCpu: 31, peakMemory: 80 },
  ],
  stuck: [],
  open: [],
  assumptions: ['images can be pulled', 'nobody else changes anything <meanwhile>'],
  tasks: [
    span('a', { healthyMs: 0, stoppingMs: 2_250, stoppedMs: 4_500 }),
    span('b', { healthyMs: 0, stoppingMs: 50_000, stoppedMs: 52_000 }),
    span('c', {
      ...{ definition: 'web:2', before: false, startedMs: 5_000 },
      ...{ runningMs: 9_000, healthyMs: 49_000 },
    }),
    span('d', {
      ...{ definition: 'web:2', before: false, startedMs: 5_000, runningMs: 12_000 },
      ...{ stoppingMs: 20_000, stoppedMs: 20_500, reason: 'Essential container in task exited' },
    }),
  ],
}

const stuck: Rehearsal = {
  ...through,
  outcome: 'stuck',
  took: { least: 0, usual: 2_000, most: 8_000 },
  services: through.services.slice(0, 1),
  clusters: [
    { cluster: 'shop', instances: 1, launched: 0, missing: 1, peakCpu: 15, peakMemory: 40 },
  ],
  stuck: [
    {
      ...{ key: 'default/Service/web', cluster: 'shop', service: 'web', lack: 'port' },
      why: 'host port 80 is taken on the only instance by web, and minimumHealthyPercent 100 keeps the old tasks',
      event: '(service web) was unable to place a task',
      help: [
        '1 more t3.small instance in the cluster (tried: all is done after 62 s)',
        'minimumHealthyPercent 0, so that an old task goes first',
      ],
      moreInstances: 1,
      type: 't3.small',
    },
  ],
  open: [
    { key: 'default/Service/web', why: 'DeploymentInProgress: rolling out' },
    { key: 'default/Service/other', why: 'RolloutBudget: 1 of 1 roll-outs are under way' },
  ],
}

const golden = (name: string) => `./__snapshots__/rehearsal/${name}`

test('as text', async () => {
  await expect(renderRehearsal(through, plain)).toMatchFileSnapshot(golden('through.txt'))
  await expect(renderRehearsal(stuck, plain)).toMatchFileSnapshot(golden('stuck.txt'))
})

test('long lists are cut, and what was cut is counted', () => {
  const calls = Array.from({ length: 45 }, (_, i) => ({
    ...{ atMs: i * 1_000, operation: 'ecs:UpdateService' as const, input: {} },
    key: `default/Service/s${i}`,
  }))
  const text = renderRehearsal({ ...through, calls }, plain)
  expect(text).toContain('Service s29\n')
  expect(text).not.toContain('Service s30\n')
  expect(text).toContain('and 15 more until 44.0 s: 15 ecs:UpdateService')
})

test('as data, masked as its caller says', async () => {
  const hide = (value: unknown) => JSON.parse(JSON.stringify(value).replace('hush', '(hidden)'))
  const text = `${JSON.stringify(rehearsalData(through, hide), null, 2)}\n`
  expect(text).not.toContain('hush')
  await expect(text).toMatchFileSnapshot(golden('data.txt'))
})

test('as a picture', async () => {
  await expect(timelineSvg([through])).toMatchFileSnapshot(golden('through.svg'))
  await expect(timelinePage([stuck, through], `sha256:${'ab'.repeat(32)}`)).toMatchFileSnapshot(
    golden('both.html'),
  )
  expect(timelineSvg([])).toContain('nothing to rehearse')
})

test('the picture takes no text for markup', () => {
  const page = timelinePage([through], '<script>')
  expect(page).not.toContain('<script>')
  expect(page).not.toContain('<meanwhile>')
})

test('times are round and not too many', () => {
  for (const endMs of [1_000, 60_000, 95_000, 600_000, 7_000_000, 80_000_000]) {
    const found = ticks(endMs)
    expect(found.length).toBeGreaterThanOrEqual(2)
    expect(found.length).toBeLessThanOrEqual(12)
  }
  expect([spell(400), spell(119_000), spell(161_000), spell(3_900_000)]).toEqual([
    '0 s',
    '119 s',
    '2 min 41 s',
    '1 h 05 min',
  ])
})
