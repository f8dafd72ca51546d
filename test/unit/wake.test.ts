/** Promise: a running controller looks at once when it is asked on its own machine, and can be asked for nothing else. */
import { afterEach, expect, test, vi } from 'vitest'
import { main } from '../../src/cli/index.ts'
import type { View } from '../../src/controller.ts'
import { composites, kinds } from '../../src/kinds/index.ts'
import { createMetrics } from '../../src/metrics.ts'
import { createManifestCache, readManifests } from '../../src/reconcile/manifest.ts'
import { createApp } from '../../src/server/app.ts'
import { listen } from '../../src/server/listen.ts'
import { capture } from '../command.ts'
import { createRig, snapshotOf } from '../rig.ts'
import { capacity } from '../scenario/capacity.ts'
import { liveService, service, shop } from '../scenario/shop.ts'

const path = '/apis/fairlead.dev/v1alpha1/reconcile'
const plain = { 'content-type': 'application/json' }

async function app() {
  const asked: (readonly string[] | 'everything')[] = []
  const desired = await readManifests(
    snapshotOf(capacity()),
    kinds,
    createManifestCache(),
    composites,
  )
  const view = {
    ...desired,
    statuses: new Map(),
    leaving: [],
    plans: [],
    events: [],
    swept: true,
  } as View
  const made = createApp({
    kinds,
    composites,
    metrics: createMetrics(),
    view: () => view,
    reconcile: (keys) => asked.push(keys ?? 'everything'),
  })
  const post = async (
    body: unknown,
    { from = '127.0.0.1', headers = plain as Record<string, string> } = {},
  ) => {
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const env = { incoming: { socket: { remoteAddress: from } } }
    const response = await made.request(path, init, env)
    return `${response.status} ${((await response.json()) as { message: string }).message}`
  }
  return { made, post, asked }
}

afterEach(() => vi.unstubAllEnvs())

test('everything, one kind, one resource, or all parts of a composite', async () => {
  const { post, asked } = await app()
  expect(await post({})).toBe('202 looking at everything now')
  expect(await post({ kind: 'Service', name: 'web' })).toBe('202 looking at Service web now')
  expect(await post({ kind: 'InstanceGroup', name: 'hosts' })).toMatch(
    /^202 looking at \d resources/,
  )
  expect(asked[0]).toBe('everything')
  expect(asked[1]).toEqual([service])
  expect(asked[2]).toContain('default/AutoScalingGroup/hosts')
  expect(await post({ kind: 'Service', name: 'wbe' })).toBe('404 no Service wbe is known')
  expect(await post('x')).toMatch(/^400 /)
  expect(asked).toHaveLength(3)
})

test('over IPv6 it is the same machine', async () => {
  const { post } = await app()
  for (const from of ['::1', '::ffff:127.0.0.1', '127.9.9.9']) {
    expect(await post({}, { from })).toMatch(/^202 /)
  }
})

test('from elsewhere, through a proxy, or by a web page: refused', async () => {
  const { post, made, asked } = await app()
  for (const from of ['10.0.0.7', '::ffff:10.0.0.7', 'fe80::1', '12.7.0.1', '']) {
    expect(await post({}, { from })).toMatch(/^403 reconcile is taken from this machine alone/)
  }
  const headers = [
    { ...plain, 'x-forwarded-for': '10.0.0.7' },
    { ...plain, origin: 'https://example.org' },
    { ...plain, 'sec-fetch-site': 'cross-site' },
    { 'content-type': 'text/plain' },
  ]
  for (const each of headers) expect(await post({}, { headers: each })).toMatch(/^403 /)
  // Without a socket nobody knows where it comes from.
  expect((await made.request(path, { method: 'POST', headers: plain, body: '{}' })).status).toBe(
    403,
  )
  expect(asked).toEqual([])
})

test('all else stays read-only, and without a controller to ask this does, too', async () => {
  const { made } = await app()
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    expect((await made.request(path, { method })).status).toBe(405)
  }
  expect(
    (await made.request('/apis/fairlead.dev/v1alpha1/services', { method: 'POST' })).status,
  ).toBe(405)
  const view = () => ({}) as View
  const without = createApp({ kinds, composites, metrics: createMetrics(), view })
  expect((await without.request(path, { method: 'POST' })).status).toBe(405)
})

test('the command: drift is repaired now, hours before the sweep', async () => {
  const rig = createRig({ intervalMs: 6 * 3_600_000 })
  await rig.git(shop())
  await rig.ready()
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 7 })
  await rig.clock.advance(60_000)
  expect((await liveService(rig)).desiredCount).toBe(7)
  const made = createApp({
    kinds,
    composites,
    metrics: rig.metrics,
    view: () => rig.controller.view(),
    reconcile: (keys) => rig.controller.reconcile(keys),
  })
  const http = await listen(made, 0, '127.0.0.1')
  const { out, io } = capture()
  const server = ['--server', `http://127.0.0.1:${http.port}`]
  expect(await main(['reconcile', 'service', 'web', ...server], io)).toBe(0)
  expect(out).toEqual({ stdout: 'looking at Service web now\n', stderr: '' })
  await rig.clock.advance(60_000)
  expect((await liveService(rig)).desiredCount).toBe(2)
  expect(await main(['reconcile', 'service', 'nope', ...server], io)).toBe(1)
  expect(out.stderr).toContain('no Service nope is known')
  await http.close()
  expect(await main(['reconcile', ...server], io)).toBe(1)
  expect(out.stderr).toContain('no controller answers')
  await rig.stop()
})
