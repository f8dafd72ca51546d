/** Promise: `fairlead import` speaks to AWS through the SDK, writes files alone, and overwrites none unasked. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { isRead } from '../../src/cli/connect.ts'
import { iamPolicy } from '../../src/cli/iam-policy.ts'
import type { Operation } from '../../src/model.ts'
import { type ServedSimulator, serve } from '../../src/simulator/server.ts'
import { capture, fairlead } from '../command.ts'
import type { Rig } from '../rig.ts'
import { handMadeAccount } from '../scenario/hand-made-account.ts'

let rig: Rig
let served: ServedSimulator
let out: string
const asked: Operation[] = []

beforeAll(async () => {
  rig = await handMadeAccount()
  served = await serve(
    {
      call: (operation, input, options) => {
        asked.push(operation as Operation)
        return rig.simulator.call(operation, input, options)
      },
    },
    { port: 0 },
  )
})
afterAll(async () => {
  await served.close()
  await rig.stop()
})
beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (/^(AWS|FAIRLEAD)_/.test(name)) vi.stubEnv(name, undefined)
  }
  vi.stubEnv('AWS_ENDPOINT_URL', served.url)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  out = mkdtempSync(join(tmpdir(), 'fairlead-import-'))
  asked.length = 0
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(out, { recursive: true })
})

test('writes files whose plan changes nothing but tags, and names them on stdout', async () => {
  const { code, stdout, stderr } = await fairlead('import', '--out', out)
  expect(code).toBe(0)
  const paths = stdout.trim().split('\n')
  expect(paths).toContain(join(out, 'Shop_Prod', 'cluster.yaml'))
  expect(paths.every((path) => existsSync(path))).toBe(true)
  expect(stderr).toContain('Cluster AWSBatch-jobs-0f0f: belongs to AWS Batch')
  expect(stderr).toContain('19 resources: fairlead takes over 17 of them by tags')
  expect(stderr).toContain(`next: fairlead plan ${out}`)
  expect(await fairlead('validate', out)).toMatchObject({ code: 0, stdout: '' })
  const plan = JSON.parse((await fairlead('plan', out, '-o', 'json')).stdout)
  const changes = plan.environments[0].changes as { fields: { path: string }[]; verdict: string }[]
  expect(changes).toHaveLength(19)
  expect(changes.map(({ verdict }) => verdict)).not.toContain('blocked')
  const fields = changes.flatMap((change) => change.fields.map(({ path }) => path))
  expect(fields.filter((path) => !path.startsWith('tags'))).toEqual([])
})

test('the plan of what was written says what is taken over, and ends as an empty one', async () => {
  await fairlead('import', '--out', out)
  const { code, stdout } = await fairlead('plan', out, '--detailed-exitcode')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Cluster Shop_Prod +~ adopt$/m)
  expect(stdout).not.toContain('tags[')
  expect(stdout).toMatch(/\n17 to take over by tags, 2 as they should be · 17 calls\n$/)
  expect((await fairlead('diff', out)).code).toBe(0)
  const json = JSON.parse((await fairlead('plan', out, '-o', 'json')).stdout)
  expect(json.summary).toEqual({ change: 0, adopt: 17, keep: 2, blocked: 0, calls: 17 })
  const web = join(out, 'Shop_Prod', 'web.yaml')
  writeFileSync(web, readFileSync(web, 'utf8').replace('desiredCount: 2', 'desiredCount: 3'))
  expect((await fairlead('diff', out)).code).toBe(1)
})

test('only reads, few times, and what its policy allows', async () => {
  await fairlead('import', '--out', out)
  expect(asked.filter((operation) => !isRead(operation))).toEqual([])
  const times = (operation: Operation) => asked.filter((one) => one === operation).length
  expect(times('ecs:DescribeClusters')).toBeLessThanOrEqual(2)
  expect(times('ecs:ListServices')).toBe(2)
  // Two clusters with fewer than ten services each: once to look, and once where a plan asks in another order.
  expect(times('ecs:DescribeServices')).toBeLessThanOrEqual(4)
  const { out: said, io } = capture()
  expect(await iamPolicy(undefined, { owner: 'default', import: true }, io)).toBe(0)
  const allowed = [JSON.parse(said.stdout)]
    .flat()
    .flatMap(({ Statement }) => Statement)
    .flatMap(({ Action }) => Action)
  expect([...new Set(asked)].filter((operation) => !allowed.includes(operation))).toEqual([])
})

test('overwrites nothing, unless it is said', async () => {
  expect((await fairlead('import', '--cluster', 'batch', '--out', out)).code).toBe(0)
  const file = join(out, 'batch', 'web.yaml')
  const before = readFileSync(file, 'utf8')
  writeFileSync(file, 'mine')
  rmSync(join(out, 'environment.yaml'))
  const refused = await fairlead('import', '--cluster', 'batch', '--out', out)
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('exists already')
  expect(readFileSync(file, 'utf8')).toBe('mine')
  expect(existsSync(join(out, 'environment.yaml'))).toBe(false)
  expect((await fairlead('import', '--cluster', 'batch', '--out', out, '--yes')).code).toBe(0)
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test.each([
  [['--cluster', 'nowhere'], 'there is no cluster nowhere'],
  [['-n', 'Not A Name'], '--namespace Not A Name: must be 1 to 63 lower-case letters'],
])('%j is refused, and nothing is written', async (flags, message) => {
  const refused = await fairlead('import', '--out', out, ...flags)
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain(message)
  expect(existsSync(join(out, 'environment.yaml'))).toBe(false)
})

test('without an answer from AWS it says so, and writes nothing', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1')
  const { code, stdout, stderr } = await fairlead('import', '--out', out)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/ecs:ListClusters/)
})
