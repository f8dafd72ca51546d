/** Promise: what each command prints where, and the code it ends with, as scripts and pipelines rely on. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { composites, kinds } from '../../src/kinds/index.ts'
import { AwsError } from '../../src/simulator/api.ts'
import {
  createSimulator,
  type Simulator,
  type SimulatorSnapshot,
} from '../../src/simulator/index.ts'
import { type Servable, type ServedSimulator, serve } from '../../src/simulator/server.ts'
import { fairlead } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'fairlead-cli-'))
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const head = 'apiVersion: fairlead.dev/v1alpha1\n'
const cluster = `${head}kind: Cluster\nmetadata: { name: shop }\nspec: {}\n`
const web = `${head}kind: TaskDefinition
metadata: { name: web }
spec:
  containerDefinitions: [{ name: web, image: 'nginx:1.27', memory: 64 }]
---
${head}kind: Service
metadata: { name: web }
spec: { cluster: { ref: shop }, taskDefinition: { ref: web }, launchType: EC2, desiredCount: 0 }
`
const shop = write('shop.yaml', `${cluster}---\n${web}`)
const bare = write('bare.yaml', cluster)
const changed = write('changed.yaml', `${cluster}---\n${web.replace('1.27', '1.28')}`)
const broken = write('broken.yaml', `${cluster}---\n${web.replace('memory: 64', 'memry: 64')}`)

// A thousand times as fast: what takes AWS a minute is over at the next look.
const startMs = Date.now()
const now = () => startMs + (Date.now() - startMs) * 1_000

let served: ServedSimulator | undefined
const written: string[] = []

async function connectTo(servable: Servable) {
  await served?.close()
  served = await serve(servable, { port: 0 })
  vi.stubEnv('AWS_ENDPOINT_URL', served.url)
}

/** An account, empty or as it was left, whose writes are counted. */
async function openAccount(from?: SimulatorSnapshot): Promise<Simulator> {
  const simulator = createSimulator({ now, ...(from ? { from: structuredClone(from) } : {}) })
  written.length = 0
  await connectTo({
    call: (operation, input, options) => {
      if (!/:(Describe|List|Get)/.test(operation)) written.push(operation)
      return simulator.call(operation, input, options)
    },
  })
  return simulator
}

function cleanEnvironment() {
  for (const name of Object.keys(process.env)) {
    if (/^(AWS|FAIRLEAD)_|^NO_COLOR$/.test(name)) vi.stubEnv(name, undefined)
  }
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true')
}

beforeEach(cleanEnvironment)
afterEach(async () => {
  await served?.close()
  served = undefined
  vi.unstubAllEnvs()
})
afterAll(() => rmSync(folder, { recursive: true }))

const memry = 'broken.yaml:10:60: TaskDefinition/web: spec.containerDefinitions[web].memry'

describe('in an empty account', () => {
  beforeEach(async () => void (await openAccount()))
  const creates = `Cluster shop         + create
TaskDefinition web   + register
Service web          + create
3 to change, 0 as they should be · 3 calls
`

  test('plan prints what it would do, ends with 0, and writes nothing', async () => {
    expect(await fairlead('plan', shop)).toEqual({ code: 0, stdout: creates, stderr: '' })
    expect(written).toEqual([])
  })

  test('plan --detailed-exitcode ends with 2, diff with 1', async () => {
    const asked = await fairlead('plan', shop, '--detailed-exitcode')
    expect(asked).toEqual({ code: 2, stdout: creates, stderr: '' })
    expect(await fairlead('diff', shop)).toEqual({ ...asked, code: 1 })
  })

  test('run with a ref of no repository is refused before anything is begun', async () => {
    const { code, stderr } = await fairlead('run', shop, '--ref', 'main')
    expect(code).toBe(1)
    expect(stderr).toContain('--ref needs --git')
  })

  test('plan -o json is one document of JSON, and nothing else', async () => {
    const { code, stdout, stderr } = await fairlead('plan', shop, '-o', 'json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'Plan',
      summary: { change: 3, keep: 0, blocked: 0, calls: 3 },
    })
  })

  test.each([
    ['plan', 1],
    ['diff', 2],
    ['apply', 1],
    ['delete', 1],
  ])(
    '%s of broken manifests ends with %i, says where on stderr, and writes nothing',
    async (command, code) => {
      const said = await fairlead(command, broken)
      expect(said).toEqual({ code, stdout: '', stderr: expect.stringContaining(memry) })
      expect(written).toEqual([])
    },
  )

  test.each([
    ['plan', 1],
    ['diff', 2],
    ['apply', 1],
    ['delete', 1],
    ['validate', 1],
  ])('%s of a path that does not exist ends with %i', async (command, code) => {
    const said = await fairlead(
      command,
      join(folder, 'none'),
      ...(command === 'delete' ? ['--yes'] : []),
    )
    expect(said.code).toBe(code)
    expect(`${said.stdout}${said.stderr}`).toContain('does not exist')
    expect(written).toEqual([])
  })

  test('get --live tells what is missing', async () => {
    const { code, stdout } = await fairlead('get', 'service', 'web', '--live', shop, '-o', 'json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout).status).toMatchObject({ sync: 'OutOfSync', health: 'Missing' })
  })
})

