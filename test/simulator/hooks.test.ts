/** Lifecycle hooks of deployments that shift traffic: functions, pauses, timeouts. */
import type { DeploymentLifecycleHook } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { onFargate } from './story.ts'
import { shifting, traffic } from './traffic-account.ts'

const smokeTest = {
  hookTargetArn: 'arn:aws:lambda:us-east-1:123456789012:function:smoke-test',
  roleArn: 'arn:aws:iam::123456789012:role/ecsHooks',
}

function hooked(...lifecycleHooks: Record<string, unknown>[]) {
  return shifting({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1, lifecycleHooks })
}

const pause = (stage: string, more: object = {}) => ({
  targetType: 'PAUSE',
  lifecycleStages: [stage],
  ...more,
})

describe('a Lambda hook', () => {
  it('is waited for, in each of its stages, before the deployment goes on', () => {
    const lifecycleStages = ['PRE_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT']
    const hookDetails = { simulate: 'in progress for 2m' }
    const teller = hooked({ ...smokeTest, lifecycleStages, hookDetails })
    teller.after(110)
    expect(teller.deployment()).toMatchObject({ lifecycleStage: 'PRE_SCALE_UP' })
    expect(teller.service()).toMatchObject({ runningCount: 2, pendingCount: 0 })
    expect(teller.deployment().lifecycleHookDetails).toEqual([
      {
        hookId: expect.stringMatching(/^ecs-lambda-[0-9a-f]{43}$/),
        targetType: 'AWS_LAMBDA',
        targetArn: smokeTest.hookTargetArn,
        status: 'IN_PROGRESS',
        expiresAt: expect.any(Date),
        timeoutAction: 'ROLLBACK',
      },
    ])
    teller.reach('POST_TEST_TRAFFIC_SHIFT')
    teller.after(115)
    expect(teller.deployment()).toMatchObject({ lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT' })
    expect(teller.weights()).toBe('blue 0, green 100')
    teller.end('SUCCESSFUL')
    expect(teller.weights()).toBe('blue 100, green 0')
  })

  it.each([['fail'], ['fail after 40s'], ['what is not understood']])(
    'that answers "%s" takes the deployment back',
    (simulate) => {
      const lifecycleStages = ['POST_PRODUCTION_TRAFFIC_SHIFT']
      const teller = hooked({ ...smokeTest, lifecycleStages, hookDetails: { simulate } })
      teller.reach('POST_PRODUCTION_TRAFFIC_SHIFT')
      expect(teller.weights()).toBe('blue 100, green 0')
      teller.end('ROLLBACK_SUCCESSFUL')
      expect(teller.weights()).toBe('blue 0, green 100')
      expect(teller.service()).toMatchObject({ taskDefinition: teller.good })
      expect(teller.events()).toContain(
        '(deployment D) deployment failed: hook execution failure(s) detected.',
      )
      expect(teller.deployment().statusReason).toBe(
        'ECS deployment failed: hook execution failure(s) detected.',
      )
    },
  )

  it('runs on the way back, too, while traffic goes back', () => {
    const lifecycleStages = ['PRODUCTION_TRAFFIC_SHIFT']
    const hookDetails = { simulate: 'in progress for 30s' }
    const teller = hooked({ ...smokeTest, lifecycleStages, hookDetails })
    teller.reach('BAKE_TIME')
    const serviceDeploymentArn = teller.service().currentServiceDeployment
    teller.ecs('StopServiceDeployment', { serviceDeploymentArn })
    teller.reach('PRODUCTION_TRAFFIC_SHIFT')
    expect(teller.weights()).toBe('blue 0, green 100')
    expect(teller.deployment().lifecycleHookDetails).toMatchObject([{ status: 'IN_PROGRESS' }])
    teller.after(25)
    expect(teller.deployment()).toMatchObject({ status: 'ROLLBACK_IN_PROGRESS' })
    teller.end('ROLLBACK_SUCCESSFUL')
  })

  it('of each step of a linear deployment runs before each of them', () => {
    const lifecycleStages = ['PRE_PRODUCTION_TRAFFIC_SHIFT']
    const teller = shifting({
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 },
      lifecycleHooks: [pause('PRE_PRODUCTION_TRAFFIC_SHIFT'), { ...smokeTest, lifecycleStages }],
    })
    for (const weights of ['blue 0, green 100', 'blue 50, green 50']) {
      teller.reach('PRE_PRODUCTION_TRAFFIC_SHIFT')
      expect(teller.weights()).toBe(weights)
      teller.after(5)
      const [first, second] = teller.deployment().lifecycleHookDetails ?? []
      expect([first?.status, second?.status]).toEqual(['AWAITING_ACTION', 'SUCCEEDED'])
      const serviceDeploymentArn = teller.service().currentServiceDeployment
      teller.ecs('ContinueServiceDeployment', { serviceDeploymentArn, hookId: first?.hookId })
      teller.after(2)
    }
    teller.end('SUCCESSFUL')
  })
})

describe('a PAUSE hook', () => {
  it('waits for ContinueServiceDeployment', () => {
    const teller = hooked(pause('POST_SCALE_UP'))
    teller.reach('POST_SCALE_UP')
    teller.after(6 * 3600)
    const [hook] = teller.deployment().lifecycleHookDetails ?? []
    expect(hook).toMatchObject({ targetType: 'PAUSE', status: 'AWAITING_ACTION' })
    expect(hook?.targetArn).toBeUndefined()
    const serviceDeploymentArn = teller.service().currentServiceDeployment
    const input = { serviceDeploymentArn, hookId: hook?.hookId }
    expect(teller.ecs('ContinueServiceDeployment', input)).toEqual({ serviceDeploymentArn })
    expect(teller.refusal('ContinueServiceDeployment', input)).toMatch(/^InvalidParameter/)
    teller.end('SUCCESSFUL')
    const gone = { ...input, serviceDeploymentArn: `${serviceDeploymentArn}x` }
    expect(teller.refusal('ContinueServiceDeployment', gone)).toMatch(
      /^ServiceDeploymentNotFoundException/,
    )
  })

  it('takes the deployment back when that is what it is told', () => {
    const teller = hooked(pause('POST_TEST_TRAFFIC_SHIFT'))
    teller.reach('POST_TEST_TRAFFIC_SHIFT')
    expect(teller.weights('test')).toBe('blue 100, green 0')
    const [hook] = teller.deployment().lifecycleHookDetails ?? []
    teller.ecs('ContinueServiceDeployment', {
      serviceDeploymentArn: teller.service().currentServiceDeployment,
      hookId: hook?.hookId,
      action: 'ROLLBACK',
    })
    teller.end('ROLLBACK_SUCCESSFUL')
    expect(teller.weights('test')).toBe('blue 0, green 100')
  })

  it.each([
    ['CONTINUE', 'SUCCESSFUL'],
    ['ROLLBACK', 'ROLLBACK_SUCCESSFUL'],
  ])('whose time is up does what its timeout says: %s', (action, status) => {
    const timeoutConfiguration = { timeoutInMinutes: 30, action }
    const teller = hooked(pause('POST_SCALE_UP', { timeoutConfiguration }))
    teller.reach('POST_SCALE_UP')
    teller.after(29 * 60)
    expect(teller.deployment()).toMatchObject({
      lifecycleStage: 'POST_SCALE_UP',
      lifecycleHookDetails: [{ timeoutAction: action }],
    })
    teller.after(5 * 60)
    expect(teller.deployment()).toMatchObject({ status })
  })
})

describe('a hook that can not be', () => {
  it.each<[DeploymentLifecycleHook, string]>([
    [{ lifecycleStages: ['PRE_SCALE_UP'] }, 'hookTargetArn and roleArn must be specified'],
    [{ ...smokeTest, lifecycleStages: [] }, 'lifecycleStages can not be empty'],
    [
      { targetType: 'PAUSE', lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] },
      'PAUSE hooks are not supported at the PRODUCTION_TRAFFIC_SHIFT stage',
    ],
    [
      {
        targetType: 'PAUSE',
        lifecycleStages: ['PRE_SCALE_UP'],
        timeoutConfiguration: { timeoutInMinutes: 20_161 },
      },
      'timeoutInMinutes must be between',
    ],
  ])('%j is refused', (hook, text) => {
    const teller = traffic()
    teller.fargate()
    const input = { cluster: 'shop', serviceName: 'web', taskDefinition: 'web', desiredCount: 1 }
    const deploymentConfiguration = { strategy: 'BLUE_GREEN', lifecycleHooks: [hook] }
    expect(
      teller.refusal('CreateService', { ...input, ...onFargate, deploymentConfiguration }),
    ).toContain(text)
  })
})
