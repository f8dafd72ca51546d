/** Promise: the steps of a classic course on ECS with EC2 instances, each as short as in the course, end as it says. */
import { expect, test } from 'vitest'
import { createRig, type RigOptions } from '../rig.ts'
import {
  beginCourse,
  cluster,
  clusterKey,
  clusterOnAws,
  containerInstancesOnAws,
  ecsInstanceRole,
  forEc2,
  healedFrom,
  instances,
  instancesOnAws,
  killTask,
  newVpc,
  onInstances,
  roleOnAws,
  runsOn,
  service,
  serviceKey,
  serviceOnAws,
  task,
  taskDefinition,
  taskKey,
  tasksOnAws,
  terminateInstance,
} from './course.ts'
import { minute, readyMessage, said } from './shop.ts'

test('from the role over cluster, task definition and task to a service, and back', async () => {
  const course = beginCourse()
  const { rig } = course

  // Create the role of the instances.
  await course.write(ecsInstanceRole())
  expect(await roleOnAws(course, 'ecsInstanceRole')).toEqual({
    trusts: 'ec2.amazonaws.com',
    policies: [forEc2],
  })

  // Create a cluster: EC2 Linux + Networking.
  await course.write(newVpc(), cluster(), instances())
  expect(await instancesOnAws(course)).toMatchObject([{ role: 'ecsInstanceRole' }])
  await rig.clock.advance(minute)
  expect(await clusterOnAws(course)).toMatchObject({
    status: 'ACTIVE',
    registeredContainerInstancesCount: 1,
  })
  expect(rig.status(clusterKey)?.instances).toMatchObject([{ agentConnected: true }])

  // Create a task definition, and run it as a task that ends.
  await course.write(taskDefinition('hello', 'exit 0 after 10s'), task(onInstances))
  expect(readyMessage(rig, taskKey)).toMatch(/^succeeded at .*: hello exited 0$/)
  expect(await tasksOnAws(course, 'hello', 'STOPPED')).toMatchObject([
    { lastStatus: 'STOPPED', launchType: 'EC2', containers: [{ exitCode: 0 }] },
  ])

  // Run another one as a service.
  await course.write(taskDefinition('web'), service(onInstances))
  expect(readyMessage(rig, serviceKey)).toBe('2 of 2 tasks running')
  expect(await serviceOnAws(course)).toMatchObject({ runningCount: 2, pendingCount: 0 })

  // The task ran once, whatever else happened, and nothing is left to do.
  rig.calls.length = 0
  await rig.clock.advance(20 * minute)
  expect(rig.writes()).toEqual([])
  expect(await tasksOnAws(course, 'hello', 'STOPPED')).toHaveLength(1)
  expect(await tasksOnAws(course, 'hello')).toEqual([])

  // Clean up.
  await rig.stop()
  const end = createRig({ beside: rig, teardown: true })
  await end.git(course.git())
  await end.ready(60 * minute)
  expect((await clusterOnAws(course))?.status ?? 'INACTIVE').toBe('INACTIVE')
  expect(await instancesOnAws(course)).toEqual([])
  await expect(roleOnAws(course, 'ecsInstanceRole')).rejects.toMatchObject({ class: 'notFound' })
  await end.stop()
})

/** A service of two tasks that each want an instance of their own. */
async function running(
  annotations: Record<string, string> = {},
  does?: string,
  options: RigOptions = {},
) {
  const course = beginCourse(options)
  await course.write(
    ...[ecsInstanceRole(), newVpc(), cluster({}, annotations)],
    instances({ size: { min: 2, max: 4 } }),
    taskDefinition('web', does),
    service(onInstances, { placementConstraints: [{ type: 'distinctInstance' }] }),
  )
  await course.rig.clock.advance(2 * minute)
  course.rig.calls.length = 0
  return course
}

test('a service heals when a task is killed: the controller sees it, and has nothing to write', async () => {
  const course = await running({}, undefined, { intervalMs: 5_000 })
  const [killed] = await tasksOnAws(course, 'web')
  await killTask(course, killed!)
  await course.rig.clock.advance(6_000)
  expect(readyMessage(course.rig, serviceKey)).toMatch(/^1 of 2 tasks running/)
  expect(course.rig.status(serviceKey)).toMatchObject({ sync: 'Synced', health: 'Progressing' })
  expect(await healedFrom(course, killed!)).toBeLessThan(60)
  expect(await tasksOnAws(course, 'web', 'STOPPED')).toMatchObject([
    { stopCode: 'UserInitiated', stoppedReason: 'the course' },
  ])
  await course.rig.clock.advance(2 * minute)
  expect(readyMessage(course.rig, serviceKey)).toBe('2 of 2 tasks running')
  expect(course.rig.writes()).toEqual([])
  await course.rig.stop()
})

