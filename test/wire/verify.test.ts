/** Promise: `fairlead verify` speaks to AWS through the SDK, writes nothing, and ends as its findings say. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSimulator } from '../../src/simulator/index.ts'
import { type ServedSimulator, serve } from '../../src/simulator/server.ts'
import { fairlead } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'fairlead-verify-'))
const file = join(folder, 'web.yaml')
const text = (role: string, group: string) => `apiVersion: fairlead.dev/v1alpha1
kind: TaskDefinition
metadata: { name: web }
spec:
  networkMode: awsvpc
  taskRoleArn: ${role}
  containerDefinitions: [{ name: web, image: 'nginx:1.27', memory: 64 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: Service
metadata: { name: web }
spec:
  cluster: shop
  taskDefinition: { ref: web }
  networkConfiguration:
    awsvpcConfiguration: { subnets: [subnet-0defa00000000000a], securityGroups: [${group}] }
`

let served: ServedSimulator
let asked: string[]

beforeEach(async () => {
  for (const name of Object.keys(process.env)) {
    if (/^(AWS|FAIRLEAD)_/.test(name)) vi.stubEnv(name, undefined)
  }
  asked = []
  const simulator = createSimulator({ now: () => 1_900_000_000_000 })
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'ecs-tasks.amazonaws.com' },
    Action: 'sts:AssumeRole',
  }
  const trust = JSON.stringify({ Version: '2012-10-17', Statement: [Statement] })
  simulator.call('iam:CreateRole', { RoleName: 'web', AssumeRolePolicyDocument: trust })
  served = await serve(
    {
      call: (operation, input, options) => {
        asked.push(operation)
        return simulator.call(operation, input, options)
      },
    },
    { port: 0 },
  )
  vi.stubEnv('AWS_ENDPOINT_URL', served.url)
})
afterEach(async () => {
  await served.close()
  vi.unstubAllEnvs()
  rmSync(file, { force: true })
})

const verify = (...more: string[]) => fairlead('verify', file, ...more)

test('what is missing is named with file, line and column, and the exit code is 1', async () => {
  writeFileSync(file, text('nobody', 'sg-0000000000000000f'))
  const { code, stdout, stderr } = await verify()
  expect(code).toBe(1)
  const lines = stdout.split('\n').filter((line) => !line.includes('[notice]'))
  expect(lines.map((line) => line.slice(folder.length + 1))).toEqual([
    'web.yaml:6:3: TaskDefinition/web: spec.taskRoleArn: there is no role nobody',
    'web.yaml:16:82: Service/web: spec.networkConfiguration.awsvpcConfiguration.securityGroups[0]: there is no security group sg-0000000000000000f',
    '',
  ])
  expect(stderr).toMatch(/^2 missing or not usable, \d+ not checked\n$/)
  expect(asked.filter((name) => !/:(Get|Describe|Simulate)/.test(name))).toEqual([])
})

test('with all in place the exit code is 0, and JSON says what was not checked', async () => {
  writeFileSync(file, text('web', 'sg-0defa000000000000'))
  const { code, stdout } = await verify('-o', 'json')
  const report = JSON.parse(stdout)
  expect(code).toBe(0)
  expect(report.usable).toBe(true)
  expect(report.problems.length).toBeGreaterThan(0)
  expect(new Set(report.problems.map((problem: { code: string }) => problem.code))).toEqual(
    new Set(['NotChecked']),
  )
})
