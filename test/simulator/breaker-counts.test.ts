/** What the circuit breaker counts, and service deployments that a newer one takes the place of. */
import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { onFargate, type Story, story } from './story.ts'

const breaker = (more: object = {}) => ({
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true, ...more } },
})

/** A service that runs, and a second revision of it under way. */
function updated(label: string, more: object = {}, desiredCount = 2, container: object = {}) {
  const teller = story()
  const good = teller.fargate()
  const created = teller.create({ ...onFargate, desiredCount, ...breaker(more) })
  teller.after(150)
  teller.fargate(label, container as Record<string, unknown>)
  const { currentServiceDeployment } = teller.update({ taskDefinition: 'web' })
  return { ...teller, good, oldId: created.deployments?.[0]?.id, arn: currentServiceDeployment }
}

function described(teller: Story, arn: string | undefined): ServiceDeployment {
  return teller.ecs('DescribeServiceDeployments', { serviceDeploymentArns: [arn] })
    .serviceDeployments[0]
}

const primary = (teller: Story) => teller.service().deployments?.[0]

describe('the circuit breaker', () => {
  it('goes by the desired count of the moment', () => {
    const teller = updated('cannot pull', { rollback: false }, 20)
    teller.update({ deploymentConfiguration: { maximumPercent: 110 } })
    for (let i = 0; i < 300 && (primary(teller)?.failedTasks ?? 0) < 4; i++) teller.after(1)
    expect(described(teller, teller.arn)).toMatchObject({
      status: 'IN_PROGRESS',
      deploymentCircuitBreaker: { failureCount: 4, threshold: 10 },
    })
    teller.update({ desiredCount: 8 })
    teller.after(2)
    expect(primary(teller)).toMatchObject({ failedTasks: 4, rolloutState: 'FAILED' })
  })

  it('does not count tasks that a user stops', () => {
    const teller = updated('never ready', { rollback: false })
    for (let i = 0; i < 8; i++) {
      teller.after(15)
      for (const { taskArn, taskDefinitionArn } of teller.tasks()) {
        if (taskDefinitionArn === teller.good) continue
        teller.ecs('StopTask', { cluster: 'shop', task: taskArn })
      }
    }
    expect(primary(teller)).toMatchObject({ failedTasks: 0, rolloutState: 'IN_PROGRESS' })
  })

  it('counts tasks that find no place, once a minute', () => {
    const teller = story({ containerInstances: [{ cluster: 'shop', count: 1 }] })
    teller.revision()
    teller.create({ desiredCount: 1, ...breaker() })
    teller.after(120)
    teller.revision({ memory: 900_000 })
    teller.update({ taskDefinition: 'web' })
    teller.after(150)
    expect(primary(teller)).toMatchObject({ failedTasks: 2, rolloutState: 'IN_PROGRESS' })
    teller.after(100)
    expect(teller.service().taskDefinition).toMatch(/web:1$/)
  })

  it('starts no more tasks of a deployment that it failed, whatever count is asked for', () => {
    const teller = updated('exit 1', { rollback: false })
    teller.after(600)
    expect(primary(teller)).toMatchObject({ rolloutState: 'FAILED' })
    teller.update({ desiredCount: 6 })
    teller.after(600)
    expect(primary(teller)).toMatchObject({ status: 'PRIMARY', runningCount: 0, pendingCount: 0 })
    expect(teller.service()).toMatchObject({ runningCount: 2 })
  })

  it('goes back past a deployment that never completed, to the last that did', () => {
    const teller = updated('never ready', {}, 2, {
      healthCheck: { command: ['CMD', 'true'], interval: 300, retries: 10 },
    })
    teller.after(30)
    teller.fargate('cannot pull')
    teller.update({ taskDefinition: 'web' })
    teller.after(300)
    expect(teller.service()).toMatchObject({ taskDefinition: teller.good, runningCount: 2 })
    expect(teller.service().deployments).toMatchObject([
      { id: teller.oldId, rolloutState: 'COMPLETED' },
    ])
  })

  it('has the second stage, too: it counts health checks when tasks run', () => {
    const healthCheck = { command: ['CMD', 'true'], interval: 10, retries: 2 }
    const teller = updated('never ready', { rollback: false }, 2, { healthCheck })
    teller.after(65)
    // The two were counted while they ran; one is being replaced.
    expect(primary(teller)).toMatchObject({ failedTasks: 2, runningCount: 1 })
    teller.after(120)
    expect(primary(teller)).toMatchObject({ rolloutState: 'FAILED' })
  })
})

describe('a service deployment that a newer one takes the place of', () => {
  it('is asked to stop, and then has stopped, after the newer one was created', () => {
    const teller = updated('never ready')
    teller.after(20)
    teller.fargate()
    const { currentServiceDeployment } = teller.update({ taskDefinition: 'web' })
    expect(described(teller, teller.arn)).toMatchObject({ status: 'STOP_REQUESTED' })
    expect(described(teller, teller.arn).finishedAt).toBeUndefined()
    teller.after(5)
    const old = described(teller, teller.arn)
    const { createdAt } = described(teller, currentServiceDeployment)
    expect(old).toMatchObject({ status: 'STOPPED', stoppedAt: old.finishedAt })
    expect(old.finishedAt?.getTime()).toBeGreaterThan(createdAt?.getTime() ?? 0)
    // It can still be asked to stop while it stops; then no more.
    expect(teller.refusal('StopServiceDeployment', { serviceDeploymentArn: teller.arn })).toMatch(
      /^ConflictException/,
    )
  })

  it('has failed to go back when it was on its way back', () => {
    const teller = updated('cannot pull')
    for (let i = 0; i < 600 && primary(teller)?.id !== teller.oldId; i++) teller.after(1)
    expect(described(teller, teller.arn)).toMatchObject({ status: 'ROLLBACK_IN_PROGRESS' })
    teller.fargate()
    const { currentServiceDeployment } = teller.update({ taskDefinition: 'web' })
    expect(described(teller, teller.arn)).toMatchObject({ status: 'ROLLBACK_FAILED' })
    teller.after(150)
    expect(described(teller, currentServiceDeployment)).toMatchObject({ status: 'SUCCESSFUL' })
    expect(teller.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })

  it('just fails when it is aborted', () => {
    const teller = updated('never ready')
    teller.after(20)
    const input = { serviceDeploymentArn: teller.arn, stopType: 'ABORT' }
    teller.ecs('StopServiceDeployment', input)
    expect(described(teller, teller.arn)).toMatchObject({ status: 'STOP_REQUESTED' })
    teller.ecs('StopServiceDeployment', input)
    teller.after(60)
    expect(described(teller, teller.arn)).toMatchObject({ status: 'STOPPED' })
    expect(teller.service().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'FAILED' },
      { status: 'ACTIVE', runningCount: 2 },
    ])
  })
})
