/** The circuit breaker: when it trips, what it rolls back to, and what a service deployment says of it. */
import { describe, expect, it } from 'vitest'
import { onFargate, type Story, story } from './story.ts'

const breaker = (more: object = {}) => ({
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true, ...more } },
})

/** A service whose first deployment completed, and then a bad revision. */
function badUpdate(label: string, more: object = {}, container: object = {}) {
  const teller = story()
  const good = teller.fargate()
  const created = teller.create({ ...onFargate, ...breaker(more) })
  teller.after(120)
  const bad = teller.fargate(label, container as Record<string, unknown>)
  const updated = teller.update({ taskDefinition: bad })
  return {
    teller,
    good,
    bad,
    oldId: created.deployments?.[0]?.id,
    newId: updated.deployments?.[0]?.id,
  }
}

function serviceDeployment(teller: Story) {
  const arn = teller.service().currentServiceDeployment
  return teller.ecs('DescribeServiceDeployments', { serviceDeploymentArns: [arn] })
    .serviceDeployments[0]
}

/** Walks on until `done`, at most 20 minutes. */
function until(teller: Story, done: () => boolean): void {
  for (let i = 0; i < 1200 && !done(); i++) teller.after(1)
  expect(done()).toBe(true)
}

describe('the circuit breaker', () => {
  it.each(['cannot pull', 'exit 1', 'exit 1 after 3s', 'oom after 5s'])(
    'rolls back from "%s": the old deployment is PRIMARY again under its old id',
    (label) => {
      const { teller, good, bad, oldId, newId } = badUpdate(label)
      const primary = () => teller.service().deployments?.[0]
      until(teller, () => primary()?.id === oldId)
      expect(primary()).toMatchObject({
        status: 'PRIMARY',
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${oldId}.`,
      })
      expect(teller.service().deployments?.[1]).toMatchObject({
        id: newId,
        status: 'ACTIVE',
        taskDefinition: bad,
        rolloutState: 'FAILED',
        rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
      })
      expect(serviceDeployment(teller)).toMatchObject({
        status: 'ROLLBACK_IN_PROGRESS',
        deploymentCircuitBreaker: { status: 'TRIGGERED', threshold: 3 },
      })
      until(teller, () => primary()?.rolloutState === 'COMPLETED')
      expect(teller.service()).toMatchObject({ taskDefinition: good, runningCount: 2 })
      expect(teller.service().deployments).toHaveLength(1)
      expect(serviceDeployment(teller)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
      expect(teller.events().filter((text) => /failed|rolling/.test(text))).toEqual([
        '(deployment D) deployment failed: tasks failed to start.',
        'rolling back to deployment D.',
      ])
    },
  )

  it('never lets a rollback take the service below its tasks', () => {
    const { teller } = badUpdate('exit 1 after 3s')
    for (let i = 0; i < 300; i++) {
      teller.after(1)
      expect(teller.service().runningCount).toBeGreaterThanOrEqual(2)
    }
  })

  it.each([
    ['unhealthy after 10s', {}],
    ['never ready', { healthCheck: { command: ['CMD', 'true'], interval: 5, retries: 2 } }],
  ])('counts tasks whose health check fails: "%s"', (label, container) => {
    const { teller, oldId } = badUpdate(label, {}, container)
    until(teller, () => teller.service().deployments?.[0]?.id === oldId)
    expect(teller.events().some((text) => /failed container health checks/.test(text))).toBe(true)
    expect(teller.tasks('STOPPED').map((task) => task.stoppedReason)).toContain(
      'Task failed container health checks',
    )
  })

  it('without rollback leaves the failed deployment PRIMARY and the old tasks as they are', () => {
    const { teller, bad, newId } = badUpdate('exit 1 after 3s', { rollback: false })
    teller.after(1200)
    expect(teller.service().deployments).toMatchObject([
      { id: newId, status: 'PRIMARY', taskDefinition: bad, rolloutState: 'FAILED' },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 2 },
    ])
    expect(serviceDeployment(teller)).toMatchObject({ status: 'STOPPED' })
    const started = teller.events().length
    teller.after(3600)
    expect(teller.events()).toHaveLength(started)
  })

  it('has nothing to roll back to on the first deployment, which stays FAILED until an update', () => {
    const teller = story()
    teller.fargate('cannot pull')
    teller.create({ ...onFargate, ...breaker() })
    teller.after(1200)
    expect(teller.service().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'FAILED', runningCount: 0 },
    ])
    expect(teller.service().deployments?.[0]?.failedTasks).toBeGreaterThanOrEqual(3)
    teller.fargate()
    teller.update({ taskDefinition: 'web' })
    teller.after(120)
    expect(teller.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })

  it('is not tripped while it is off: the tasks are tried again, ever more slowly', () => {
    const { teller } = badUpdate('cannot pull', { enable: false, rollback: false })
    teller.after(2 * 3600)
    expect(teller.service().deployments?.[0]).toMatchObject({ rolloutState: 'IN_PROGRESS' })
    const starts = (teller.service().events ?? [])
      .filter(({ message }) => message?.includes('has started'))
      .map(({ createdAt }) => createdAt?.getTime() ?? 0)
    const oldestFirst = starts.reverse().slice(1)
    const gaps = oldestFirst.slice(1).map((at, i) => (at - (oldestFirst[i] ?? 0)) / 1000)
    for (const [i, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThan(Math.min(900, 1.5 * (gaps[i - 1] ?? 0)))
      expect(gap).toBeLessThan(960)
    }
    expect(gaps.length).toBeGreaterThan(8)
    const newest = () => teller.service().events?.[0]
    const before = newest()?.id
    // In the middle of the long wait.
    until(teller, () => newest()?.id !== before)
    teller.after(300)
    teller.update({ desiredCount: 2 })
    teller.after(5)
    expect(newest()?.createdAt?.getTime()).toBeGreaterThan(teller.now() - 5_000)
    expect(teller.events()).toContainEqual(
      expect.stringMatching(/^is unable to consistently start tasks successfully\. For more/),
    )
  })

  it.each([
    [1, {}, 3],
    [25, {}, 13],
    [500, {}, 200],
    [10, { thresholdConfiguration: { type: 'COUNT', value: 7 } }, 7],
    [10, { thresholdConfiguration: { type: 'UNBOUNDED_PERCENT', value: 10 } }, 1],
    [10, { thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 90 } }, 9],
  ])('of %i tasks with %j trips at %i failures', (desiredCount, more, threshold) => {
    const teller = story()
    teller.fargate()
    teller.create({ ...onFargate, ...breaker(more), desiredCount })
    expect(serviceDeployment(teller).deploymentCircuitBreaker).toEqual({
      status: 'MONITORING',
      failureCount: 0,
      threshold,
    })
  })

  it('counts failures in a row, or all of them where healthy tasks do not reset the count', () => {
    const state = (resetOnHealthyTask: boolean) => {
      // Each new task is healthy for half a minute; the protected old one keeps the deployment from completing.
      const healthCheck = { command: ['CMD', 'true'], interval: 30 }
      const teller = story()
      teller.fargate()
      teller.create({
        ...onFargate,
        desiredCount: 1,
        ...breaker({ rollback: false, resetOnHealthyTask }),
      })
      teller.after(120)
      const tasks = teller.tasks().map((task) => task.taskArn)
      teller.ecs('UpdateTaskProtection', { cluster: 'shop', tasks, protectionEnabled: true })
      teller.fargate('unhealthy after 60s', { healthCheck })
      teller.update({ taskDefinition: 'web' })
      teller.after(1200)
      return teller.service().deployments?.[0]?.rolloutState
    }
    expect(state(true)).toBe('IN_PROGRESS')
    expect(state(false)).toBe('FAILED')
  })
})

describe('StopServiceDeployment', () => {
  it('rolls back, though no breaker is configured', () => {
    const { teller, good, oldId } = badUpdate('never ready', { enable: false, rollback: false })
    teller.after(20)
    const arn = teller.service().currentServiceDeployment
    teller.ecs('StopServiceDeployment', { serviceDeploymentArn: arn })
    expect(teller.service()).toMatchObject({ taskDefinition: good })
    teller.after(60)
    expect(teller.service().deployments).toMatchObject([{ id: oldId, rolloutState: 'COMPLETED' }])
    expect(serviceDeployment(teller)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
    expect(teller.refusal('StopServiceDeployment', { serviceDeploymentArn: arn })).toMatch(
      /^ConflictException/,
    )
  })
})
