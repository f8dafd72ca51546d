/** How repositories are read: a hundred a call, and of each no more than its manifest declares. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../../src/errors.ts'
import { repository } from '../../../src/kinds/repository/index.ts'
import { createAccount } from '../looking.ts'

async function account(...names: string[]) {
  const it = createAccount(repository)
  for (const repositoryName of names) {
    const tags = [{ Key: 'team', Value: 'shop' }]
    await it.aws('ecr:CreateRepository', { repositoryName, tags })
  }
  return it
}

const arn = (name: string) => `arn:aws:ecr:us-east-1:123456789012:repository/${name}`

test('several in one call, their tags from the index where it has them', async () => {
  const it = await account('web', 'api')
  const tags = { 'fairlead:owner': 'default', team: 'web' }
  const found = await it.look({ web: {}, api: {} }, [{ arn: arn('web'), tags }])
  expect(it.reads).toEqual(['ecr:DescribeRepositories', 'ecr:ListTagsForResource'])
  expect(found.get('default/Repository/web')).toMatchObject({ live: { tags } })
  expect(found.get('default/Repository/api')).toMatchObject({
    live: {
      tags: { team: 'shop' },
      attributes: {
        arn: arn('api'),
        name: 'api',
        uri: '123456789012.dkr.ecr.us-east-1.amazonaws.com/api',
      },
    },
  })
})

test('one that is not there does not hide the others', async () => {
  const it = await account('web', 'api')
  const found = await it.look({ web: {}, never: {}, api: {} })
  expect([...found.values()].map((answer) => answer.found)).toEqual(['yes', 'no', 'yes'])
})

test('a failed call makes its hundred unknown, and no other', async () => {
  const it = await account()
  it.failWith((operation, input) =>
    (input.repositoryNames as string[]).includes('r-0')
      ? new AwsFailure(operation, 'transient', 'ServerException', 'try again')
      : undefined,
  )
  const specs = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`r-${n}`, {}]))
  const answers = [...(await it.look(specs)).values()].map((answer) => answer.found)
  expect(answers.filter((answer) => answer === 'unknown')).toHaveLength(100)
  expect(answers.filter((answer) => answer === 'no')).toHaveLength(1)
})

test('policies are read where they are declared; there may be none', async () => {
  const it = await account('web')
  const spec = { lifecyclePolicyText: '', policyText: '' }
  const before = await it.look({ web: spec })
  expect(it.reads).toContain('ecr:GetLifecyclePolicy')
  expect(it.reads).toContain('ecr:GetRepositoryPolicy')
  expect(before.get('default/Repository/web')).not.toHaveProperty('live.state.policyText')
  const rule = {
    rulePriority: 1,
    selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1 },
    action: { type: 'expire' },
  }
  const lifecyclePolicyText = JSON.stringify({ rules: [rule] })
  await it.aws('ecr:PutLifecyclePolicy', { repositoryName: 'web', lifecyclePolicyText })
  expect((await it.look({ web: spec })).get('default/Repository/web')).toMatchObject({
    live: { state: { lifecyclePolicyText } },
  })
})

test('images are counted for a teardown alone, and where they count', async () => {
  const it = await account('web')
  const image = { repositoryName: 'web', imageTag: '1', imageManifest: '{"schemaVersion":2}' }
  await it.aws('ecr:PutImage', image)
  await it.look({ web: {} })
  expect(it.reads).not.toContain('ecr:DescribeImages')
  await it.look({ web: { force: true } }, [], { teardown: true })
  expect(it.reads).not.toContain('ecr:DescribeImages')
  const found = await it.look({ web: {} }, [], { teardown: true })
  expect(found.get('default/Repository/web')).toMatchObject({ live: { state: { images: 1 } } })
})
