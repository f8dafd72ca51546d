/** Promise: what depends on a task rolls out after the task of the same revision succeeded, and not after it failed. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import { job, network } from './jobs.ts'
import {
  conditions,
  document,
  liveService,
  minute,
  readyMessage,
  service,
  shop,
  stalled,
  written,
} from './shop.ts'

/** The service, and a migration with the image of the same revision. */
const release = (
  image: string,
  exit: number,
  annotations: Record<string, string> = {},
  spec: Record<string, unknown> = {},
) =>
  shop({
    image,
    service: spec,
    annotations: { 'depends-on': 'Task/migrate' },
    more: [
      document('TaskDefinition', 'migrate', {
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        containerDefinitions: [
          {
            name: 'app',
            image,
            dockerLabels: { 'fairlead.dev/simulate': `exit ${exit} after 60s` },
          },
        ],
      }),
      document(
        'Task',
        'migrate',
        { cluster: { ref: 'shop' }, taskDefinition: { ref: 'migrate' }, ...network },
        annotations,
      ),
    ],
  })

const runsAndServices = (rig: Rig) =>
  written(rig).filter((operation) => /RunTask|Service$/.test(operation))

test('the first service is created after its migration; a new one rolls out after the next', async () => {
  const rig = createRig()
  await rig.git(release('app:1', 0))
  await rig.clock.advance(50_000)
  expect(readyMessage(rig, service)).toBe('waits for Task migrate (1 running)')
  await rig.ready()
  expect(runsAndServices(rig)).toEqual(['ecs:RunTask', 'ecs:CreateService'])

  await rig.git(release('app:2', 0))
  await rig.clock.advance(50_000)
  expect((await liveService(rig)).taskDefinition).toMatch(/web:1$/)
  expect(conditions(rig, service)[0]).toBe('Reconciling DependencyNotReady')
  await rig.ready()
  expect(runsAndServices(rig)).toEqual(['ecs:RunTask', 'ecs:UpdateService'])
  expect((await liveService(rig)).taskDefinition).toMatch(/web:2$/)
  await rig.stop()
})

test('a failed migration holds the service on the old revision, until it is mended', async () => {
  const rig = createRig()
  await rig.git(release('app:1', 0))
  await rig.ready()
  written(rig)
  await rig.git(release('app:2', 1))
  await stalled(rig, job)
  await rig.clock.advance(30 * minute)
  await rig.restart()
  await rig.clock.advance(10 * minute)
  expect(runsAndServices(rig)).toEqual(['ecs:RunTask'])
  expect(await liveService(rig)).toMatchObject({
    taskDefinition: expect.stringMatching(/web:1$/),
    runningCount: 2,
  })
  expect(readyMessage(rig, service)).toMatch(/^waits for Task migrate \(failed at .*app exited 1/)

  await rig.git(release('app:3', 0))
  await rig.ready()
  expect(runsAndServices(rig)).toEqual(['ecs:RunTask', 'ecs:UpdateService'])
  // Back to what ran already: no migration, one roll-out.
  await rig.git(release('app:1', 0))
  await rig.ready()
  expect(runsAndServices(rig)).toEqual(['ecs:UpdateService'])
  expect((await liveService(rig)).taskDefinition).toMatch(/web:1$/)
  await rig.stop()
})

test('a failed migration holds the roll-out alone: the number of tasks, and what is changed by hand, is set right', async () => {
  const rig = createRig()
  await rig.git(release('app:1', 0))
  await rig.ready()
  written(rig)
  await rig.git(release('app:2', 1))
  await stalled(rig, job)
  await rig.git(release('app:2', 1, {}, { desiredCount: 3 }))
  await rig.clock.advance(5 * minute)
  expect(runsAndServices(rig)).toEqual(['ecs:RunTask', 'ecs:UpdateService'])
  const live = { taskDefinition: expect.stringMatching(/web:1$/), deployments: [{}] }
  expect(await liveService(rig)).toMatchObject({ ...live, runningCount: 3 })
  expect(readyMessage(rig, service)).toMatch(/^waits for Task migrate \(failed at .*app exited 1/)

  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 0 })
  await rig.clock.advance(5 * minute)
  expect(await liveService(rig)).toMatchObject({ ...live, runningCount: 3 })
  // A sweep after it writes nothing.
  written(rig)
  await rig.clock.advance(5 * minute)
  expect(written(rig)).toEqual([])

  await rig.git(release('app:3', 0, {}, { desiredCount: 3 }))
  await rig.ready()
  expect(runsAndServices(rig)).toEqual(['ecs:RunTask', 'ecs:UpdateService'])
  await rig.stop()
})
