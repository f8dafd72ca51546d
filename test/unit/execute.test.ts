/** The executor: order, holes, replacement, lost answers, stopping. */
import { expect, test } from 'vitest'
import type { Aws } from '../../src/aws/aws.ts'
import { AwsFailure } from '../../src/errors.ts'
import type { Call, Outcome } from '../../src/model.ts'
import { createExecutor } from '../../src/reconcile/execute.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** An AWS whose answers are given by hand. */
function held() {
  const open: {
    operation: string
    input: unknown
    answer: (value: object) => void
    fail: (error: Error) => void
  }[] = []
  const aws: Aws = (operation, input) =>
    new Promise((resolve, reject) => {
      open.push({ operation, input, answer: (value) => resolve(value as never), fail: reject })
    })
  return { aws, open }
}

const call = (id: string, key: string, more: Partial<Call> = {}): Call => ({
  id,
  key,
  operation: 'ecs:UpdateService',
  input: {},
  after: [],
  ...more,
})

function setUp(concurrency = 4) {
  const { aws, open } = held()
  const outcomes: Outcome[] = []
  const dropped: string[] = []
  const executor = createExecutor({
    aws,
    concurrency,
    onOutcome: (outcome) => outcomes.push(outcome),
    onDropped: (keys) => dropped.push(...keys),
  })
  const submit = (keys: string[], calls: Call[]) =>
    executor.submit({ keys, calls: calls.map((one) => ({ call: one, priority: 0 as const })) })
  return { executor, submit, open, outcomes, dropped }
}

const register = call('td#0', 'td', {
  operation: 'ecs:RegisterTaskDefinition',
  yields: { arn: 'made.arn' },
})
const update = call('svc#0', 'svc', {
  input: {
    taskDefinition: { $hole: { key: 'td', attribute: 'arn' } },
    list: [{ $hole: { key: 'td', attribute: 'arn' }, append: ':x' }],
  },
  after: ['td#0'],
})

test('a hole is filled by the call that yields it, which goes first', async () => {
  const { submit, open, outcomes } = setUp()
  submit(['td', 'svc'], [update, register])
  expect(open.map(({ operation }) => operation)).toEqual(['ecs:RegisterTaskDefinition'])
  open[0]?.answer({ made: { arn: 'web:42' } })
  await turn()
  expect(open[1]?.input).toEqual({ taskDefinition: 'web:42', list: ['web:42:x'] })
  open[1]?.answer({})
  await turn()
  expect(outcomes.map(({ result }) => result)).toEqual(['succeeded', 'succeeded'])
})

test('attributes are texts, though AWS counts in numbers', async () => {
  const { submit, open, outcomes } = setUp()
  const made = call('lt#0', 'lt', { yields: { version: 'made.number' } })
  const hole = { $hole: { key: 'lt', attribute: 'version' } }
  submit(['lt'], [made, call('lt#1', 'lt', { input: { DefaultVersion: hole }, after: ['lt#0'] })])
  open[0]!.answer({ made: { number: 2 } })
  await turn()
  expect(outcomes[0]?.yielded).toEqual({ version: '2' })
  expect(open[1]?.input).toEqual({ DefaultVersion: '2' })
})

test('when a call fails, what waited for it is dropped and looked at again', async () => {
  const { submit, open, outcomes, dropped, executor } = setUp()
  submit(['td', 'svc'], [register, update])
  open[0]?.fail(new AwsFailure('ecs:RegisterTaskDefinition', 'invalid', 'ClientException', 'no'))
  await turn()
  expect(outcomes.map(({ result }) => result)).toEqual(['failed'])
  expect(dropped).toEqual(['svc'])
  expect(executor.depth()).toBe(0)
})

test('a lost answer is an unknown outcome, not a failure', async () => {
  const { submit, open, outcomes } = setUp()
  submit(['td'], [register])
  open[0]?.fail(
    new AwsFailure('ecs:RegisterTaskDefinition', 'transient', 'TimeoutError', '', {
      effectUnknown: true,
    }),
  )
  await turn()
  expect(outcomes[0]?.result).toBe('unknown')
})

test('a newer plan replaces what is pending, and leaves what is in flight', async () => {
  const { submit, open, executor } = setUp(1)
  submit(['a', 'b'], [call('a#0', 'a', { input: { n: 1 } }), call('b#0', 'b', { input: { n: 1 } })])
  expect([...executor.busy()]).toEqual(['a'])
  submit(['b'], [call('b#0', 'b', { input: { n: 2 } })])
  open[0]?.answer({})
  await turn()
  expect(open.map(({ input }) => input)).toEqual([{ n: 1 }, { n: 2 }])
})

test('newest commits first, then drift, clean-up last', async () => {
  const { open, executor } = setUp(1)
  executor.submit({
    keys: ['x', 'a', 'b', 'c'],
    calls: [
      { call: call('x#0', 'x', { input: { was: 'first' } }), priority: 0 },
      { call: call('a#0', 'a', { input: { was: 'clean-up' } }), priority: 2 },
      { call: call('b#0', 'b', { input: { was: 'drift' } }), priority: 1 },
      { call: call('c#0', 'c', { input: { was: 'commit' } }), priority: 0 },
    ],
  })
  for (let i = 0; i < 4; i++) {
    open[i]?.answer({})
    await turn()
  }
  expect(open.map(({ input }) => (input as { was: string }).was)).toEqual([
    'first',
    'commit',
    'drift',
    'clean-up',
  ])
})

test('stopping starts nothing more and waits for the call in flight', async () => {
  const { submit, open, executor } = setUp(1)
  submit(['a', 'b'], [call('a#0', 'a'), call('b#0', 'b')])
  let stopped = false
  void executor.stop().then(() => {
    stopped = true
  })
  await turn()
  expect(stopped).toBe(false)
  open[0]?.answer({})
  await turn()
  expect(stopped).toBe(true)
  expect(open).toHaveLength(1)
})
