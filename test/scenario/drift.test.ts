/** Promise: what others change behind Git's back is put back within one interval, and told with the fields that moved. */
import { expect, test } from 'vitest'
import type { Operation } from '../../src/model.ts'
import { createRig, type Rig } from '../rig.ts'
import {
  cluster,
  counted,
  definition,
  liveService,
  minute,
  said,
  service,
  shop,
  written,
} from './shop.ts'

/** A shop at rest; from here on every write and every event is about what comes. */
async function atRest(intervalMs = minute): Promise<Rig> {
  const rig = createRig({ intervalMs })
  await rig.git(shop())
  await rig.ready()
  await rig.clock.advance(10 * minute)
  rig.calls.length = 0
  rig.events.length = 0
  return rig
}

/** What was reported as drift, and which fields: `default/Service/web: desiredCount`. */
const reported = (rig: Rig): string[] =>
  rig.events
    .filter(({ reason }) => reason === 'DriftDetected')
    .map(({ key, fields = [] }) => `${key}: ${fields.map(({ path }) => path).join(', ')}`)

async function repaired(rig: Rig, kind: string, drift: string[], calls: Operation[]) {
  await rig.clock.advance(minute + 5_000)
  expect(reported(rig)).toEqual(drift)
  expect(written(rig)).toEqual(calls)
  expect(await counted(rig, 'driftDetected', { kind })).toBe(1)
  await rig.ready()
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(reported(rig)).toEqual(drift)
  await rig.stop()
}

test('somebody scales the service', async () => {
  const rig = await atRest()
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 7 })
  await repaired(rig, 'Service', [`${service}: desiredCount`], ['ecs:UpdateService'])
  expect(said(rig, 'DriftDetected')[0]).toContain('desiredCount 7 → 2')
  expect((await liveService(rig)).desiredCount).toBe(2)
})

test('somebody points the service at another revision', async () => {
  const rig = await atRest()
  await rig.aws('ecs:RegisterTaskDefinition', {
    family: 'other',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'intruder' }],
  })
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', taskDefinition: 'other' })
  await repaired(rig, 'Service', [`${service}: taskDefinition`], ['ecs:UpdateService'])
  expect((await liveService(rig)).taskDefinition).toMatch(/web:1$/)
})

test('somebody deletes the service', async () => {
  const rig = await atRest()
  const token = () => rig.writes().find(({ input }) => 'clientToken' in input)?.input.clientToken
  await rig.aws('ecs:DeleteService', { cluster: 'shop', service: 'web', force: true })
  await rig.clock.advance(minute)
  await rig.ready()
  const first = token()
  expect(first).toBeDefined()
  expect(reported(rig)).toEqual([`${service}: `])
  expect(said(rig, 'DriftDetected')).toEqual(['Service web differs from Git: create'])
  expect(written(rig)).toEqual(['ecs:CreateService'])
  expect((await liveService(rig)).runningCount).toBe(2)
  // Equal content, another service: its token must not be that of the one that is gone.
  rig.calls.length = 0
  await rig.aws('ecs:DeleteService', { cluster: 'shop', service: 'web', force: true })
  await rig.clock.advance(2 * minute)
  await rig.ready()
  expect(token()).toBeDefined()
  expect(token()).not.toBe(first)
  await rig.stop()
})

test('somebody deletes the service and then the cluster', async () => {
  const rig = await atRest(10 * minute)
  await rig.aws('ecs:DeleteService', { cluster: 'shop', service: 'web', force: true })
  await rig.clock.advance(2 * minute)
  await rig.aws('ecs:DeleteCluster', { cluster: 'shop' })
  await rig.clock.advance(8 * minute)
  await rig.ready()
  expect(reported(rig)).toEqual([`${cluster}: `, `${service}: `])
  expect(written(rig)).toEqual(['ecs:CreateCluster', 'ecs:CreateService'])
  expect((await liveService(rig)).runningCount).toBe(2)
  await rig.stop()
})

test('somebody deletes an empty cluster', async () => {
  const rig = createRig()
  const { 'shop.yaml': text = '' } = shop()
  await rig.git({ 'shop.yaml': text.split('\n---\n')[0] ?? '' })
  await rig.ready()
  await rig.clock.advance(10 * minute)
  rig.calls.length = 0
  rig.events.length = 0
  await rig.aws('ecs:DeleteCluster', { cluster: 'shop' })
  await repaired(rig, 'Cluster', [`${cluster}: `], ['ecs:CreateCluster'])
})

test('somebody switches container insights off', async () => {
  const rig = createRig()
  await rig.git(shop({ cluster: { settings: [{ name: 'containerInsights', value: 'enabled' }] } }))
  await rig.ready()
  await rig.clock.advance(10 * minute)
  rig.calls.length = 0
  rig.events.length = 0
  await rig.aws('ecs:UpdateCluster', {
    cluster: 'shop',
    settings: [{ name: 'containerInsights', value: 'disabled' }],
  })
  await repaired(rig, 'Cluster', [`${cluster}: settings[containerInsights]`], ['ecs:UpdateCluster'])
})

test('somebody deregisters the revision that the service runs', async () => {
  const rig = await atRest()
  await rig.aws('ecs:DeregisterTaskDefinition', { taskDefinition: 'web:1' })
  await rig.clock.advance(3 * minute)
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
  expect(reported(rig)).toEqual(expect.arrayContaining([expect.stringMatching(`^${definition}`)]))
  await rig.ready()
  expect((await liveService(rig)).taskDefinition).toMatch(/web:2$/)
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('somebody takes a tag of ours, and puts one of their own', async () => {
  const rig = await atRest()
  const { serviceArn } = await liveService(rig)
  await rig.aws('ecs:TagResource', {
    resourceArn: serviceArn,
    tags: [{ key: 'cost-centre', value: '42' }],
  })
  await rig.aws('ecs:UntagResource', { resourceArn: serviceArn, tagKeys: ['fairlead:resource'] })
  await repaired(rig, 'Service', [`${service}: tags["fairlead:resource"]`], ['ecs:TagResource'])
  const { tags } = await liveService(rig)
  expect(tags).toContainEqual({ key: 'cost-centre', value: '42' })
})

test('a change in Git is no drift, and drift beside it is still told as what it is', async () => {
  const rig = await atRest()
  await rig.git(shop({ service: { desiredCount: 3 } }))
  await rig.ready()
  expect(reported(rig)).toEqual([])
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 1 })
  await rig.clock.advance(minute + 5_000)
  expect(reported(rig)).toEqual([`${service}: desiredCount`])
  await rig.stop()
})

test('drift that happened while no controller ran is put back by the next one', async () => {
  const rig = await atRest()
  await rig.stop()
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 7 })
  await rig.clock.advance(60 * minute)
  await rig.restart()
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  await rig.stop()
})
