/** Rolling deployments: how many tasks of which revision run when, and what AWS says meanwhile. */
import { describe, expect, it } from 'vitest'
import { stopOrder } from '../../src/simulator/machines/stopping.ts'
import type { TaskRecord } from '../../src/simulator/world.ts'
import { onFargate, type Story, story } from './story.ts'

/** Walks on in seconds and notes each change of (old, new, both running) tasks. */
function watch(teller: Story, seconds: number, ids: [string | undefined, string | undefined]) {
  const seen: string[] = [`${teller.tasks().length}+0`]
  let [most, fewest] = [0, Number.POSITIVE_INFINITY]
  for (let i = 0; i < seconds; i++) {
    teller.after(1)
    const live = [...teller.sim.world().tasks.values()].filter(
      (one) => one.task.lastStatus !== 'STOPPED',
    )
    const wanted = live.filter((one) => one.task.desiredStatus === 'RUNNING')
    const of = (id: string | undefined) => wanted.filter((one) => one.deploymentId === id).length
    most = Math.max(most, live.length)
    fewest = Math.min(fewest, wanted.filter((one) => one.machine.healthy).length)
    const state = `${of(ids[0])}+${of(ids[1])}`
    if (seen.at(-1) !== state) seen.push(state)
  }
  return { seen, most, fewest }
}

function rollOut(deploymentConfiguration: object, desiredCount: number) {
  const teller = story({ containerInstances: [{ cluster: 'shop', count: 3 }] })
  teller.revision()
  teller.create({ desiredCount, deploymentConfiguration })
  teller.after(120)
  const before = teller.service().deployments?.[0]?.id
  teller.revision()
  teller.update({ taskDefinition: 'web' })
  const after = teller.service().deployments?.[0]?.id
  return { teller, ...watch(teller, 300, [before, after]) }
}

describe('a rolling deployment', () => {
  it('of 4 tasks at 100/200 starts 4 and then stops 4', () => {
    const { teller, seen, most, fewest } = rollOut({}, 4)
    expect([seen[0], seen[1], seen.at(-1)]).toEqual(['4+0', '4+4', '0+4'])
    expect({ most, fewest }).toEqual({ most: 8, fewest: 4 })
    expect(teller.service().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 4, failedTasks: 0 },
    ])
    expect(teller.events()).toContain('has started 4 tasks: (task T) (task T) (task T) (task T).')
    expect(teller.events().slice(-3)).toEqual([
      expect.stringMatching(/^has stopped \d running tasks: \(task T\)/),
      '(deployment D) deployment completed.',
      'has reached a steady state.',
    ])
  })

  it('of 4 tasks at 50/100 stops 2 and starts 2, twice', () => {
    const { seen, most, fewest } = rollOut({ minimumHealthyPercent: 50, maximumPercent: 100 }, 4)
    expect(seen.slice(0, 3)).toEqual(['4+0', '2+0', '2+2'])
    expect(seen.at(-1)).toBe('0+4')
    expect({ most, fewest }).toEqual({ most: 4, fewest: 2 })
  })

  it.each([
    [2, 75, 100],
    [3, 100, 125],
  ])('of %i tasks at %i/%i is stuck, and says so once', (desired, minimum, maximum) => {
    const configuration = { minimumHealthyPercent: minimum, maximumPercent: maximum }
    const { teller, seen } = rollOut(configuration, desired)
    expect(seen).toEqual([`${desired}+0`])
    expect(teller.events().filter((text) => text.startsWith('was unable'))).toEqual([
      'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
    ])
    expect(teller.service().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 0 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: desired },
    ])
    teller.update({ deploymentConfiguration: { maximumPercent: 200 } })
    teller.after(200)
    expect(teller.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })

  it('of one task at 0/100 stops before it starts', () => {
    const { seen, most } = rollOut({ minimumHealthyPercent: 0, maximumPercent: 100 }, 1)
    expect(seen).toEqual(['1+0', '0+0', '0+1'])
    expect(most).toBe(1)
  })

  it('counts a task without health checks only after 40 s in RUNNING', () => {
    const teller = story()
    teller.fargate()
    teller.create(onFargate)
    teller.after(45)
    expect(teller.service()).toMatchObject({ runningCount: 2, pendingCount: 0 })
    const startedAt = Math.max(...teller.tasks().map((task) => task.startedAt?.getTime() ?? 0))
    const state = () => teller.service().deployments?.[0]?.rolloutState
    teller.after((startedAt - teller.now()) / 1000 + 39)
    expect(state()).toBe('IN_PROGRESS')
    teller.after(3)
    expect(state()).toBe('COMPLETED')
  })

  it('waits for container health checks where there are any', () => {
    const teller = story()
    teller.fargate(undefined, { healthCheck: { command: ['CMD', 'true'], interval: 100 } })
    teller.create(onFargate)
    teller.after(100)
    expect(teller.service().deployments).toMatchObject([
      { rolloutState: 'IN_PROGRESS', runningCount: 2 },
    ])
    expect(teller.tasks()[0]).toMatchObject({ healthStatus: 'UNKNOWN' })
    teller.after(60)
    expect(teller.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
    expect(teller.tasks()[0]).toMatchObject({ healthStatus: 'HEALTHY' })
  })

  it('makes the one in flight ACTIVE when a newer one begins, and its record STOPPED', () => {
    const teller = story()
    teller.fargate()
    teller.create(onFargate)
    teller.after(120)
    teller.fargate()
    const first = teller.update({ taskDefinition: 'web' })
    teller.after(20)
    teller.fargate()
    const second = teller.update({ taskDefinition: 'web' })
    expect(second.deployments?.map(({ status, rolloutState }) => [status, rolloutState])).toEqual([
      ['PRIMARY', 'IN_PROGRESS'],
      ['ACTIVE', 'IN_PROGRESS'],
      ['ACTIVE', 'COMPLETED'],
    ])
    teller.after(120)
    expect(teller.service().deployments).toHaveLength(1)
    const { serviceDeployments } = teller.ecs('ListServiceDeployments', {
      cluster: 'shop',
      service: 'web',
    })
    expect(serviceDeployments).toMatchObject([
      { status: 'SUCCESSFUL', serviceDeploymentArn: second.currentServiceDeployment },
      { status: 'STOPPED', serviceDeploymentArn: first.currentServiceDeployment },
      { status: 'SUCCESSFUL' },
    ])
  })

  it('follows a desired count that changes in its middle', () => {
    const teller = story()
    teller.fargate()
    teller.create(onFargate)
    teller.after(10)
    const { deployments } = teller.update({ desiredCount: 5 })
    expect(deployments).toMatchObject([{ desiredCount: 5 }])
    teller.after(120)
    expect(teller.service()).toMatchObject({ runningCount: 5 })
    expect(teller.service().deployments).toMatchObject([
      { id: deployments?.[0]?.id, rolloutState: 'COMPLETED' },
    ])
  })
})

