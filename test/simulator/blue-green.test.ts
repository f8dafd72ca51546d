/** Deployments that shift traffic: stages, weights of rules, target groups, and the ways back. */
import { describe, expect, it } from 'vitest'
import { onFargate } from './story.ts'
import { shifting, type Traffic, traffic } from './traffic-account.ts'

/** Walks on in seconds and notes each change of stage, with the weights of production and test. */
function watch(teller: Traffic, status: string, seconds = 3_600): string[] {
  const seen: string[] = []
  for (let i = 0; i < seconds && teller.deployment().status !== status; i++) {
    const { lifecycleStage } = teller.deployment()
    const line = `${lifecycleStage}: ${teller.weights()} / ${teller.weights('test')}`
    if (seen.at(-1) !== line) seen.push(line)
    teller.after(1)
  }
  expect(teller.deployment().status).toBe(status)
  return seen
}

const blueGreen = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 }

describe('a blue/green deployment', () => {
  it('goes through its stages, and moves test traffic before production traffic', () => {
    const teller = shifting(blueGreen)
    expect(watch(teller, 'SUCCESSFUL')).toEqual([
      'PRE_SCALE_UP: blue 0, green 100 / blue 0, green 100',
      'SCALE_UP: blue 0, green 100 / blue 0, green 100',
      'POST_SCALE_UP: blue 0, green 100 / blue 0, green 100',
      'TEST_TRAFFIC_SHIFT: blue 0, green 100 / blue 100, green 0',
      'POST_TEST_TRAFFIC_SHIFT: blue 0, green 100 / blue 100, green 0',
      'PRODUCTION_TRAFFIC_SHIFT: blue 100, green 0 / blue 100, green 0',
      'POST_PRODUCTION_TRAFFIC_SHIFT: blue 100, green 0 / blue 100, green 0',
      'BAKE_TIME: blue 100, green 0 / blue 100, green 0',
      'CLEAN_UP: blue 100, green 0 / blue 100, green 0',
    ])
    expect(teller.service()).toMatchObject({ taskDefinition: teller.bad, runningCount: 2 })
  })

  it('takes the target group that serves nothing, in turns, and says so in its revision', () => {
    const teller = shifting(blueGreen)
    const revision = () => {
      const arn = teller.deployment().targetServiceRevision?.arn
      return teller.ecs('DescribeServiceRevisions', { serviceRevisionArns: [arn] })
        .serviceRevisions[0]
    }
    // The rule sent everything to blue when the service was made, so that its first tasks went to green.
    expect([teller.targets('blue'), teller.targets('green')]).toEqual(['', '2 healthy'])
    expect(revision().resolvedConfiguration).toEqual({
      loadBalancers: [
        { targetGroupArn: teller.groups.blue, productionListenerRule: teller.rules.production },
      ],
    })
    teller.reach('BAKE_TIME')
    expect([teller.targets('blue'), teller.targets('green')]).toEqual(['2 healthy', '2 healthy'])
    expect(teller.deployment()).toMatchObject({
      sourceServiceRevisions: [
        { runningTaskCount: 2, requestedProductionTrafficWeight: 0, requestedTestTrafficWeight: 0 },
      ],
      targetServiceRevision: {
        runningTaskCount: 2,
        requestedProductionTrafficWeight: 100,
        requestedTestTrafficWeight: 100,
      },
    })
    teller.end('SUCCESSFUL')
    expect([teller.targets('blue'), teller.targets('green')]).toEqual(['2 healthy', ''])
    // What was declared stays what is shown.
    expect(teller.service().loadBalancers).toEqual(teller.loadBalancers)
    teller.update({ forceNewDeployment: true })
    expect(revision().resolvedConfiguration.loadBalancers[0].targetGroupArn).toBe(
      teller.groups.green,
    )
  })

  it('keeps all old tasks until it cleans up, and replaces those that end', () => {
    const teller = shifting(blueGreen)
    teller.reach('BAKE_TIME')
    const old = () => teller.tasks().filter((task) => task.taskDefinitionArn === teller.good)
    const [first] = old()
    teller.ecs('StopTask', { cluster: 'shop', task: first?.taskArn })
    expect(old()).toHaveLength(1)
    teller.after(60)
    expect(old()).toHaveLength(2)
    expect(teller.service()).toMatchObject({ runningCount: 4 })
    teller.end('SUCCESSFUL')
    expect(old()).toHaveLength(0)
  })

  it('has nothing to bake when it is the first', () => {
    const teller = traffic()
    teller.fargate(undefined, { portMappings: [{ containerPort: 80 }] })
    const { loadBalancers } = teller
    teller.create({ ...onFargate, loadBalancers, deploymentConfiguration: blueGreen })
    teller.after(180)
    expect(teller.deployment()).toMatchObject({ status: 'SUCCESSFUL' })
    expect(teller.weights()).toBe('blue 0, green 100')
  })

  it('ends one that is under way first, in a stage of its own', () => {
    const teller = shifting(blueGreen)
    teller.reach('POST_TEST_TRAFFIC_SHIFT')
    const before = teller.deployment().serviceDeploymentArn
    teller.update({ forceNewDeployment: true })
    expect(teller.deployment()).toMatchObject({ lifecycleStage: 'RECONCILE_SERVICE' })
    teller.reach('PRE_SCALE_UP')
    expect(teller.tasks().map((task) => task.taskDefinitionArn)).toEqual([teller.good, teller.good])
    teller.end('SUCCESSFUL')
    const [ended] = teller.ecs('DescribeServiceDeployments', {
      serviceDeploymentArns: [before],
    }).serviceDeployments
    expect(ended).toMatchObject({
      status: 'STOPPED',
      lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
    })
  })
})

