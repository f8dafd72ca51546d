/** How launch templates are read: two calls at first, then one; versions and images are remembered. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../../src/errors.ts'
import { launchTemplate } from '../../../src/kinds/launch-template/index.ts'
import { createAccount } from '../looking.ts'

const parameter = '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id'
const key = 'default/LaunchTemplate/web'

async function account(...names: string[]) {
  const it = createAccount(launchTemplate)
  for (const LaunchTemplateName of names) {
    await it.aws('ec2:CreateLaunchTemplate', {
      LaunchTemplateName,
      VersionDescription: 'first',
      LaunchTemplateData: {
        ImageId: `resolve:ssm:${parameter}`,
        MetadataOptions: { HttpTokens: 'required' },
      },
      TagSpecifications: [
        { ResourceType: 'launch-template', Tags: [{ Key: 'team', Value: 'shop' }] },
      ],
    })
  }
  return it
}

const sequence = (count: number) => Array.from({ length: count }, (_, n) => `t-${n}`)
const specs = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]))

test('the default version in camelCase, the image that it stands for, and the agent in it', async () => {
  const it = await account('web')
  const found = await it.look({ web: {}, never: {} })
  expect(found.get('default/LaunchTemplate/never')).toEqual({ found: 'no' })
  expect(found.get(key)).toMatchObject({
    found: 'yes',
    live: {
      tags: { team: 'shop' },
      attributes: { name: 'web', version: '1', image: 'ami-0defa0000000000a1' },
      state: {
        current: {
          number: 1,
          description: 'first',
          data: { metadataOptions: { httpTokens: 'required' } },
        },
        image: { parameter, agentVersion: '1.100.0' },
      },
    },
  })
  expect(found.get(key)).not.toHaveProperty('live.state.newest')
})

test('many templates cost one read of each kind, and then one read at all', async () => {
  const names = sequence(12)
  const it = await account(...names)
  await it.look(specs(names))
  expect(it.reads).toEqual([
    'ec2:DescribeLaunchTemplates',
    'ec2:DescribeLaunchTemplateVersions',
    'ssm:GetParameters',
  ])
  const found = await it.look(specs(names))
  expect(it.reads).toEqual(['ec2:DescribeLaunchTemplates'])
  expect([...found.values()].every((answer) => answer.found === 'yes')).toBe(true)
  it.wait(6 * 60_000)
  await it.look(specs(names))
  expect(it.reads).toEqual(['ec2:DescribeLaunchTemplates', 'ssm:GetParameters'])
})

test('a version that is newer than the default is shown beside it', async () => {
  const it = await account('web')
  await it.look({ web: {} })
  const name = { LaunchTemplateName: 'web' }
  await it.aws('ec2:CreateLaunchTemplateVersion', {
    ...name,
    LaunchTemplateData: { ImageId: 'ami-0defa0000000000b1' },
  })
  const found = await it.look({ web: {} })
  expect(it.reads).toEqual(['ec2:DescribeLaunchTemplates', 'ec2:DescribeLaunchTemplateVersions'])
  expect(found.get(key)).toMatchObject({
    live: {
      attributes: { version: '1' },
      state: { current: { number: 1 }, newest: { number: 2 } },
    },
  })
  await it.aws('ec2:ModifyLaunchTemplate', { ...name, DefaultVersion: '2' })
  expect((await it.look({ web: {} })).get(key)).toMatchObject({
    live: { attributes: { version: '2', image: 'ami-0defa0000000000b1' } },
  })
  expect(it.reads).toEqual(['ec2:DescribeLaunchTemplates'])
})

test('a version that AWS has yet to show decides nothing, for its own template alone', async () => {
  const it = await account('web', 'api')
  await it.aws('ec2:CreateLaunchTemplateVersion', {
    LaunchTemplateName: 'web',
    LaunchTemplateData: { ImageId: 'ami-0defa0000000000b1' },
  })
  it.failWith((operation, input) =>
    operation === 'ec2:DescribeLaunchTemplateVersions' && (input.Versions as string[]).includes('2')
      ? new AwsFailure(operation, 'notFound', 'InvalidLaunchTemplateId.VersionNotFound', 'no 2')
      : undefined,
  )
  const found = await it.look({ web: {}, api: {} })
  expect(found.get(key)).toMatchObject({
    found: 'unknown',
    message: expect.stringMatching(/newest version of web/),
  })
  expect(found.get('default/LaunchTemplate/api')).toMatchObject({ found: 'yes' })
})

test('by its id, where the manifest names one', async () => {
  const it = await account('theirs')
  const { LaunchTemplates = [] } = (await it.aws('ec2:DescribeLaunchTemplates', {})) as {
    LaunchTemplates?: { LaunchTemplateId?: string }[]
  }
  const launchTemplateId = LaunchTemplates[0]?.LaunchTemplateId
  const gone = { launchTemplateId: 'lt-00000000000000000' }
  const found = await it.look({ web: { launchTemplateId }, gone })
  expect(found.get(key)).toMatchObject({
    live: { attributes: { id: launchTemplateId, name: 'theirs' } },
  })
  expect(found.get('default/LaunchTemplate/gone')).toEqual({ found: 'no' })
})

test('a parameter that is not there is told from one that cannot be read', async () => {
  const it = await account('web')
  const missing = { ImageId: 'resolve:ssm:/none', InstanceType: 't3.medium' }
  await it.aws('ec2:CreateLaunchTemplate', {
    LaunchTemplateName: 'none',
    LaunchTemplateData: missing,
  })
  const none = 'default/LaunchTemplate/none'
  expect((await it.look({ none: {} })).get(none)).toMatchObject({
    live: { state: { image: { parameter: '/none', missing: true } } },
  })
  it.memory.clear()
  it.failWith((operation) =>
    operation === 'ssm:GetParameters'
      ? new AwsFailure(operation, 'denied', 'AccessDeniedException', 'not you')
      : undefined,
  )
  const found = await it.look({ none: {} })
  expect(found.get(none)).toMatchObject({ live: { state: { image: { parameter: '/none' } } } })
  expect(found.get(none)).not.toHaveProperty('live.state.image.missing')
})