describe('when AWS refuses', () => {
  /** An empty account in which some operations are denied. */
  const deny = (denied: RegExp) => {
    const simulator = createSimulator({ now })
    return connectTo({
      call: (operation, input, options) => {
        if (denied.test(operation)) throw new AwsError('AccessDeniedException', 'not authorized')
        return simulator.call(operation, input, options)
      },
    })
  }

  test.each([
    ['plan', 1, /./],
    ['diff', 2, /./],
    ['plan', 1, /DescribeClusters/],
    ['diff', 2, /DescribeClusters/],
  ])('%s ends with %i when denied %s, whatever else it found', async (command, code, denied) => {
    await deny(denied)
    const { stdout, stderr, ...ended } = await fairlead(command, shop)
    expect(ended).toEqual({ code })
    expect(`${stdout}${stderr}`).toContain('not authorized')
  })

  test('apply gives up on what only a person can mend, and ends with 1', async () => {
    await deny(/CreateService/)
    const { code, stdout, stderr } = await fairlead('apply', shop)
    expect(code).toBe(1)
    expect(stdout).toContain('TaskDefinition web as web:1')
    expect(stderr).toMatch(/^Service web is not Ready: .*not authorized/m)
    expect(stderr).not.toMatch(/^Cluster shop/m)
  })
})

