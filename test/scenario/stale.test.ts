/** Promise: a tag that moved is shown; tasks start anew for it, or for a secret that changed, where the manifest asks, and once. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import { liveService, minute, said, service, shop, webDefinition, written } from './shop.ts'

const repository = '123456789012.dkr.ecr.us-east-1.amazonaws.com/web'
const secretArn = async (rig: Rig) =>
  String(
    (
      (await rig.aws('secretsmanager:CreateSecret', { Name: 'db', SecretString: 'a' })) as {
        ARN: string
      }
    ).ARN,
  )

const push = (rig: Rig, layers: string, tag = 'live') =>
  rig.aws('ecr:PutImage', {
    repositoryName: 'web',
    imageTag: tag,
    imageManifest: JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      layers,
    }),
  })

const parameter = (rig: Rig, Value: string) =>
  rig.aws('ssm:PutParameter', { Name: '/web/token', Value, Type: 'String', Overwrite: true })

const updates = (rig: Rig) =>
  written(rig).filter((operation) => operation === 'ecs:UpdateService').length

function web(annotations: Record<string, string>, secrets: readonly string[] = []) {
  const { containerDefinitions, ...rest } = webDefinition({ image: `${repository}:live` })
  const [container] = containerDefinitions
  return shop({
    annotations,
    definition: {
      ...rest,
      executionRoleArn: 'arn:aws:iam::123456789012:role/web',
      containerDefinitions: [
        { ...container, secrets: secrets.map((valueFrom, i) => ({ name: `S${i}`, valueFrom })) },
      ],
    },
  })
}

async function running(
  annotations: Record<string, string>,
  secrets?: (rig: Rig) => Promise<string[]>,
) {
  const rig = createRig()
  await rig.aws('ecr:CreateRepository', { repositoryName: 'web' })
  await push(rig, 'one')
  const names = (await secrets?.(rig)) ?? []
  const git = () => rig.git(web(annotations, names))
  const { problems } = await git()
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  await rig.ready()
  await rig.clock.advance(10 * minute)
  rig.calls.length = 0
  return { rig, names }
}

const notes = (rig: Rig) =>
  rig.controller
    .view()
    .plans.flatMap(({ changes }) =>
      changes.flatMap(({ key, notes }) => (key === service ? notes : [])),
    )

test('a tag that moved is shown with both digests, and left alone', async () => {
  const { rig } = await running({})
  await push(rig, 'two')
  await rig.clock.advance(10 * minute)
  expect(notes(rig)).toContainEqual(
    expect.stringMatching(/image drift: .*web:live is sha256:\w{12} by now, sha256:\w{12} runs/),
  )
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('where the manifest asks, its tasks start anew with it, once', async () => {
  const { rig } = await running({ 'restart-on': 'images' })
  await push(rig, 'two')
  await rig.clock.advance(20 * minute)
  expect(updates(rig)).toBe(1)
  expect(notes(rig)).toEqual([])
  await rig.clock.advance(20 * minute)
  await rig.restart()
  await rig.clock.advance(20 * minute)
  expect(updates(rig)).toBe(0)
  await rig.stop()
})

test('an image that moved and is rolled back is not tried again', async () => {
  const { rig } = await running({ 'restart-on': 'images' })
  await push(rig, 'two')
  await rig.clock.runUntil(
    () => rig.status(service)?.rollout?.outcome === 'InProgress',
    20 * minute,
  )
  await rig.clock.advance(6_000)
  await rig.aws('ecs:StopServiceDeployment', {
    serviceDeploymentArn: rig.status(service)?.rollout?.id,
  })
  await rig.clock.advance(60 * minute)
  expect(updates(rig)).toBe(1)
  await rig.restart()
  await rig.clock.advance(60 * minute)
  expect(updates(rig)).toBe(0)
  expect(notes(rig)).toContainEqual(expect.stringMatching(/that was tried, and rolled back/))
  await rig.stop()
})

test('a secret or parameter that changed starts tasks anew only where asked, and its value is never read', async () => {
  const both = async (rig: Rig) => {
    await parameter(rig, 'a')
    return [await secretArn(rig), '/web/token']
  }
  const silent = await running({}, both)
  await silent.rig.aws('secretsmanager:PutSecretValue', { SecretId: 'db', SecretString: 'b' })
  await silent.rig.clock.advance(20 * minute)
  expect(updates(silent.rig)).toBe(0)
  await silent.rig.stop()

  const { rig } = await running({ 'restart-on': 'secrets, images' }, both)
  await rig.aws('secretsmanager:PutSecretValue', { SecretId: 'db', SecretString: 'b' })
  await rig.clock.advance(20 * minute)
  expect(updates(rig)).toBe(1)
  // What it runs is as Git says all the while: it is told what it starts anew for, and that is no drift.
  expect(said(rig, 'DriftDetected')).toEqual([])
  expect(said(rig, 'Updated', service).at(-1)).toMatch(
    /^Service web: secret\[db\S*\] read 2026-01-05T\S+ → changed 2026-01-05T\S+ · UpdateService$/,
  )
  await parameter(rig, 'b')
  await rig.clock.advance(20 * minute)
  const reads = rig.reads().map(({ operation }) => operation)
  expect(updates(rig)).toBe(1)
  expect(reads.filter((each) => /GetSecretValue|GetParameter/.test(each))).toEqual([])
  await rig.clock.advance(30 * minute)
  expect(updates(rig)).toBe(0)
  expect((await liveService(rig)).runningCount).toBe(2)
  await rig.stop()
})
