/** Promise: over a day of load and roll-outs an autoscaler and the controller never fight over a number of tasks. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import {
  byHand,
  count,
  countsWritten,
  cpuByHand,
  cpuPolicy,
  scaledShop,
  webTarget,
} from './scaling.ts'
import { liveService, minute, said, service } from './shop.ts'

const bounds = { minCapacity: 2, maxCapacity: 10 }

/** Work in percent of one task: little at night, most at noon (the day begins at eight). */
function workAt(hour: number): number {
  const sun = Math.max(0, Math.sin(((hour + 2) / 24) * 2 * Math.PI))
  return Math.round(60 + 380 * sun)
}

/** A day, a quarter of an hour at a time; every six hours another image. The number of tasks at each. */
async function liveThrough(rig: Rig, files: (image: string) => Record<string, string>) {
  const seen: number[] = []
  for (let quarter = 0; quarter < 96; quarter++) {
    rig.simulator.disturb({ setLoad: 'shop/web', work: workAt(quarter / 4) })
    if (quarter % 24 === 12) await rig.git(files(`nginx:1.${30 + quarter}`))
    await rig.clock.advance(15 * minute)
    seen.push(await count(rig))
  }
  return seen
}

test.each([
  { written: undefined, byGit: true, what: 'count absent, target in Git' },
  { written: 3, byGit: true, what: 'count written, target in Git' },
  { written: undefined, byGit: false, what: 'count absent, target made by somebody else' },
  { written: 3, byGit: false, what: 'count written, target made by somebody else' },
])('a day with $what', { timeout: 120_000 }, async ({ written, byGit }) => {
  const rig = createRig({ intervalMs: 2 * minute })
  const scaling = byGit ? [webTarget(bounds), cpuPolicy()] : []
  const files = (image: string) => scaledShop(written, { image }, ...scaling)
  await rig.git(files('nginx:1.27'))
  await rig.ready()
  expect(await count(rig)).toBe(written ?? (byGit ? bounds.minCapacity : 1))
  if (!byGit) {
    await byHand(rig, 'RegisterScalableTarget', { MinCapacity: 2, MaxCapacity: 10 })
    await byHand(rig, 'PutScalingPolicy', cpuByHand)
  }
  rig.calls.length = 0
  rig.events.length = 0
  const seen = await liveThrough(rig, files)

  // The autoscaler had its way: up for noon, down for the night, within its bounds.
  expect(Math.max(...seen)).toBeGreaterThanOrEqual(8)
  expect(Math.min(...seen)).toBe(2)
  expect(seen.at(-1)).toBeLessThan(Math.max(...seen))
  // So had the controller: four roll-outs, and no number of tasks.
  await rig.ready()
  expect(countsWritten(rig)).toEqual([])
  const updates = rig.writes().filter(({ operation }) => operation === 'ecs:UpdateService')
  expect(updates).toHaveLength(4)
  const { taskDefinition, deployments } = await liveService(rig)
  expect(taskDefinition).toMatch(/web:5$/)
  expect(deployments).toHaveLength(1)
  expect(said(rig, 'DriftDetected')).toEqual([])
  expect(rig.status(service)?.sync).toBe('Synced')
  await rig.stop()
})

test('a sweep over a hundred scaled services costs two reads more than one that is not in doubt', async () => {
  const names = Array.from({ length: 100 }, (_, n) => `web-${n}`)
  const fleet = (written: number) => {
    const documents = names.map((name) => ({
      apiVersion: 'fairlead.dev/v1alpha1',
      kind: 'Service',
      metadata: { name },
      spec: {
        cluster: { ref: 'shop' },
        taskDefinition: { ref: 'web' },
        launchType: 'FARGATE',
        desiredCount: written,
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0defa00000000000a'] } },
      },
    }))
    return scaledShop(1, { more: documents })
  }
  const rig = createRig()
  await rig.git(fleet(0))
  await rig.ready(60 * minute)
  const sweep = async () => {
    await rig.clock.advance(2 * minute)
    rig.calls.length = 0
    await rig.clock.advance(minute)
    expect(rig.writes()).toEqual([])
    // The images of a fleet are read in turns, whoever scales it.
    const reads = rig
      .reads()
      .filter(({ operation }) => operation !== 'ecs:DescribeServiceRevisions')
    return reads.length
  }
  const before = await sweep()
  for (const name of names) {
    await byHand(rig, 'RegisterScalableTarget', {
      ResourceId: `service/shop/${name}`,
      MinCapacity: 1,
      MaxCapacity: 2,
    })
  }
  expect(await sweep()).toBe(before + 2)
  expect(await count(rig, 'web-99')).toBe(1)
  await rig.stop()
})
