/** Promise: the page says at its top what needs a person and why, and shows nothing that a file says as markup. */
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { main } from '../../src/cli/index.ts'
import { composites, kinds } from '../../src/kinds/index.ts'
import { createMetrics } from '../../src/metrics.ts'
import { createApp } from '../../src/server/app.ts'
import { listen } from '../../src/server/listen.ts'
import { capture } from '../command.ts'
import { createRig, type Rig } from '../rig.ts'
import { capacity } from '../scenario/capacity.ts'
import { document, files, service, shop, stalled } from '../scenario/shop.ts'

const appOf = (rig: Rig) =>
  createApp({ kinds, composites, metrics: createMetrics(), view: () => rig.controller.view() })

/** The page, and its text without markup. */
async function pageOf(rig: Rig) {
  const source = await (await appOf(rig).request('/')).text()
  const text = source
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/ +/g, ' ')
  return { source, text }
}

test('a roll-out that fails stands first, with its cause, what to do and what differs', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  expect((await pageOf(rig)).text).toMatch(/^ 3 of 3 Ready · fairlead/m)
  await rig.git(shop({ simulate: 'exit 1 after 3s' }))
  await stalled(rig, service)
  const { text } = await pageOf(rig)
  expect(text).toMatch(/^ 1 stalled, 2 of 3 Ready · fairlead/m)
  expect(text).toMatch(/Reason\s+Service web OutOfSync Degraded RolledBack the last deployment/)
  expect(text).toContain('Likely cause container app exited with 1')
  expect(text).toContain('Do next ')
  expect(text).toMatch(/differs from \S+\.yaml:\d+: taskDefinition web:1 → web:2/)
  await rig.stop()
})

test('progress is told in numbers', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.clock.advance(5_000)
  const { text } = await pageOf(rig)
  expect(text).toMatch(/1 not Ready yet, 2 of 3 Ready/)
  expect(text).toMatch(/Service web Synced Progressing DeploymentInProgress rolling out: 0 of 2/)
  await rig.stop()
})

test('a composite has its parts under it, a cluster its instances and their agents', async () => {
  const rig = createRig()
  await rig.git(capacity())
  await rig.ready()
  const { source, text } = await pageOf(rig)
  const rows = [...source.matchAll(/<tr( class="child")?><td>(\w+)</g)]
  const group = rows.findIndex(([, , kind]) => kind === 'InstanceGroup')
  const parts = rows.slice(group + 1, group + 6)
  expect(parts.map(([, child]) => child)).toEqual(Array(5).fill(' class="child"'))
  expect(parts.map(([, , kind]) => kind)).toContain('AutoScalingGroup')
  expect(text).toMatch(/Container instances.* i-\w+ \w+ \S+ us-east-1\w ACTIVE connected, /s)
  await rig.stop()
})

test('an invalid file: the place, the field, and that nothing is written', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  const broken = files({
    apiVersion: 'fairlead.dev/v1alpha1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { desiredCount: '<script>four</script>' },
  })
  await rig.git(broken)
  const { source, text } = await pageOf(rig)
  expect(text).toMatch(/^ \d not valid, /m)
  expect(text).toContain('Nothing is written')
  expect(text).toMatch(/\S+:\d+:\d+ Service\/web: spec\.desiredCount : /)
  expect(source).not.toContain('<script')
  await rig.stop()
})

test('before anything was read it says so', async () => {
  const rig = createRig()
  const { text } = await pageOf(rig)
  expect(text).toContain('no resources yet')
  expect(text).toContain('Revision none yet')
  await rig.stop()
})

/** A command that asks the controller at a port, and all that it prints. */
function asking(port: number) {
  return async (...argv: string[]) => {
    let text = ''
    const add = (more: string) => {
      text += more
    }
    const { signal } = new AbortController()
    const io = { stdout: add, stderr: add, env: process.env, terminal: false, signal }
    const code = await main([...argv, '--server', `http://127.0.0.1:${port}`], io)
    return { code, text }
  }
}

test('who asks by command is told of what is not valid, too', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  const http = await listen(appOf(rig), 0, '127.0.0.1')
  const ask = asking(http.port)
  expect((await ask('get')).text).not.toContain('nothing is written')
  await rig.git({ 'shop.yaml': 'kind: Service\n' })
  const said = expect.stringMatching(
    /^(from .*\n)?shop\.yaml:1:1: .*\n(shop.*\n)*nothing is written/,
  )
  expect(await ask('get')).toEqual({ code: 0, text: said })
  // What it had before is held, and still listed.
  expect((await ask('get')).text).toMatch(/^Service +web +Synced +Healthy/m)
  expect(await ask('get', 'service', 'web')).toEqual({ code: 0, text: said })
  expect(await ask('describe', 'service', 'web')).toEqual({ code: 0, text: said })
  expect(await ask('get', 'service', 'other')).toEqual({ code: 1, text: said })
  expect(await ask('describe', 'service', 'other')).toEqual({ code: 1, text: said })
  await http.close()
  await rig.stop()
})

test('describe prints data too: the resource as get does, with its events', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  const http = await listen(appOf(rig), 0, '127.0.0.1')
  const asked = async (...argv: string[]) => {
    const { out, io } = capture()
    const code = await main([...argv, '--server', `http://127.0.0.1:${http.port}`], io)
    return { code, stdout: out.stdout }
  }
  const { code, stdout } = await asked('describe', 'service', 'web', '-o', 'json')
  expect(code).toBe(0)
  const { events, ...item } = JSON.parse(stdout)
  expect(item).toEqual(JSON.parse((await asked('get', 'service', 'web', '-o', 'json')).stdout))
  const reasons = events.map(({ reason }: { reason: string }) => reason)
  expect(reasons).toContain('Created')
  const names = new Set(
    events.map(({ involvedObject }: { involvedObject: { kind: string } }) => involvedObject.kind),
  )
  expect([...names]).toEqual(['Service'])
  const yaml = await asked('describe', 'service', 'web', '-o', 'yaml')
  expect(parse(yaml.stdout)).toEqual({ events, ...item })
  await http.close()
  await rig.stop()
})

test('two of one name in two environments are told apart, not one of them shown', async () => {
  const rig = createRig()
  const shopIn = (name: string) => [
    document('Environment', name, { namePrefix: `${name}-` }),
    document('Cluster', 'shop', {}, {}, name),
  ]
  await rig.git(files(...shopIn('prod'), ...shopIn('stage')))
  await rig.ready()
  const http = await listen(appOf(rig), 0, '127.0.0.1')
  const ask = asking(http.port)
  expect(await ask('describe', 'cluster', 'shop')).toEqual({
    code: 1,
    text: 'error: there is a Cluster shop in prod, stage\n  say which with -n NAMESPACE\n',
  })
  const { code, text } = await ask('describe', 'cluster', 'shop', '-n', 'stage')
  expect(code).toBe(0)
  expect(text).toMatch(/Namespace +stage/)
  await http.close()
  await rig.stop()
})
