/** Promise: `plan --rehearse` says beside the plan what would then happen, and only reads. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSimulator } from '../../src/simulator/index.ts'
import { type ServedSimulator, serve } from '../../src/simulator/server.ts'
import { fairlead } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'fairlead-rehearse-'))
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const head = 'apiVersion: fairlead.dev/v1alpha1\n'
const cluster = `${head}kind: Cluster\nmetadata: { name: shop }\nspec: {}\n`

/** A service, on EC2 or where instances need not be thought of. */
const web = (image: string, count: number, fargate = false) => `${cluster}---
${head}kind: TaskDefinition
metadata: { name: web }
spec:
${fargate ? "  networkMode: awsvpc\n  cpu: '256'\n  memory: '512'\n  requiresCompatibilities: [FARGATE]\n" : ''}  containerDefinitions: [{ name: web, image: 'nginx:${image}', memory: 64 }]
---
${head}kind: Service
metadata: { name: web }
spec:
  cluster: { ref: shop }
  taskDefinition: { ref: web }
  launchType: ${fargate ? 'FARGATE' : 'EC2'}
  desiredCount: ${count}
${fargate ? '  networkConfiguration: { awsvpcConfiguration: { subnets: [subnet-0defa00000000000a] } }\n' : ''}`

const shop = write('shop.yaml', web('1.27', 0))
const creates = `Cluster shop         + create
TaskDefinition web   + register
Service web          + create
3 to change, 0 as they should be · 3 calls
`

let served: ServedSimulator | undefined
const written: string[] = []

beforeEach(async () => {
  for (const name of Object.keys(process.env)) {
    if (/^(AWS|FAIRLEAD)_|^NO_COLOR$/.test(name)) vi.stubEnv(name, undefined)
  }
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true')
  written.length = 0
  // Its clock runs ahead of ours, as an emulator's does that lets time run faster.
  const startMs = Date.now()
  const simulator = createSimulator({ now: () => startMs + (Date.now() - startMs) * 1_000 })
  served = await serve(
    {
      call: (operation, input, options) => {
        if (!/:(Describe|List|Get)/.test(operation)) written.push(operation)
        return simulator.call(operation, input, options)
      },
    },
    { port: 0 },
  )
  vi.stubEnv('AWS_ENDPOINT_URL', served.url)
})
afterEach(async () => {
  await served?.close()
  vi.unstubAllEnvs()
})
afterAll(() => rmSync(folder, { recursive: true }))

test('what would happen, below the plan; nothing is written but the picture', async () => {
  const picture = join(folder, 'rehearsal.svg')
  const said = await fairlead('plan', shop, '--rehearse', '--timeline', picture)
  expect(said).toMatchObject({ code: 0, stderr: '' })
  expect(said.stdout.startsWith(creates)).toBe(true)
  expect(said.stdout).toContain('» rehearsal of default: goes through · about')
  expect(said.stdout).toMatch(/0\.0 s {2}ecs:CreateCluster +Cluster shop\n/)
  expect(readFileSync(picture, 'utf8')).toContain('default goes through')
  expect(written).toEqual([])
})

test('-o json is one document; what would get stuck is no success', async () => {
  const wants = write('wants.yaml', web('1.27', 1))
  const { code, stdout } = await fairlead('plan', wants, '--rehearse', '-o', 'json')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    kind: 'Plan',
    rehearsals: [
      {
        environment: 'default',
        outcome: 'stuck',
        calls: [{ operation: 'ecs:CreateCluster', key: 'default/Cluster/shop' }, {}, {}],
        stuck: [{ key: 'default/Service/web', lack: 'instances' }],
      },
    ],
  })
  expect(written).toEqual([])
})

test('a timeline of no known kind is refused before anything is read', async () => {
  const said = await fairlead('plan', shop, '--timeline', 'picture.png')
  expect(said).toMatchObject({ code: 1, stdout: '' })
  expect(said.stderr).toContain('neither .svg nor .html')
})

test('a change is rehearsed on what is there, on an emulator that draws its ids as the rehearsal does', async () => {
  expect((await fairlead('apply', write('before.yaml', web('1.27', 1, true)))).code).toBe(0)
  written.length = 0
  const after = write('after.yaml', web('1.28', 1, true))
  const { code, stdout } = await fairlead('plan', after, '--rehearse', '-o', 'json')
  const [rehearsal] = JSON.parse(stdout).rehearsals
  expect(code).toBe(0)
  expect(rehearsal).toMatchObject({
    outcome: 'done',
    services: [
      {
        ...{ key: 'default/Service/web', desired: 1, healthy: 1, started: 1, stopped: 1 },
        lowest: { least: 1, most: 1 },
      },
    ],
  })
  expect(rehearsal.calls.map(({ operation }: { operation: string }) => operation)).toEqual([
    'ecs:RegisterTaskDefinition',
    'ecs:UpdateService',
  ])
  expect(rehearsal.seconds.usual).toBeGreaterThan(20)
  expect(written).toEqual([])
}, 30_000)
