/** Promise: where a task definition asks for it, what runs is the image that a tag means now, and nothing else. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../src/errors.ts'
import { createRig, type Rig } from '../rig.ts'
import {
  conditions,
  definition,
  document,
  files,
  liveService,
  minute,
  readyMessage,
  stalled,
  webDefinition,
  webService,
  written,
} from './shop.ts'

const registry = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

const shop = (
  image: unknown,
  annotations: Record<string, string> = { 'resolve-digests': 'true' },
) =>
  files(
    document('Cluster', 'shop'),
    document(
      'TaskDefinition',
      'web',
      webDefinition({
        definition: {
          executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
          containerDefinitions: [
            { name: 'app', image },
            { name: 'proxy', image: 'envoyproxy/envoy:v1.31' },
          ],
        },
      }),
      annotations,
    ),
    document('Service', 'web', webService()),
  )

async function createImageRig(...options: Parameters<typeof createRig>): Promise<Rig> {
  const rig = createRig(...options)
  await rig.aws('ecr:CreateRepository', { repositoryName: 'web' })
  return rig
}

/** Pushes an image, and answers its digest. */
async function push(rig: Rig, content: string, imageTag: string): Promise<string> {
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    config: { size: 1 },
    layers: [],
    content,
  })
  const answer = await rig.aws('ecr:PutImage', { repositoryName: 'web', imageManifest, imageTag })
  return (answer as { image: { imageId: { imageDigest: string } } }).image.imageId.imageDigest
}

async function imagesOf(rig: Rig): Promise<(string | undefined)[]> {
  const { taskDefinition } = await liveService(rig)
  const answer = await rig.aws('ecs:DescribeTaskDefinition', { taskDefinition })
  const { containerDefinitions } = (answer as { taskDefinition: { containerDefinitions: [] } })
    .taskDefinition
  return containerDefinitions.map(({ image }) => image)
}

const lookUps = (rig: Rig) =>
  rig.reads().filter(({ operation }) => operation === 'ecr:BatchGetImage').length

test('registered by digest; a tag that moves is a new revision, and a quiet sweep is one read', async () => {
  const rig = await createImageRig()
  const first = await push(rig, 'one', '1.2')
  await rig.git(shop(`${registry}/web:1.2`))
  await rig.ready()
  expect(await imagesOf(rig)).toEqual([`${registry}/web@${first}`, 'envoyproxy/envoy:v1.31'])
  await rig.clock.advance(70_000)
  rig.calls.length = 0
  await rig.clock.advance(60_000)
  expect(rig.writes()).toEqual([])
  expect(lookUps(rig)).toBe(1)

  const second = await push(rig, 'two', '1.2')
  rig.calls.length = 0
  await rig.clock.advance(70_000)
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
  expect((await imagesOf(rig))[0]).toBe(`${registry}/web@${second}`)
  // Without the annotation the tag stays, and moves as it likes.
  await rig.git(shop(`${registry}/web:1.2`, {}))
  await rig.ready()
  expect((await imagesOf(rig))[0]).toBe(`${registry}/web:1.2`)
  written(rig)
  await push(rig, 'three', '1.2')
  await rig.clock.advance(5 * minute)
  expect(written(rig)).toEqual([])
  expect(lookUps(rig)).toBe(0)
  await rig.stop()
})

test('an image that is not there stops the registration, until it is pushed', async () => {
  const rig = await createImageRig()
  await push(rig, 'one', '1.2')
  await rig.git(shop(`${registry}/web:1.2`))
  await rig.ready()
  written(rig)
  await rig.git(shop(`${registry}/web:1.3`))
  await stalled(rig, definition)
  expect(conditions(rig, definition)[0]).toBe('Stalled ImageNotFound')
  expect(readyMessage(rig, definition)).toMatch(/web:1\.3: .*/)
  await rig.clock.advance(5 * minute)
  expect(written(rig)).toEqual([])
  const digest = await push(rig, 'three', '1.3')
  await rig.clock.advance(70_000)
  await rig.ready()
  expect((await imagesOf(rig))[0]).toBe(`${registry}/web@${digest}`)

  await rig.git(shop(`${registry}/nowhere:1`))
  await stalled(rig, definition)
  expect(readyMessage(rig, definition)).toMatch(/nowhere:1: .*nowhere.* does not exist/)
  await rig.stop()
})

test('a reference to a repository with a tag behind it', async () => {
  const rig = createRig()
  const [text] = Object.values(shop({ ref: 'web', append: ':1.2' }))
  const repository = JSON.stringify(document('Repository', 'web'))
  await rig.git({ 'shop.yaml': `${text}\n---\n${repository}` })
  await stalled(rig, definition)
  expect(readyMessage(rig, definition)).toContain(`${registry}/web:1.2: `)
  const digest = await push(rig, 'one', '1.2')
  await rig.clock.advance(70_000)
  await rig.ready()
  expect((await imagesOf(rig))[0]).toBe(`${registry}/web@${digest}`)
  await rig.stop()
})

test('other registries and regions keep their tags, and that is said', async () => {
  const rig = await createImageRig()
  await push(rig, 'one', '1.2')
  const elsewhere = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1.2'
  const environment = {
    apiVersion: 'fairlead.dev/v1alpha1',
    kind: 'Environment',
    metadata: { name: 'default' },
    spec: { region: 'us-east-1' },
  }
  const [text] = Object.values(shop(elsewhere))
  const texts = text!.replaceAll('"metadata":{', '"metadata":{"namespace":"default",')
  await rig.git({ 'shop.yaml': `${texts}\n---\n${JSON.stringify(environment)}` })
  await rig.ready()
  expect((await imagesOf(rig))[0]).toBe(elsewhere)
  expect(lookUps(rig)).toBe(0)
  const change = rig.controller.view().plans[0]?.changes.find(({ key }) => key === definition)
  expect(change?.notes).toEqual([
    `${elsewhere} keeps its tag: it is not in ECR of this region`,
    'envoyproxy/envoy:v1.31 keeps its tag: it is not in ECR of this region',
  ])
  await rig.stop()
})

test('while ECR cannot be read nothing is decided', async () => {
  let fails = false
  const rig = await createImageRig({
    layer: (next) => async (operation, input, options) => {
      if (operation === 'ecr:BatchGetImage' && fails) {
        throw new AwsFailure(operation, 'denied', 'AccessDeniedException', 'not authorized')
      }
      return next(operation, input, options)
    },
  })
  await push(rig, 'one', '1.2')
  await rig.git(shop(`${registry}/web:1.2`))
  await rig.ready()
  fails = true
  written(rig)
  await rig.clock.advance(3 * minute)
  expect(written(rig)).toEqual([])
  expect(conditions(rig, definition)).toEqual(['Stalled ReadFailed', 'not Ready ReadFailed'])
  await rig.stop()
})