test('a service heals when an essential container exits, however often', async () => {
  const course = await running({}, 'exit 1 after 10m')
  const before = await tasksOnAws(course, 'web')
  await course.rig.clock.advance(9 * minute)
  await healedFrom(course, before[0]!)
  await healedFrom(course, before[1]!)
  expect(await tasksOnAws(course, 'web', 'STOPPED')).toMatchObject(
    before.map(() => ({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 1 }],
    })),
  )
  await course.rig.clock.advance(25 * minute)
  expect((await tasksOnAws(course, 'web', 'STOPPED')).length).toBeGreaterThan(4)
  expect(await serviceOnAws(course)).toMatchObject({ deployments: [{ status: 'PRIMARY' }] })
  expect(course.rig.writes()).toEqual([])
  await course.rig.stop()
})

test('a service heals when an instance is terminated: another one comes in its place', async () => {
  const course = await running()
  const [first] = await containerInstancesOnAws(course)
  const [lost] = runsOn(first!, await tasksOnAws(course, 'web'))
  await terminateInstance(course, first!.ec2InstanceId!)
  expect(await healedFrom(course, lost!)).toBeLessThan(5 * 60)
  const ids = (await instancesOnAws(course)).map(({ id }) => id)
  expect(ids).toHaveLength(2)
  expect(ids).not.toContain(first!.ec2InstanceId)
  await course.rig.clock.advance(2 * minute)
  const seen = course.rig.status(clusterKey)?.instances ?? []
  expect(seen.map(({ name }) => name).sort()).toEqual([...ids].sort())
  const { rig } = course
  expect(said(rig, 'InstanceGone', clusterKey)).toEqual([
    expect.stringMatching(`^Cluster course: ${first!.ec2InstanceId} .* left the cluster$`),
  ])
  expect(said(rig, 'InstanceRegistered', clusterKey)).toHaveLength(3)
  expect(course.rig.writes()).toEqual([])
  await course.rig.stop()
})

test('an agent that stopped is said, and its task runs on; what is killed heals elsewhere', async () => {
  const course = await running()
  const { rig } = course
  const [first, second] = await containerInstancesOnAws(course)
  rig.simulator.disturb({ stopAgent: first!.ec2InstanceId! })
  await rig.clock.advance(3 * minute)
  expect(await serviceOnAws(course)).toMatchObject({ runningCount: 2 })
  const agents = rig.status(clusterKey)?.conditions.find(({ type }) => type === 'AgentsConnected')
  expect(agents).toMatchObject({ status: 'False', reason: 'AgentDisconnected' })
  expect(agents?.message).toContain(first!.ec2InstanceId)

  const [killed] = runsOn(second!, await tasksOnAws(course, 'web'))
  await killTask(course, killed!)
  await healedFrom(course, killed!)
  const places = (await tasksOnAws(course, 'web')).map((one) => one.containerInstanceArn)
  expect(places).toEqual([first!.containerInstanceArn, second!.containerInstanceArn])
  expect(rig.writes()).toEqual([])
  await rig.stop()
})

test('where the cluster asks for it, the instance of a stopped agent is replaced, with its task', async () => {
  const course = await running({ 'agent-replace-after': '15m' })
  const { rig } = course
  const [first] = await containerInstancesOnAws(course)
  const [lost] = runsOn(first!, await tasksOnAws(course, 'web'))
  rig.simulator.disturb({ stopAgent: first!.ec2InstanceId! })
  await rig.clock.advance(14 * minute)
  expect(rig.writes()).toEqual([])
  await healedFrom(course, lost!)
  await rig.clock.advance(10 * minute)
  expect(rig.writes().map(({ operation }) => operation)).toEqual([
    'autoscaling:TerminateInstanceInAutoScalingGroup',
    'ecs:DeregisterContainerInstance',
  ])
  const connected = await containerInstancesOnAws(course)
  expect(connected).toMatchObject([{ agentConnected: true }, { agentConnected: true }])
  expect(connected.map((one) => one.ec2InstanceId)).not.toContain(first!.ec2InstanceId)
  expect(rig.controller.state()).toBe('ready')
  await rig.stop()
})
