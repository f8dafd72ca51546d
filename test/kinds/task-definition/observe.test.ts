/** How the revision is found that runs what Git asks for, and at what cost. */
import { describe, expect, test } from 'vitest'
import { AwsFailure } from '../../../src/errors.ts'
import type { IndexEntry, Read } from '../../../src/kind.ts'
import { taskDefinition } from '../../../src/kinds/task-definition/index.ts'
import type { TaskDefinitionSpec } from '../../../src/kinds/task-definition/manifest.ts'
import type { TaskDefinitionState } from '../../../src/kinds/task-definition/state.ts'
import type { Live } from '../../../src/model.ts'
import { environment, manifestOf } from '../golden.ts'
import { createAccount } from '../looking.ts'

const container = { name: 'nginx', image: 'nginx:1.27', memory: 128 }
const spec = { containerDefinitions: [container] }
const other = { containerDefinitions: [{ ...container, image: 'nginx:1.26' }] }
const key = 'default/TaskDefinition/web'
const tags = { 'fairlead:owner': 'default', 'fairlead:resource': key }

function registration(content: TaskDefinitionSpec, name = 'web') {
  const manifest = {
    ...manifestOf('TaskDefinition', name, {}),
    spec: content,
  }
  const identity = taskDefinition.identify(content, name, environment)
  const want = { manifest, identity, spec: content }
  const own = { ...tags, 'fairlead:resource': manifest.key }
  const draft = taskDefinition.plan({
    key: manifest.key,
    now: 0,
    want,
    environment,
    tags: own,
    ownership: 'mine',
  })
  return draft.calls![0]!
}

type Account = ReturnType<typeof createAccount>

async function register(account: Account, content: typeof spec, name = 'web') {
  const call = registration(content, name)
  const answer = (await account.aws(call.operation, call.input)) as {
    taskDefinition: { taskDefinitionArn: string }
  }
  const arn = answer.taskDefinition.taskDefinitionArn
  const list = call.input.tags as { key: string; value: string }[]
  const entry: IndexEntry = {
    arn,
    tags: Object.fromEntries(list.map((tag) => [tag.key, tag.value])),
  }
  return { arn, entry, call }
}

async function seen(account: Account, content: typeof spec, index: readonly IndexEntry[] = []) {
  const answer = (await account.look({ web: content }, index)).get(key)
  return answer?.found === 'yes'
    ? (answer.live as unknown as Live<TaskDefinitionState>)
    : answer?.found
}

const match = async (account: Account, content: typeof spec, index: readonly IndexEntry[] = []) => {
  const live = await seen(account, content, index)
  return typeof live === 'object' ? live.state.match?.arn : live
}

