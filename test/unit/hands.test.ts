/** Promise: what suspend, resume and retry write where, what they print, and what they refuse. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { main } from '../../src/cli/index.ts'
import { createSimulator } from '../../src/simulator/index.ts'
import { type ServedSimulator, serve } from '../../src/simulator/server.ts'
import { capture, fairlead } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'fairlead-hands-'))
const head = 'apiVersion: fairlead.dev/v1alpha1\n'
const manifests = `# The shop.
${head}kind: Cluster
metadata: { name: shop }
spec: {}
---
${head}kind: InstanceGroup
metadata: { name: main }
spec: { cluster: { ref: shop }, network: { ref: net }, instanceTypes: [t3.medium], size: { min: 0, max: 2 } }
---
${head}kind: Network
metadata: { name: net }
spec: { cidrBlock: 10.0.0.0/16, availabilityZones: 2 }
`
const shop = join(folder, 'shop.yaml')

let served: ServedSimulator | undefined

beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (/^(AWS|FAIRLEAD)_|^NO_COLOR$/.test(name)) vi.stubEnv(name, undefined)
  }
  writeFileSync(shop, manifests)
})
afterEach(async () => {
  await served?.close()
  served = undefined
  vi.unstubAllEnvs()
})
afterAll(() => rmSync(folder, { recursive: true }))

async function run(argv: readonly string[], stdin: string) {
  const { out, io } = capture({
    stdin: (async function* () {
      yield new TextEncoder().encode(stdin)
    })(),
  })
  const code = await main(argv, io)
  return { code, ...out }
}
const text = () => readFileSync(shop, 'utf8')

describe('in the file', () => {
  test('suspend says what it wrote where; resume takes it away to the byte', async () => {
    const said = await fairlead('suspend', 'cluster', 'shop', shop, '--reason', 'incident 4711')
    expect(said).toEqual({
      code: 0,
      stdout: `${shop}:4: fairlead.dev/suspend: "incident 4711"\n`,
      stderr: 'commit it, so that Git says so\n',
    })
    expect(text()).toContain(
      'metadata: { name: shop, annotations: { fairlead.dev/suspend: "incident 4711" } }',
    )
    expect((await fairlead('validate', shop)).code).toBe(0)
    const again = await fairlead('suspend', 'Cluster', 'shop', shop, '--reason', 'incident 4711')
    expect(again.stdout).toBe('Cluster shop is suspended so already\n')
    expect((await fairlead('resume', 'Cluster', 'shop', shop)).stdout).toBe(
      `${shop}:4: fairlead.dev/suspend: taken away\n`,
    )
    expect(text()).toBe(manifests)
    expect((await fairlead('resume', 'Cluster', 'shop', shop)).stdout).toBe(
      'Cluster shop is not suspended in Git\n',
    )
  })

  test('--for gives it an end; a later one without takes that away again', async () => {
    const before = Date.now()
    await fairlead('suspend', 'Cluster', 'shop', shop, '--for', '2h')
    const [, until = ''] = /suspend-until: "(.+?)"/.exec(text()) ?? []
    const left = Date.parse(until) - before - 2 * 3_600_000
    expect(Math.abs(left)).toBeLessThan(20_000)
    expect(text()).toContain('fairlead.dev/suspend: "true"')
    expect((await fairlead('validate', shop)).code).toBe(0)
    await fairlead('suspend', 'Cluster', 'shop', shop, '--reason', 'longer')
    expect(text()).toContain('{ fairlead.dev/suspend: "longer" }')
  })

  test('of a composite, for all its parts; a part by itself is refused', async () => {
    await fairlead('suspend', 'InstanceGroup', 'main', shop, '--reason', 'x')
    expect(text()).toContain('{ name: main, annotations: { fairlead.dev/suspend: "x" } }')
    const part = await fairlead('suspend', 'AutoScalingGroup', 'main', shop, '--reason', 'x')
    expect(part).toMatchObject({ code: 1, stdout: '' })
    expect(part.stderr).toContain('is a part of InstanceGroup main')
  })

  test('retry writes a new value each time', async () => {
    await fairlead('retry', 'Cluster', 'shop', shop, '--reason', 'registry is back')
    expect(text()).toMatch(
      /fairlead\.dev\/retry: "20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ registry is back"/,
    )
  })

  test.each([
    [['suspend', 'Cluster', 'shop'], 'needs a reason'],
    [['suspend', 'Cluster', 'shop', '--for', '1h', '--until', '2030-01-01'], '--for and --until'],
    [['suspend', 'Cluster', 'shop', '--until', '2020-01-01'], 'has passed'],
    [['suspend', 'Cluster', 'shop', '--until', 'soon'], '"soon" is not a time'],
    [['suspend', 'Cluster', 'shop', '--for', 'soon'], 'is not a duration'],
    [['suspend', 'Cluster', 'shop', '--for', '5'], '"5" has no unit'],
    [['suspend', 'Cluster', 'shop', '--live', '--reason', 'x'], 'must end by itself'],
    [['suspend', 'Cluster', 'shpo', '--for', '1h'], 'did you mean shop?'],
    [['resume', 'Clutser', 'shop'], 'there is no kind "Clutser"'],
  ])('%j is refused', async ([command = '', kind = '', name = '', ...flags], why) => {
    const said = await fairlead(command, kind, name, shop, ...flags)
    expect(said).toMatchObject({ code: 1, stdout: '' })
    expect(said.stderr).toContain(why)
    expect(text()).toBe(manifests)
  })

  test('two of one name are told apart by the namespace', async () => {
    const both = join(folder, 'both.yaml')
    const live = (name: string) =>
      `${head}kind: Environment\nmetadata: { name: ${name} }\nspec: { region: ${name}-1 }\n---\n${head}kind: Cluster\nmetadata:\n  name: shop\n  namespace: ${name}\nspec: {}\n`
    writeFileSync(both, `${live('eu-west')}---\n${live('us-east')}`)
    const said = await fairlead('suspend', 'Cluster', 'shop', both, '--for', '1h')
    expect(said.stderr).toContain('say which with -n NAMESPACE')
    await fairlead('suspend', 'Cluster', 'shop', both, '--for', '1h', '-n', 'us-east')
    expect(readFileSync(both, 'utf8').split('namespace: us-east')[1]).toContain('suspend')
    expect(readFileSync(both, 'utf8').split('namespace: us-east')[0]).not.toContain('suspend')
  })
})

describe('what is no file of its own', () => {
  const patch = (value: string) =>
    `apiVersion: fairlead.dev/v1alpha1\nkind: Cluster\nmetadata:\n  name: shop\n  annotations:\n    fairlead.dev/suspend: ${value}\n`

  test('standard input: the patch is printed', async () => {
    const said = await run(['suspend', 'Cluster', 'shop', '-', '--reason', 'x'], manifests)
    expect(said).toMatchObject({ code: 0, stdout: patch('x') })
    expect(said.stderr).toContain('came on standard input')
  })

  test('a kustomization: the patch is printed, no file is written', async () => {
    const bin = join(folder, 'bin')
    const overlay = join(folder, 'overlay')
    for (const each of [bin, overlay]) mkdirSync(each, { recursive: true })
    // Stands for the program, and builds the one folder there is.
    writeFileSync(join(bin, 'kustomize'), '#!/bin/sh\ncat ../shop.yaml\n', { mode: 0o755 })
    const file = join(overlay, 'kustomization.yaml')
    writeFileSync(file, 'resources: []\n')
    vi.stubEnv('PATH', `${bin}:${process.env.PATH}`)
    const said = await fairlead('suspend', 'Cluster', 'shop', overlay, '--reason', 'x')
    expect(said).toMatchObject({ code: 0, stdout: patch('x') })
    expect(said.stderr).toContain(`is built by the kustomization ${file}`)
    expect(readFileSync(file, 'utf8')).toBe('resources: []\n')
    expect(text()).toBe(manifests)
  })
})

describe('--live', () => {
  const tags = async () => {
    const { clusters } = (await simulator.call('ecs:DescribeClusters', {
      clusters: ['shop'],
      include: ['TAGS'],
    })) as { clusters: { tags: { key: string; value: string }[] }[] }
    return Object.fromEntries(clusters[0]!.tags.map(({ key, value }) => [key, value]))
  }
  let simulator: ReturnType<typeof createSimulator>
  const only = join(folder, 'only.yaml')

  beforeEach(async () => {
    writeFileSync(only, `${head}kind: Cluster\nmetadata: { name: shop }\nspec: {}\n`)
    simulator = createSimulator({ now: () => Date.now() })
    served = await serve(simulator, { port: 0 })
    vi.stubEnv('AWS_ENDPOINT_URL', served.url)
    vi.stubEnv('AWS_REGION', 'us-east-1')
  })
  const suspend = (...more: string[]) =>
    fairlead('suspend', 'Cluster', 'shop', only, '--live', '--for', '2h', ...more)

  test('writes the tag on what is ours, and resume ends it; the file stays', async () => {
    await simulator.call('ecs:CreateCluster', {
      clusterName: 'shop',
      tags: [{ key: 'fairlead:owner', value: 'default' }],
    })
    const said = await suspend('--reason', 'incident #4711 (paged)')
    expect(said.code).toBe(0)
    expect(said.stdout).toMatch(
      /^Cluster shop: tag fairlead:suspend: 20\S+Z incident 4711 paged\n$/,
    )
    expect((await tags())['fairlead:suspend']).toMatch(/^20\S+Z incident 4711 paged$/)
    const blocked = await fairlead('plan', only)
    expect(blocked.stdout).toContain('suspended by the tag fairlead:suspend until 20')
    const ended = await fairlead('resume', 'Cluster', 'shop', only, '--live')
    expect(ended.stdout).toContain('tag fairlead:suspend: ended (was: 20')
    expect((await tags())['fairlead:suspend']).toBe('ended')
    expect((await fairlead('resume', 'Cluster', 'shop', only, '--live')).stdout).toBe(
      'Cluster shop is not suspended by a tag\n',
    )
    expect(readFileSync(only, 'utf8')).not.toContain('suspend')
  })

  test('what is not ours is refused', async () => {
    expect((await suspend()).stderr).toContain('AWS has no Cluster shop')
    await simulator.call('ecs:CreateCluster', { clusterName: 'shop' })
    expect(await suspend()).toMatchObject({ code: 1, stdout: '' })
    expect((await suspend()).stderr).toContain('is nobody’s, not ours')
    const { clusters } = (await simulator.call('ecs:DescribeClusters', {
      clusters: ['shop'],
    })) as { clusters: { clusterArn: string }[] }
    await simulator.call('ecs:TagResource', {
      resourceArn: clusters[0]!.clusterArn,
      tags: [{ key: 'fairlead:owner', value: 'team-b' }],
    })
    expect((await suspend()).stderr).toContain('that of the owner "team-b"')
    expect(await tags()).toEqual({ 'fairlead:owner': 'team-b' })
    expect((await suspend('--owner', 'team-b')).code).toBe(0)
  })

  test('what is observed only is refused', async () => {
    writeFileSync(
      only,
      `${head}kind: Cluster\nmetadata: { name: shop, annotations: { fairlead.dev/mode: observe } }\nspec: {}\n`,
    )
    expect((await suspend()).stderr).toContain('is observed only')
  })
})
