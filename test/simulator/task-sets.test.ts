/** Services that another controller deploys: task sets, and what UpdateService leaves to it. */
import type { TaskSet } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { onFargate, type Story, story } from './story.ts'

const external = { deploymentController: { type: 'EXTERNAL' } }
const place = { cluster: 'shop', service: 'web' }

/** A service of an external controller, without any task set. */
function stage(desiredCount = 4) {
  const teller = story()
  teller.fargate()
  const input = { cluster: 'shop', serviceName: 'web', desiredCount, ...external }
  teller.ecs('CreateService', input)
  const set = (input: Record<string, unknown> = {}): TaskSet =>
    teller.ecs('CreateTaskSet', { ...place, taskDefinition: 'web', ...onFargate, ...input }).taskSet
  const sets = (): TaskSet[] => teller.ecs('DescribeTaskSets', place).taskSets
  return { teller, set, sets }
}

const scale = (value: number) => ({ scale: { value, unit: 'PERCENT' } })

const startedBy = (teller: Story) => teller.tasks().map((task) => task.startedBy)

describe('a service with the EXTERNAL controller', () => {
  it('has nothing of its own: no deployments, no tasks, until there is a task set', () => {
    const { teller } = stage()
    teller.after(300)
    const service = teller.service()
    expect(service).toMatchObject({ deployments: [], taskSets: [], runningCount: 0 })
    expect(service.taskDefinition).toBeUndefined()
    expect(service.currentServiceDeployment).toBeUndefined()
    expect(teller.ecs('ListServiceDeployments', place).serviceDeployments).toEqual([])
  })

  it('runs the share of its count that each set is scaled to, rounded up', () => {
    const { teller, set, sets } = stage()
    const blue = set({ ...scale(100), externalId: 'v1' })
    expect(blue).toMatchObject({
      id: expect.stringMatching(/^ecs-svc\/\d{19}$/),
      taskSetArn: `arn:aws:ecs:us-east-1:123456789012:task-set/shop/web/${blue.id}`,
      status: 'ACTIVE',
      externalId: 'v1',
      scale: { value: 100, unit: 'PERCENT' },
      computedDesiredCount: 4,
      stabilityStatus: 'STABILIZING',
    })
    const green = set(scale(30))
    teller.after(120)
    expect(sets()).toMatchObject([
      { id: blue.id, runningCount: 4, stabilityStatus: 'STEADY_STATE' },
      { id: green.id, runningCount: 2, computedDesiredCount: 2, stabilityStatus: 'STEADY_STATE' },
    ])
    expect(teller.service()).toMatchObject({ runningCount: 6, taskSets: [{}, {}], deployments: [] })
    expect(startedBy(teller).filter((id) => id === green.id)).toHaveLength(2)
    expect(teller.events().at(-1)).toBe('has reached a steady state.')
    teller.update({ desiredCount: 8 })
    teller.after(120)
    expect(sets().map((one) => one.runningCount)).toEqual([8, 3])
  })

  it('begins with no tasks in a set that has no scale, and follows UpdateTaskSet', () => {
    const { teller, set, sets } = stage()
    const { id, computedDesiredCount } = set()
    expect(computedDesiredCount).toBe(0)
    teller.ecs('UpdateTaskSet', { ...place, taskSet: id, ...scale(50) })
    teller.after(120)
    expect(sets()).toMatchObject([{ runningCount: 2 }])
    teller.ecs('UpdateTaskSet', { ...place, taskSet: id, ...scale(25) })
    teller.after(120)
    expect(sets()).toMatchObject([{ runningCount: 1 }])
    expect(teller.tasks('STOPPED')[0]?.stoppedReason).toBe(
      `Scaling activity initiated by (deployment ${id})`,
    )
  })

  it('replaces tasks of a set that end, ever more slowly where they never start', () => {
    const { teller, set, sets } = stage(1)
    set(scale(100))
    teller.after(120)
    const [task] = teller.tasks()
    teller.ecs('StopTask', { cluster: 'shop', task: task?.taskArn })
    teller.after(120)
    expect(sets()).toMatchObject([{ runningCount: 1 }])
    teller.fargate('cannot pull')
    set(scale(100))
    teller.after(2 * 3600)
    const tries = teller.events().filter((text) => text.startsWith('has started'))
    expect(tries.length).toBeGreaterThan(8)
    expect(tries.length).toBeLessThan(20)
  })

  it('shows what its PRIMARY set runs', () => {
    const { teller, set } = stage(1)
    const blue = set(scale(100))
    teller.fargate()
    const green = set(scale(100))
    const make = (primaryTaskSet: string | undefined) =>
      teller.ecs('UpdateServicePrimaryTaskSet', { ...place, primaryTaskSet }).taskSet
    expect(make(blue.id)).toMatchObject({ status: 'PRIMARY' })
    expect(teller.service().taskDefinition).toMatch(/web:1$/)
    make(green.taskSetArn)
    expect(teller.service()).toMatchObject({
      taskDefinition: expect.stringMatching(/web:2$/),
      taskSets: [{ status: 'ACTIVE' }, { status: 'PRIMARY' }],
    })
  })

  it('lets a set that is deleted drain before it is gone', () => {
    const { teller, set, sets } = stage(2)
    const { id } = set(scale(100))
    teller.after(120)
    const input = { ...place, taskSet: id }
    expect(teller.refusal('DeleteTaskSet', input)).toMatch(/scaled above 0/)
    expect(teller.ecs('DeleteTaskSet', { ...input, force: true }).taskSet).toMatchObject({
      status: 'DRAINING',
      computedDesiredCount: 0,
    })
    expect(sets()).toHaveLength(1)
    teller.after(60)
    expect(sets()).toEqual([])
    expect(teller.tasks()).toEqual([])
    expect(teller.refusal('UpdateTaskSet', { ...input, ...scale(1) })).toMatch(/^TaskSetNotFound/)
  })

  it.each([
    [{ taskDefinition: 'web' }, 'Unable to update taskDefinition'],
    [{ forceNewDeployment: true }, 'Unable to update forceNewDeployment'],
    [{ deploymentConfiguration: { maximumPercent: 150 } }, 'Unable to update deploymentConf'],
  ])('leaves to its controller what is its: %j', (input, text) => {
    const { teller } = stage()
    expect(teller.refusal('UpdateService', { ...place, ...input })).toContain(text)
    expect(teller.update({ desiredCount: 3, propagateTags: 'SERVICE' })).toMatchObject({
      desiredCount: 3,
      propagateTags: 'SERVICE',
    })
  })

  it('can be deployed by ECS itself from some day on, without a gap', () => {
    const { teller, set } = stage(2)
    const { id } = set(scale(100))
    teller.ecs('UpdateServicePrimaryTaskSet', { ...place, primaryTaskSet: id })
    teller.after(120)
    teller.update({ deploymentController: { type: 'ECS' } })
    for (let i = 0; i < 200; i++) {
      teller.after(1)
      expect(teller.service().runningCount).toBeGreaterThanOrEqual(2)
    }
    expect(teller.service()).toMatchObject({
      runningCount: 2,
      taskSets: [],
      deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
    })
  })

  it('takes its sets along when it is deleted', () => {
    const { teller, set } = stage(2)
    const { taskSetArn } = set({ ...scale(100), tags: [{ key: 'team', value: 'shop' }] })
    const tags = () => teller.ecs('ListTagsForResource', { resourceArn: taskSetArn }).tags
    expect(tags()).toEqual([{ key: 'team', value: 'shop' }])
    teller.after(120)
    teller.ecs('DeleteService', { ...place, force: true })
    teller.after(60)
    expect(teller.service()).toMatchObject({ status: 'INACTIVE', taskSets: [] })
    expect(tags).toThrow()
    expect(teller.refusal('CreateTaskSet', { ...place, taskDefinition: 'web' })).toMatch(
      /^ServiceNotActive/,
    )
  })
})

