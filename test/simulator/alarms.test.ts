/** Alarms of deployments: what they fail, what they leave alone, and how long they are watched. */
import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { onFargate, type Story, story } from './story.ts'
import { shifting } from './traffic-account.ts'

const watched = (more: object = {}, others: object = {}) => ({
  alarms: { alarmNames: ['errors', 'latency'], enable: true, rollback: true, ...more },
  ...others,
})

function newest(teller: Story): ServiceDeployment {
  const arn = teller.service().currentServiceDeployment
  return teller.ecs('DescribeServiceDeployments', { serviceDeploymentArns: [arn] })
    .serviceDeployments[0]
}

const state = (teller: Story) => teller.service().deployments?.[0]?.rolloutState

/** A service whose first deployment has completed and whose second one has just begun. */
function updated(deploymentConfiguration: object, before: (teller: Story) => void = () => {}) {
  const teller = story()
  const good = teller.fargate()
  const created = teller.create({ ...onFargate, deploymentConfiguration })
  teller.after(600)
  expect(state(teller)).toBe('COMPLETED')
  before(teller)
  teller.fargate()
  teller.update({ taskDefinition: 'web' })
  return { ...teller, good, oldId: created.deployments?.[0]?.id }
}

describe('alarms of a rolling deployment', () => {
  it('are watched for less than five minutes more when all is in place', () => {
    const teller = story()
    teller.fargate()
    teller.create({ ...onFargate, deploymentConfiguration: watched() })
    teller.after(100)
    expect(teller.service()).toMatchObject({ runningCount: 2 })
    expect(newest(teller)).toMatchObject({
      status: 'IN_PROGRESS',
      alarms: {
        status: 'MONITORING',
        alarmNames: ['errors', 'latency'],
        triggeredAlarmNames: [],
      },
    })
    teller.after(180)
    expect(state(teller)).toBe('IN_PROGRESS')
    teller.after(60)
    expect(state(teller)).toBe('COMPLETED')
    expect(newest(teller).alarms).toMatchObject({ status: 'MONITORING_COMPLETE' })
  })

  it.each([20, 200])('fail it and take it back, %i s after it began', (seconds) => {
    const teller = updated(watched())
    teller.after(seconds)
    teller.sim.disturb({ setAlarm: 'latency', state: 'ALARM' })
    teller.after(2)
    expect(teller.service().deployments?.[0]).toMatchObject({
      id: teller.oldId,
      rolloutState: 'IN_PROGRESS',
    })
    expect(teller.service().deployments?.[1]).toMatchObject({
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment failed: alarm detected.',
    })
    expect(newest(teller)).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['latency'] },
      deploymentCircuitBreaker: { status: 'DISABLED' },
    })
    expect(teller.events()).toContain('(deployment D) deployment failed: alarm detected.')
    // The alarm goes on, and does not take the way back.
    teller.after(300)
    expect(newest(teller)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      alarms: { triggeredAlarmNames: ['latency'] },
    })
    expect(teller.service()).toMatchObject({ taskDefinition: teller.good, runningCount: 2 })
  })

  it('stop it where it stands without rollback', () => {
    const teller = updated(watched({ rollback: false }))
    teller.after(20)
    teller.sim.disturb({ setAlarm: 'errors', state: 'ALARM' })
    teller.after(300)
    expect(teller.service().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'FAILED' },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 2 },
    ])
    expect(newest(teller)).toMatchObject({ status: 'STOPPED' })
  })

  it('do not count when they were on before it began, for all of it', () => {
    const teller = updated(watched(), ({ sim }) =>
      sim.disturb({ setAlarm: 'errors', state: 'ALARM' }),
    )
    teller.after(60)
    teller.sim.disturb({ setAlarm: 'errors', state: 'OK' })
    teller.after(10)
    teller.sim.disturb({ setAlarm: 'errors', state: 'ALARM' })
    teller.after(400)
    expect(newest(teller)).toMatchObject({ status: 'SUCCESSFUL' })
  })

  it('do not count once it has completed, and of other names never', () => {
    const teller = updated(watched())
    teller.sim.disturb({ setAlarm: 'another', state: 'ALARM' })
    teller.after(600)
    expect(newest(teller)).toMatchObject({ status: 'SUCCESSFUL' })
    teller.sim.disturb({ setAlarm: 'errors', state: 'ALARM' })
    teller.after(60)
    expect(state(teller)).toBe('COMPLETED')
  })

  it('do nothing while they are off', () => {
    const teller = updated(watched({ enable: false }))
    teller.sim.disturb({ setAlarm: 'errors', state: 'ALARM' })
    teller.after(150)
    expect(newest(teller)).toMatchObject({ status: 'SUCCESSFUL', alarms: { status: 'DISABLED' } })
  })

  it('heed their own rollback flag, not that of the breaker', () => {
    const deploymentCircuitBreaker = { enable: true, rollback: true }
    const teller = updated(watched({ rollback: false }, { deploymentCircuitBreaker }))
    teller.after(20)
    teller.sim.disturb({ setAlarm: 'errors', state: 'ALARM' })
    teller.after(60)
    expect(state(teller)).toBe('FAILED')
    expect(newest(teller)).toMatchObject({
      deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE' },
    })
  })
})

it('alarms take a shift of traffic back during its bake time', () => {
  const teller = shifting(watched({}, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 }) as never)
  teller.reach('BAKE_TIME')
  teller.after(300)
  teller.sim.disturb({ setAlarm: 'errors', state: 'ALARM' })
  teller.end('ROLLBACK_SUCCESSFUL')
  expect(teller.weights()).toBe('blue 0, green 100')
  expect(teller.deployment().alarms).toMatchObject({ triggeredAlarmNames: ['errors'] })
})