describe('in an account that is as Git says', () => {
  let left: SimulatorSnapshot
  let applied: Awaited<ReturnType<typeof fairlead>>
  let sent: readonly string[]
  beforeAll(async () => {
    cleanEnvironment()
    const simulator = await openAccount()
    applied = await fairlead('apply', shop)
    sent = [...written]
    left = simulator.snapshot()
  })
  beforeEach(async () => void (await openAccount(left)))

  test('apply has told each write and ended with 0 once all was Ready', () => {
    expect(applied).toMatchObject({ code: 0, stderr: '' })
    const told = applied.stdout.replace(/ after \d+ s/g, '')
    expect(told).toContain('Created            Cluster shop · CreateCluster\n')
    expect(told).toContain(
      'Created            TaskDefinition web as web:1 · RegisterTaskDefinition\n',
    )
    expect(told).toContain('Created            Service web · CreateService\n')
    expect(told).toMatch(/\ndone: 3 Ready\n$/)
    expect(sent.toSorted()).toEqual([
      'ecs:CreateCluster',
      'ecs:CreateService',
      'ecs:RegisterTaskDefinition',
    ])
  })

  test('plan, with or without --detailed-exitcode, and diff end with 0', async () => {
    const nothing = { code: 0, stdout: 'nothing to do: 3 as they should be\n', stderr: '' }
    expect(await fairlead('plan', shop)).toEqual(nothing)
    expect(await fairlead('plan', shop, '--detailed-exitcode')).toEqual(nothing)
    expect(await fairlead('diff', shop)).toEqual(nothing)
  })

  test('a switch in the environment is off when it says so', async () => {
    vi.stubEnv('FAIRLEAD_DETAILED_EXITCODE', 'true')
    expect(await fairlead('plan', changed)).toMatchObject({ code: 2 })
    vi.stubEnv('FAIRLEAD_DETAILED_EXITCODE', 'false')
    expect(await fairlead('plan', changed)).toMatchObject({ code: 0 })
  })

  test('get --live -o json: data on stdout, where it comes from on stderr', async () => {
    const { code, stdout, stderr } = await fairlead('get', '--live', shop, '-o', 'json')
    expect(code).toBe(0)
    expect(stderr).toContain(`from AWS now, for ${shop}`)
    const { kind, items } = JSON.parse(stdout)
    expect(kind).toBe('List')
    expect(items).toMatchObject([
      {
        kind: 'Cluster',
        metadata: { name: 'shop' },
        status: { sync: 'Synced', health: 'Healthy' },
      },
      { kind: 'TaskDefinition', status: { aws: { revision: '1' }, source: `${shop}:6` } },
      { kind: 'Service', spec: { desiredCount: 0 }, status: { progress: { desired: 0 } } },
    ])
  })

  test('FAIRLEAD_OWNER is --owner, and a flag that is given wins', async () => {
    vi.stubEnv('FAIRLEAD_OWNER', 'other')
    const { code, stdout } = await fairlead('diff', shop)
    expect(code).toBe(1)
    expect(stdout).toContain('belongs to the fairlead of owner "default"')
    expect(await fairlead('diff', shop, '--owner', 'default')).toMatchObject({ code: 0 })
  })

  test('what is no longer described: named by plan, gone with apply --prune and an owner of its own', async () => {
    const off = await fairlead('plan', bare)
    expect(off).toMatchObject({ code: 0, stderr: '' })
    expect(off.stdout).toContain(
      '1 resource of ours is no longer described: Service web (prune is off)\nnothing to do',
    )
    const owned = ['--prune', '--owner', 'default']
    const { stdout } = await fairlead('plan', bare, ...owned)
    expect(stdout).toMatch(/^Service web +- delete {2}no manifest describes it any more$/m)
    expect(stdout).toContain('1 to change, 1 as they should be · 1 call')
    const held = await fairlead('apply', bare, ...owned, '--max-deletes', '0')
    expect(held).toMatchObject({ code: 1 })
    expect(held.stderr).toMatch(/^Service web is not Ready: TooManyDeletes: 1 of 2 /m)
    expect(written).toEqual([])
    expect(await fairlead('apply', bare, ...owned)).toMatchObject({ code: 0, stderr: '' })
    expect(written).toEqual(['ecs:DeleteService'])
  })

  test('delete shows what it would delete, and refuses without a terminal or --yes', async () => {
    vi.stubEnv('FAIRLEAD_YES', 'false')
    const { code, stdout, stderr } = await fairlead('delete', shop)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^Service web +- delete$/m)
    expect(stderr).toContain('nothing was deleted: there is no terminal to confirm on')
    expect(stderr).toContain('--yes')
    expect(written).toEqual([])
  })

  test('delete --yes deletes in order, and then there is nothing left to delete', async () => {
    expect(await fairlead('delete', shop, '--yes')).toMatchObject({ code: 0, stderr: '' })
    expect(written).toEqual([
      'ecs:DeleteService',
      'ecs:DeregisterTaskDefinition',
      'ecs:DeleteCluster',
    ])
    const again = await fairlead('delete', shop, '--yes')
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to do') })
    expect(written).toHaveLength(3)
  })
})

