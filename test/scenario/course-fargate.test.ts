/** Promise: the same course on Fargate: a task that ends is run once, and a service heals by itself. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import {
  beginCourse,
  cluster,
  clusterOnAws,
  fargateDefinition,
  healedFrom,
  killTask,
  newVpc,
  onFargate,
  service,
  serviceKey,
  serviceOnAws,
  task,
  taskKey,
  tasksOnAws,
} from './course.ts'
import { minute, readyMessage, said } from './shop.ts'

test('a cluster without instances, a task that ends, a service, and back', async () => {
  const course = beginCourse()
  const { rig } = course

  // Create a cluster: Networking only.
  await course.write(newVpc(), cluster({ capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }))
  expect(await clusterOnAws(course)).toMatchObject({
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
  })

  // Create a task definition, and run it as a task that ends.
  await course.write(fargateDefinition('hello', 'exit 0 after 10s'), task(onFargate))
  expect(readyMessage(rig, taskKey)).toMatch(/^succeeded at .*: hello exited 0$/)
  expect(await tasksOnAws(course, 'hello', 'STOPPED')).toMatchObject([
    { lastStatus: 'STOPPED', launchType: 'FARGATE', containers: [{ exitCode: 0 }] },
  ])

  // Run another one as a service.
  await course.write(fargateDefinition('web'), service(onFargate))
  expect(readyMessage(rig, serviceKey)).toBe('2 of 2 tasks running')
  expect(await serviceOnAws(course)).toMatchObject({ runningCount: 2, launchType: 'FARGATE' })

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
  expect(rig.simulator.world().ec2.vpcs.size).toBe(1)
  await end.stop()
})

test('a task that fails is said to have failed, and is not run again', async () => {
  const course = beginCourse()
  await course.write(newVpc(), cluster())
  await course.push(fargateDefinition('hello', 'exit 1 after 10s'), task(onFargate))
  await course.rig.clock.advance(30 * minute)
  expect(readyMessage(course.rig, taskKey)).toMatch(/^failed at .*: hello exited 1; not run again/)
  expect(said(course.rig, 'TaskFailed', taskKey)).toHaveLength(1)
  expect(await tasksOnAws(course, 'hello', 'STOPPED')).toHaveLength(1)
  await course.rig.stop()
})

async function running(does?: string) {
  const course = beginCourse()
  await course.write(newVpc(), cluster(), fargateDefinition('web', does), service(onFargate))
  await course.rig.clock.advance(2 * minute)
  course.rig.calls.length = 0
  return course
}

test('a service heals when a task is killed', async () => {
  const course = await running()
  const [killed] = await tasksOnAws(course, 'web')
  await killTask(course, killed!)
  await course.rig.clock.advance(5_000)
  expect(await serviceOnAws(course)).toMatchObject({ runningCount: 1, pendingCount: 1 })
  expect(await healedFrom(course, killed!)).toBeLessThan(90)
  await course.rig.clock.advance(2 * minute)
  expect(readyMessage(course.rig, serviceKey)).toBe('2 of 2 tasks running')
  expect(course.rig.writes()).toEqual([])
  await course.rig.stop()
})

test('a service heals when an essential container exits', async () => {
  const course = await running('exit 0 after 10m')
  const before = await tasksOnAws(course, 'web')
  await course.rig.clock.advance(9 * minute)
  for (const lost of before) await healedFrom(course, lost)
  expect(await tasksOnAws(course, 'web', 'STOPPED')).toMatchObject(
    before.map(() => ({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 0 }] })),
  )
  expect(course.rig.writes()).toEqual([])
  await course.rig.stop()
})