describe('a service with the CODE_DEPLOY controller', () => {
  it('begins with a PRIMARY task set, and no deployment', () => {
    const teller = story()
    teller.fargate()
    teller.create({ ...onFargate, deploymentController: { type: 'CODE_DEPLOY' } })
    teller.after(120)
    expect(teller.service()).toMatchObject({
      deployments: [],
      runningCount: 2,
      taskDefinition: expect.stringMatching(/web:1$/),
      taskSets: [
        { status: 'PRIMARY', startedBy: 'CODE_DEPLOY', runningCount: 2, scale: { value: 100 } },
      ],
    })
    expect(teller.refusal('UpdateService', { ...place, taskDefinition: 'web' })).toMatch(
      /CODE_DEPLOY deployment controller/,
    )
  })
})

describe('task sets', () => {
  it('are not for services that ECS deploys', () => {
    const teller = story()
    teller.fargate()
    teller.create(onFargate)
    const input = { ...place, taskDefinition: 'web', ...onFargate }
    expect(teller.refusal('CreateTaskSet', input)).toMatch(/^InvalidParameterException/)
    expect(teller.refusal('CreateTaskSet', { ...input, service: 'none' })).toMatch(
      /^ServiceNotFoundException/,
    )
  })

  it('are made once for the same token, and at most five', () => {
    const { teller, set, sets } = stage(1)
    const first = set({ clientToken: 'a' })
    expect(set({ clientToken: 'a' }).id).toBe(first.id)
    for (const clientToken of ['b', 'c', 'd', 'e']) set({ clientToken })
    expect(sets()).toHaveLength(5)
    const input = { ...place, taskDefinition: 'web', ...onFargate }
    expect(teller.refusal('CreateTaskSet', input)).toMatch(/^LimitExceededException/)
    expect(
      teller.ecs('DescribeTaskSets', { ...place, taskSets: [first.id, 'ecs-svc/1'] }),
    ).toMatchObject({
      taskSets: [{ id: first.id }],
      failures: [{ arn: 'ecs-svc/1', reason: 'MISSING' }],
    })
  })
})
