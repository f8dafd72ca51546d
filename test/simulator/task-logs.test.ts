/** The lines that containers leave in CloudWatch Logs, and how they are read. */
import { describe, expect, it } from 'vitest'
import { onFargate, type Story, story } from './story.ts'

const executionRoleArn = 'arn:aws:iam::123456789012:role/execution'

/** Runs one task whose container writes to the group `/shop`; its id. */
function run(teller: Story, labels: Record<string, string>, options: object = {}): string {
  teller.revision(
    {
      memory: undefined,
      cpu: 0,
      dockerLabels: labels,
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': '/shop',
          'awslogs-region': 'us-east-1',
          'awslogs-stream-prefix': 'web',
          ...options,
        },
      },
    },
    {
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      executionRoleArn,
    },
  )
  const input = { cluster: 'shop', taskDefinition: 'web', ...onFargate }
  const [{ taskArn }] = teller.ecs('RunTask', input).tasks
  return taskArn.split('/').at(-1)
}

function stage() {
  const teller = story()
  const logs = (operation: string, input: Record<string, unknown> = {}) =>
    teller.sim.call(`logs:${operation}`, { logGroupName: '/shop', ...input })
  logs('CreateLogGroup')
  const lines = (id: string, input: object = {}): string[] =>
    logs('GetLogEvents', { logStreamName: `web/app/${id}`, ...input }).events.map(
      ({ message }: { message: string }) => message,
    )
  return { teller, logs, lines }
}

describe('the log of a container', () => {
  it('has a line that names its exit, under prefix, container and task', () => {
    const { teller, lines, logs } = stage()
    const id = run(teller, { 'fairlead.dev/simulate': 'exit 3 after 5s' })
    const oom = run(teller, { 'fairlead.dev/simulate': 'oom after 5s' })
    teller.after(60)
    expect(lines(id)).toEqual(['app: exited with code 3'])
    expect(lines(oom)).toEqual(['OutOfMemoryError: Container killed due to memory usage'])
    const [event] = logs('GetLogEvents', { logStreamName: `web/app/${id}` }).events
    const [task] = teller.ecs('DescribeTasks', { cluster: 'shop', tasks: [id] }).tasks
    expect(event.timestamp).toBe(task.startedAt.getTime() + 5_000)
  })

  it('has the lines of its label from the start on, and is there when the task is gone', () => {
    const { teller, lines } = stage()
    const id = run(teller, {
      'fairlead.dev/simulate': 'exit 1 after 5m',
      'fairlead.dev/simulate-log': 'connecting to db\nfatal: no route to db',
    })
    teller.after(60)
    expect(lines(id)).toEqual(['connecting to db', 'fatal: no route to db'])
    teller.after(3 * 3600)
    expect(lines(id)).toEqual(['connecting to db', 'fatal: no route to db'])
  })

  it('is not written where the group is missing, unless the driver may make it', () => {
    const { teller, logs, lines } = stage()
    logs('DeleteLogGroup')
    const id = run(teller, { 'fairlead.dev/simulate': 'exit 1' })
    teller.after(60)
    expect(() => lines(id)).toThrow('The specified log group does not exist.')
    const made = run(
      teller,
      { 'fairlead.dev/simulate': 'exit 1' },
      { 'awslogs-create-group': 'true' },
    )
    teller.after(60)
    expect(lines(made)).toEqual(['app: exited with code 1'])
    expect(() => lines(id)).toThrow('The specified log stream does not exist.')
    logs('DeleteLogGroup')
    logs('CreateLogGroup')
    expect(() => lines(made)).toThrow('The specified log stream does not exist.')
  })

  it('is read by pages, forward and backward', () => {
    const { teller, logs } = stage()
    const id = run(teller, { 'fairlead.dev/simulate-log': '1\n2\n3\n4\n5' })
    teller.after(60)
    const read = (input: object) => {
      const answer = logs('GetLogEvents', { logStreamName: `web/app/${id}`, limit: 2, ...input })
      const text = answer.events.map(({ message }: { message: string }) => message).join('')
      return { text, forward: answer.nextForwardToken, backward: answer.nextBackwardToken }
    }
    const newest = read({})
    expect(newest.text).toBe('45')
    expect(read({ nextToken: newest.backward }).text).toBe('23')
    // At the end, the same token comes back.
    expect(read({ nextToken: newest.forward })).toMatchObject({ text: '', forward: newest.forward })
    const first = read({ startFromHead: true })
    expect(first.text).toBe('12')
    expect(read({ nextToken: first.forward }).text).toBe('34')
    expect(() => read({ nextToken: 'x' })).toThrow('nextToken is invalid')
    const at = logs('GetLogEvents', { logStreamName: `web/app/${id}` }).events[0].timestamp
    expect(read({ startTime: at + 1 }).text).toBe('')
    expect(read({ endTime: at }).text).toBe('')
  })

  it('is found among the streams of its group, by prefix or the newest first', () => {
    const { teller, logs } = stage()
    const ids = ['exit 1', 'exit 1 after 60s', 'exit 1 after 90s'].map((simulate) =>
      run(teller, { 'fairlead.dev/simulate': simulate }),
    )
    teller.after(200)
    const names = (input: Record<string, unknown>) =>
      logs('DescribeLogStreams', input).logStreams.map(
        ({ logStreamName }: { logStreamName: string }) => logStreamName.split('/').at(-1),
      )
    expect(names({ orderBy: 'LastEventTime', descending: true })).toEqual([...ids].reverse())
    expect(names({ logStreamNamePrefix: `web/app/${ids[1]}` })).toEqual([ids[1]])
  })
})