describe('the tagging index', () => {
  test('vouches for a revision, which is looked at once a minute', async () => {
    const account = createAccount(taskDefinition)
    const { arn, entry } = await register(account, spec)
    const live = await seen(account, spec, [entry])
    expect(live).toMatchObject({
      attributes: { arn, family: 'web', revision: '1' },
      tags: entry.tags,
    })
    expect(account.reads).toEqual(['ecs:DescribeTaskDefinition'])
    expect(await match(account, spec, [entry])).toBe(arn)
    expect(account.reads).toEqual([])
    account.wait(60_000)
    expect(await match(account, spec, [entry])).toBe(arn)
    expect(account.reads).toEqual(['ecs:DescribeTaskDefinition'])
  })

  test('shows several revisions: the lowest is taken', async () => {
    const account = createAccount(taskDefinition)
    const entries = []
    for (let n = 0; n < 11; n++) entries.push(await register(account, spec))
    const index = entries.map(({ entry }) => entry).reverse()
    expect(await match(account, spec, index)).toBe(entries[0]!.arn)
  })

  test('still shows a revision that was deregistered: another is found', async () => {
    const account = createAccount(taskDefinition)
    const first = await register(account, spec)
    const second = await register(account, spec)
    await account.aws('ecs:DeregisterTaskDefinition', { taskDefinition: first.arn })
    expect(await match(account, spec, [first.entry, second.entry])).toBe(second.arn)
  })

  test('shows a copied tag: the content decides', async () => {
    const account = createAccount(taskDefinition)
    const { entry } = await register(account, spec)
    const liar = await register(account, other)
    const index = [{ arn: liar.arn, tags: entry.tags }]
    expect(await match(account, spec, index)).toBe(entry.arn)
  })

  test('shows a revision that lost a field on its way to this endpoint: registering again would not help', async () => {
    const account = createAccount(taskDefinition)
    const full = { ...spec, enableFaultInjection: true }
    const { input } = registration(full)
    const { enableFaultInjection: _, ...less } = input
    const { taskDefinition: kept } = (await account.aws('ecs:RegisterTaskDefinition', less)) as {
      taskDefinition: { taskDefinitionArn: string }
    }
    const list = input.tags as { key: string; value: string }[]
    const index = [
      {
        arn: kept.taskDefinitionArn,
        tags: Object.fromEntries(list.map((tag) => [tag.key, tag.value])),
      },
    ]
    const state = { match: { arn: kept.taskDefinitionArn, unkept: ['enableFaultInjection'] } }
    for (let pass = 0; pass < 2; pass++)
      expect(await seen(account, full, index)).toMatchObject({ state })
    expect(await seen(account, full)).toMatchObject({ state })
  })

  test('ten are looked at in a pass, those longest ago first', async () => {
    const account = createAccount(taskDefinition)
    const names = Array.from({ length: 25 }, (_, n) => `boat-${n}`)
    const index = []
    for (const name of names) index.push((await register(account, spec, name)).entry)
    const specs = Object.fromEntries(names.map((name) => [name, spec]))
    const counts = []
    for (let pass = 0; pass < 4; pass++) {
      const found = await account.look(specs, index)
      expect([...found.values()].every((answer) => answer.found === 'yes')).toBe(true)
      counts.push(account.reads.length)
    }
    expect(counts).toEqual([10, 10, 5, 0])
  })

  test('a read that fails does not shake the trust', async () => {
    const account = createAccount(taskDefinition)
    const { arn, entry } = await register(account, spec)
    account.failWith(
      (operation) => new AwsFailure(operation, 'throttled', 'ThrottlingException', 'slow'),
    )
    expect(await match(account, spec, [entry])).toBe(arn)
  })
})

describe('the tagging index, with a hash of another manifest', () => {
  test('is not enough: the tag fairlead:resource must name this one', async () => {
    const account = createAccount(taskDefinition)
    const { arn, entry } = await register(account, spec)
    const moved = { arn, tags: { ...entry.tags, 'fairlead:resource': 'live/TaskDefinition/web' } }
    await seen(account, spec, [moved])
    expect(account.reads).toEqual(['ecs:ListTaskDefinitions', 'ecs:DescribeTaskDefinition'])
  })
})