describe('validate', () => {
  test('ends with 0 when all is valid', async () => {
    const said = await fairlead('validate', shop)
    expect(said).toEqual({ code: 0, stdout: '', stderr: '3 valid manifests, 0 errors\n' })
  })

  test('ends with 1 and prints each problem with its place', async () => {
    const { code, stdout, stderr } = await fairlead('validate', broken)
    expect({ code, stderr }).toEqual({ code: 1, stderr: '2 valid manifests, 1 error\n' })
    expect(stdout).toBe(`${join(folder, memry)}: unknown field (did you mean memory?)\n`)
  })

  test('prints JSON or SARIF and nothing else', async () => {
    const json = await fairlead('validate', broken, '-o', 'json')
    expect(json).toMatchObject({ code: 1, stderr: '' })
    expect(JSON.parse(json.stdout)).toMatchObject({
      valid: false,
      problems: [{ line: 10, column: 60, code: 'UnknownField' }],
    })
    const sarif = await fairlead('validate', broken, '-o', 'sarif')
    expect(sarif).toMatchObject({ code: 1, stderr: '' })
    const [run] = JSON.parse(sarif.stdout).runs
    expect(run.results[0].locations[0].physicalLocation.region).toEqual({
      startLine: 10,
      startColumn: 60,
    })
  })
})

describe('mistakes', () => {
  test.each([
    [['aply'], 1, "unknown command 'aply'\n(Did you mean apply?)"],
    [['plan', '--onwer', 'x'], 1, "unknown option '--onwer'\n(Did you mean --owner?)"],
    [['diff', '--onwer', 'x'], 2, "unknown option '--onwer'"],
    [['plan', '-o', 'yaml'], 1, 'Allowed choices are text, json.'],
    [['run', '--http-port', 'x'], 1, 'a port is a number from 0 to 65535'],
    [['run', '--interval', 'soon'], 1, '--interval'],
    [['run', '--prune'], 1, '--prune needs an owner of its own\n  say --owner'],
    [['plan', '--max-deletes', 'few'], 1, 'a number or a share such as 10% was expected'],
    [['run', '--container-instances', 'shop'], 1, 'CLUSTER=N'],
    [['delete'], 1, "missing required argument 'path'"],
    [['get', 'servic'], 1, 'there is no kind "servic"\n  did you mean Service?'],
    [['get', 'x'], 1, 'there is no kind "x"\n  kinds: Vpc, Subnet, '],
    [['get', '--server', 'http://127.0.0.1:9'], 1, 'no controller answers at http://127.0.0.1:9'],
    [
      ['get', '--server', 'shop:8080'],
      1,
      '"shop:8080" is no address of a controller\n  write it as',
    ],
    [['explain', 'Servic'], 1, 'did you mean Service?'],
    [['explain', 'Service.desiredCont'], 1, 'did you mean desiredCount?'],
  ])('%j ends with %i and says why on stderr', async (argv, code, why) => {
    const said = await fairlead(...argv)
    expect(said).toEqual({ code, stdout: '', stderr: expect.stringContaining(why) })
  })
})

test('what answers and is no controller is told so', async () => {
  const other = createServer((_, response) => response.end('<html>'))
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening))
  const { port } = other.address() as AddressInfo
  for (const command of [['get'], ['reconcile']]) {
    const { code, stderr } = await fairlead(...command, '--server', `http://127.0.0.1:${port}`)
    expect(code).toBe(1)
    expect(stderr).toContain(`what answers at http://127.0.0.1:${port} (200) is no controller`)
  }
  await new Promise((closed) => other.close(closed))
})

test('explain without a kind lists them all', async () => {
  const { code, stdout } = await fairlead('explain')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^InstanceGroup +EC2 instances of a cluster/m)
  expect(stdout.match(/^\w+ /gm)).toHaveLength(kinds.length + composites.length + 1)
})

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(await fairlead('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})

describe('--help', async () => {
  const commands = [...(await fairlead('--help')).stdout.matchAll(/^ {2}([a-z]+) [[<]/gm)].map(
    ([, name = '']) => name,
  )

  test('names every command, on stdout', async () => {
    expect(await fairlead('--help')).toMatchObject({ code: 0, stderr: '' })
    expect(commands).toEqual(expect.arrayContaining(['run', 'plan', 'diff', 'apply', 'delete']))
    expect((await fairlead('--help')).stdout).toMatchSnapshot()
  })

  test.each(commands)('of %s', async (command) => {
    const { code, stdout, stderr } = await fairlead(command, '--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatchSnapshot()
  })
})