describe('a service', () => {
  it('replaces a task that ends, and is steady again', () => {
    const teller = story()
    teller.fargate('exit 3 after 300s')
    teller.create({ ...onFargate, desiredCount: 1 })
    teller.after(120)
    const [task] = teller.tasks()
    teller.after(250)
    expect(teller.tasks()[0]?.taskArn).not.toBe(task?.taskArn)
    expect(teller.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
    const [stopped] = teller.tasks('STOPPED')
    expect(stopped).toMatchObject({ stopCode: 'EssentialContainerExited' })
    teller.after(100)
    expect(teller.events().at(-1)).toBe('has reached a steady state.')
  })

  it('says every six hours that it is steady, and nothing in between', () => {
    const teller = story()
    teller.fargate()
    teller.create(onFargate)
    teller.after(13 * 3600)
    const steady = teller.events().filter((text) => text === 'has reached a steady state.')
    expect(steady).toHaveLength(3)
  })

  it('scales in from the zone, and there from the instance, with most of its tasks', () => {
    const task = (availabilityZone: string, instanceId: string, lastStatus = 'RUNNING') =>
      ({ task: { availabilityZone, lastStatus }, instanceId }) as TaskRecord
    const [b, a1, a1too, a2] = [task('b', '3'), task('a', '1'), task('a', '1'), task('a', '2')]
    expect(stopOrder([b, a2, a1, a1too], 2)).toEqual([a1, a2])
    const pending = task('b', '4', 'PENDING')
    expect(stopOrder([a1, a1too, pending], 1)).toEqual([pending])
  })

  it('says why it stopped a task when it scales in', () => {
    const teller = story()
    teller.fargate()
    teller.create({ ...onFargate, desiredCount: 4 })
    teller.after(120)
    teller.update({ desiredCount: 2 })
    teller.after(30)
    const [stopped] = teller.tasks('STOPPED')
    expect(stopped).toMatchObject({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: expect.stringMatching(
        /^Scaling activity initiated by \(deployment ecs-svc\/\d{19}\)$/,
      ),
    })
  })

  it('leaves protected tasks alone when it scales in', () => {
    const teller = story()
    teller.fargate()
    teller.create(onFargate)
    teller.after(120)
    const tasks = teller.tasks().map((task) => task.taskArn)
    const input = { cluster: 'shop', tasks }
    teller.ecs('UpdateTaskProtection', { ...input, protectionEnabled: true, expiresInMinutes: 10 })
    expect(teller.ecs('GetTaskProtection', input).protectedTasks).toMatchObject([
      { protectionEnabled: true },
      { protectionEnabled: true },
    ])
    teller.update({ desiredCount: 0 })
    teller.after(60)
    expect(teller.tasks()).toHaveLength(2)
    teller.ecs('UpdateTaskProtection', { ...input, protectionEnabled: false })
    teller.after(60)
    expect(teller.tasks()).toHaveLength(0)
  })

  it('stops the old tasks of a blue/green deployment only after bake time', () => {
    const teller = story()
    teller.fargate()
    const strategy = {
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 5,
      maximumPercent: 100,
      minimumHealthyPercent: 50,
    }
    teller.create({ ...onFargate, deploymentConfiguration: strategy })
    teller.after(120)
    teller.fargate()
    const { currentServiceDeployment } = teller.update({ taskDefinition: 'web' })
    const stage = () =>
      teller.ecs('DescribeServiceDeployments', {
        serviceDeploymentArns: [currentServiceDeployment],
      }).serviceDeployments[0].lifecycleStage
    teller.after(30)
    expect(stage()).toBe('SCALE_UP')
    teller.after(120)
    expect(stage()).toBe('BAKE_TIME')
    expect(teller.service()).toMatchObject({ runningCount: 4 })
    teller.after(360)
    expect(teller.service()).toMatchObject({ runningCount: 2 })
    expect(teller.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })
})