describe('a miss in the index', () => {
  test('is not filled by a longer family, which some emulators list too', async () => {
    const account = createAccount(taskDefinition)
    const { arn } = await register(account, spec, 'web-admin')
    const read = (async (operation, input) =>
      operation === 'ecs:ListTaskDefinitions'
        ? { taskDefinitionArns: [arn] }
        : account.aws(operation, input)) as Read
    expect((await account.look({ web: spec }, [], { read })).get(key)).toEqual({ found: 'no' })
  })

  test('in an empty family is no', async () => {
    const account = createAccount(taskDefinition)
    await register(account, spec, 'web-admin')
    expect(await seen(account, spec)).toBe('no')
    expect(account.reads).toEqual(['ecs:ListTaskDefinitions'])
  })

  test('is answered by what this process registered, without a read', async () => {
    const account = createAccount(taskDefinition)
    const { arn, call } = await register(account, spec)
    const [name, value] = taskDefinition.remember(call, { arn })!
    account.memory.set(name, value)
    expect(await seen(account, spec)).toMatchObject({ state: { match: { arn } }, tags })
    expect(account.reads).toEqual([])
  })

  test('stays what this process registered when a twin of it turns up in the index, before it or beside it', async () => {
    const account = createAccount(taskDefinition)
    const twin = await register(account, spec)
    const { arn, call, entry } = await register(account, spec)
    const [name, value] = taskDefinition.remember(call, { arn })!
    account.memory.set(name, value)
    expect(await match(account, spec)).toBe(arn)
    expect(await match(account, spec, [twin.entry])).toBe(arn)
    expect(await match(account, spec, [twin.entry, entry])).toBe(arn)
    // Its tags say that it is another's now.
    const given = { arn, tags: { ...entry.tags, 'fairlead:resource': 'live/TaskDefinition/web' } }
    expect(await match(account, spec, [twin.entry, given])).toBe(twin.arn)
  })

  test('what was registered and then deregistered is not believed for ever', async () => {
    const account = createAccount(taskDefinition)
    const { arn, call } = await register(account, spec)
    const [name, value] = taskDefinition.remember(call, { arn })!
    account.memory.set(name, value)
    await seen(account, spec)
    await account.aws('ecs:DeregisterTaskDefinition', { taskDefinition: arn })
    account.wait(60_000)
    expect(await seen(account, spec)).toBe('no')
  })

  test('finds an equal revision among the newest five, whoever registered it, and reads it once', async () => {
    const account = createAccount(taskDefinition)
    const { taskDefinition: unowned } = (await account.aws('ecs:RegisterTaskDefinition', {
      family: 'web',
      ...spec,
    })) as { taskDefinition: { taskDefinitionArn: string } }
    await register(account, other)
    const live = await seen(account, spec)
    expect(live).toMatchObject({ state: { match: { arn: unowned.taskDefinitionArn } }, tags: {} })
    expect(account.reads).toHaveLength(4)
    // Its tags are read again until they are ours; contents are not.
    await seen(account, spec)
    expect(account.reads).toEqual(['ecs:ListTaskDefinitions', 'ecs:DescribeTaskDefinition'])
  })

  test('going back in Git finds the old revision', async () => {
    const account = createAccount(taskDefinition)
    const old = await register(account, spec)
    await register(account, other)
    expect(await match(account, spec)).toBe(old.arn)
    expect(await match(account, spec)).toBe(old.arn)
  })

  test('without an equal one the newest is the base of the difference, and offers no ARN', async () => {
    const account = createAccount(taskDefinition)
    await register(account, spec)
    const { arn } = await register(account, other)
    const third = { containerDefinitions: [{ ...container, image: 'nginx:1.29' }] }
    const live = await seen(account, third)
    expect(live).toMatchObject({ state: { base: { arn } }, tags })
    expect((live as Live).attributes).toEqual({ name: 'web', family: 'web' })
  })

  test('the family is ours though somebody else registered the newest revision', async () => {
    const account = createAccount(taskDefinition)
    const { entry } = await register(account, spec)
    await account.aws('ecs:RegisterTaskDefinition', { family: 'web', ...other })
    const third = { containerDefinitions: [{ ...container, image: 'nginx:1.29' }] }
    expect(await seen(account, third, [entry])).toMatchObject({ tags })
  })

  test('a read that fails makes its own key unknown', async () => {
    const account = createAccount(taskDefinition)
    const { entry } = await register(account, spec)
    account.failWith((operation, input) =>
      input.familyPrefix === 'api'
        ? new AwsFailure(operation, 'denied', 'AccessDeniedException', 'not allowed')
        : undefined,
    )
    const found = await account.look({ web: spec, api: spec, worker: spec }, [entry])
    expect([...found.values()].map((answer) => answer.found)).toEqual(['yes', 'unknown', 'no'])
    expect(found.get('default/TaskDefinition/api')).toMatchObject({ reason: 'denied' })
  })

  test('a reference without a value cannot be matched, so only the newest is read', async () => {
    const account = createAccount(taskDefinition)
    await register(account, spec)
    const { arn } = await register(account, other)
    const hole = { $hole: { key: 'default/Role/web', attribute: 'arn' } }
    const live = await seen(account, { ...spec, taskRoleArn: hole } as typeof spec)
    expect(live).toMatchObject({ state: { base: { arn } } })
    expect(account.reads).toEqual(['ecs:ListTaskDefinitions', 'ecs:DescribeTaskDefinition'])
  })
})