describe('a linear deployment', () => {
  it('moves traffic in equal steps, with a wait after each but the last', () => {
    const teller = shifting({
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 2 },
    })
    teller.reach('PRODUCTION_TRAFFIC_SHIFT')
    const since = teller.now()
    const seen = watch(teller, 'SUCCESSFUL').filter((line) => /PRODUCTION|BAKE/.test(line))
    expect(seen.map((line) => line.replace(/ \/.*/, ''))).toEqual([
      'PRODUCTION_TRAFFIC_SHIFT: blue 30, green 70',
      'PRODUCTION_TRAFFIC_SHIFT: blue 60, green 40',
      'PRODUCTION_TRAFFIC_SHIFT: blue 90, green 10',
      'PRODUCTION_TRAFFIC_SHIFT: blue 100, green 0',
      'POST_PRODUCTION_TRAFFIC_SHIFT: blue 100, green 0',
    ])
    const minutes = (teller.now() - since) / 60_000
    expect(minutes).toBeGreaterThan(6)
    expect(minutes).toBeLessThan(7)
  })
})

describe('a canary deployment', () => {
  it('moves a part, waits, and moves the rest', () => {
    const teller = shifting({
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 12.5, canaryBakeTimeInMinutes: 15 },
    })
    teller.reach('PRODUCTION_TRAFFIC_SHIFT')
    // Tenths of a percent do not fit into weights out of a hundred.
    expect(teller.weights()).toBe('blue 125, green 874')
    expect(teller.deployment().targetServiceRevision).toMatchObject({
      requestedProductionTrafficWeight: 12.5,
    })
    teller.after(14 * 60)
    expect(teller.weights()).toBe('blue 125, green 874')
    teller.after(70)
    expect(teller.weights()).toBe('blue 100, green 0')
    teller.end('SUCCESSFUL')
  })
})

