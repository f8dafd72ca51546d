/** Promise: the SDK's way into an environment's role: STS is asked once for all services, and its refusal is named. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sdkAws } from '../../src/aws/sdk.ts'
import { AwsError } from '../../src/simulator/api.ts'
import { createSimulator } from '../../src/simulator/index.ts'
import { type ServedSimulator, serve } from '../../src/simulator/server.ts'
import { fairlead } from '../command.ts'

const roleArn = 'arn:aws:iam::210987654321:role/team/fairlead'
const role = { roleArn, sessionName: 'fairlead-live' }
const refusal =
  'User: arn:aws:iam::123456789012:user/simulator is not authorized to perform: sts:AssumeRole'

let served: ServedSimulator
let asked: string[]
let denied: boolean

beforeEach(async () => {
  for (const name of Object.keys(process.env)) {
    if (/^(AWS|FAIRLEAD)_/.test(name)) vi.stubEnv(name, undefined)
  }
  asked = []
  denied = false
  const simulator = createSimulator({ now: () => 1_900_000_000_000 })
  served = await serve(
    {
      call(operation, input, options) {
        asked.push(operation)
        if (denied && operation === 'sts:AssumeRole') {
          throw new AwsError('AccessDenied', refusal, 403)
        }
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
})

test('one session for all services, in the account of the role', async () => {
  const aws = sdkAws({ env: process.env, region: 'eu-central-1', role })
  const [identity, created] = await Promise.all([
    aws('sts:GetCallerIdentity', {}),
    aws('ecs:CreateCluster', { clusterName: 'shop' }),
    aws('tag:GetResources', {}),
  ])
  expect(identity).toMatchObject({
    Account: '210987654321',
    Arn: 'arn:aws:sts::210987654321:assumed-role/fairlead/fairlead-live',
  })
  expect((created.cluster as { clusterArn: string }).clusterArn).toBe(
    'arn:aws:ecs:eu-central-1:210987654321:cluster/shop',
  )
  expect(asked.filter((operation) => operation === 'sts:AssumeRole')).toHaveLength(1)
  const own = await sdkAws({ env: process.env })('sts:GetCallerIdentity', {})
  expect(own.Account).toBe('123456789012')
})

test('the region is the environment’s, else AWS_REGION, else what the aws CLI would take', async () => {
  const arnOf = async (region?: string) => {
    const aws = sdkAws({ env: process.env, ...(region ? { region } : {}) })
    const answer = await aws('ecs:CreateCluster', { clusterName: 'shop' })
    return (answer.cluster as { clusterArn: string }).clusterArn.split(':')[3]
  }
  expect(await arnOf()).toBe('us-east-1')
  vi.stubEnv('AWS_DEFAULT_REGION', 'eu-central-1')
  expect(await arnOf()).toBe('eu-central-1')
  vi.stubEnv('AWS_REGION', 'eu-west-1')
  expect(await arnOf()).toBe('eu-west-1')
  expect(await arnOf('eu-north-1')).toBe('eu-north-1')
})

test('what we send says in CloudTrail that it is ours', async () => {
  const agents: (string | undefined)[] = []
  const simulator = createSimulator({ now: () => 1_900_000_000_000 })
  const listening = await serve(
    {
      call(operation, input, options) {
        agents.push(options.userAgent)
        return simulator.call(operation, input, options)
      },
    },
    { port: 0 },
  )
  vi.stubEnv('AWS_ENDPOINT_URL', listening.url)
  await sdkAws({ env: process.env })('ecs:CreateCluster', { clusterName: 'shop' })
  await listening.close()
  const { events } = simulator.world().cloudtrail
  expect(agents).toEqual([expect.stringContaining(' app/fairlead')])
  expect([...events.values()].map(({ userAgent }) => userAgent)).toEqual(agents)
})

test('a refusal is one of sts:AssumeRole, in AWS’s words, and nothing was sent', async () => {
  denied = true
  const aws = sdkAws({ env: process.env, role })
  await expect(aws('ecs:CreateCluster', { clusterName: 'shop' })).rejects.toMatchObject({
    name: 'AwsFailure',
    operation: 'sts:AssumeRole',
    class: 'denied',
    code: 'AccessDenied',
    message: `${roleArn}: ${refusal}`,
    effectUnknown: false,
  })
  expect(asked).toEqual(['sts:AssumeRole'])
  // Once STS agrees, the same function goes on.
  denied = false
  expect(await aws('ecs:CreateCluster', { clusterName: 'shop' })).toHaveProperty('cluster')
})

test('plan shows the other environments and ends with an error', async () => {
  denied = true
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-role-'))
  const documents = [
    { kind: 'Environment', metadata: { name: 'here' }, spec: {} },
    { kind: 'Environment', metadata: { name: 'there' }, spec: { roleArn } },
    { kind: 'Cluster', metadata: { name: 'shop', namespace: 'here' }, spec: {} },
    { kind: 'Cluster', metadata: { name: 'bank', namespace: 'there' }, spec: {} },
  ].map((document) => JSON.stringify({ apiVersion: 'fairlead.dev/v1alpha1', ...document }))
  writeFileSync(join(folder, 'all.yaml'), documents.join('\n---\n'))
  const { code, stdout } = await fairlead('plan', folder)
  rmSync(folder, { recursive: true })
  expect(code).toBe(1)
  expect(stdout).toMatch(/Cluster here\/shop +\+ create/)
  expect(stdout).toMatch(/Cluster there\/bank +! blocked +its role cannot be assumed: AccessDenied/)
})