describe('the way back of a deployment that shifts traffic', () => {
  it('is StopServiceDeployment: requested, under way, through; the old tasks never left', () => {
    const teller = shifting({
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 60 },
    })
    teller.reach('PRODUCTION_TRAFFIC_SHIFT')
    expect(teller.weights()).toBe('blue 20, green 80')
    const before = teller.tasks().filter((task) => task.taskDefinitionArn === teller.good)
    const serviceDeploymentArn = teller.service().currentServiceDeployment
    teller.ecs('StopServiceDeployment', { serviceDeploymentArn })
    expect(teller.deployment()).toMatchObject({ status: 'ROLLBACK_REQUESTED' })
    teller.end('ROLLBACK_IN_PROGRESS')
    expect(watch(teller, 'ROLLBACK_SUCCESSFUL').at(-1)).toBe(
      'CLEAN_UP: blue 0, green 100 / blue 0, green 100',
    )
    expect(teller.service()).toMatchObject({ taskDefinition: teller.good, runningCount: 2 })
    expect(teller.service().deployments).toMatchObject([
      { id: teller.oldId, rolloutState: 'COMPLETED' },
    ])
    expect(teller.tasks().map((task) => task.taskArn)).toEqual(before.map((task) => task.taskArn))
    expect(teller.deployment().rollback).toMatchObject({ startedAt: expect.any(Date) })
  })

  it('is not the circuit breaker: tasks that never turn healthy are tried for a day', () => {
    const teller = shifting(
      { ...blueGreen, deploymentCircuitBreaker: { enable: true, rollback: true } },
      'exit 1',
    )
    teller.after(23 * 3600)
    expect(teller.deployment()).toMatchObject({
      status: 'IN_PROGRESS',
      lifecycleStage: 'SCALE_UP',
      deploymentCircuitBreaker: { status: 'DISABLED' },
    })
    expect(teller.service().deployments?.[0]?.failedTasks).toBeGreaterThan(20)
    teller.after(3700)
    expect(teller.deployment()).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
    expect(teller.weights()).toBe('blue 0, green 100')
    expect(teller.events()).toContain(
      '(deployment D) deployment failed: lifecycle stage SCALE_UP timed out.',
    )
  })
})

describe('the configuration of a shift', () => {
  it.each([
    [{ strategy: 'LINEAR', linearConfiguration: { stepPercent: 2 } }, 'stepPercent must be'],
    [{ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 101 } }, 'canaryPercent must be'],
    [{ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1441 }, 'bakeTimeInMinutes must be'],
    [{ strategy: 'BLUE_GREEN', linearConfiguration: {} }, 'linearConfiguration is only'],
    [{ canaryConfiguration: {} }, 'canaryConfiguration is only'],
  ])('%j is refused', (deploymentConfiguration, text) => {
    const teller = traffic()
    teller.fargate()
    const input = { cluster: 'shop', serviceName: 'web', taskDefinition: 'web', desiredCount: 1 }
    expect(
      teller.refusal('CreateService', { ...input, ...onFargate, deploymentConfiguration }),
    ).toContain(`InvalidParameterException: ${text}`)
  })

  it('needs two target groups, a rule and a role for each load balancer', () => {
    const teller = traffic()
    teller.fargate(undefined, { portMappings: [{ containerPort: 80 }] })
    const { advancedConfiguration: _, ...plain } = teller.loadBalancers[0] ?? {}
    const input = { cluster: 'shop', serviceName: 'web', taskDefinition: 'web', desiredCount: 1 }
    const shift = { deploymentConfiguration: blueGreen, loadBalancers: [plain] }
    expect(teller.refusal('CreateService', { ...input, ...onFargate, ...shift })).toContain(
      'needs an advancedConfiguration',
    )
  })

  it('leaves no trace of a strategy that was left', () => {
    const teller = shifting({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 50 } })
    const { deploymentConfiguration } = teller.update({
      deploymentConfiguration: { strategy: 'ROLLING' },
    })
    expect(deploymentConfiguration?.linearConfiguration).toBeUndefined()
  })
})
