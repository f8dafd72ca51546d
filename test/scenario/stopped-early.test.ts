/** Promise: a roll-out whose container fails for one reason again and again is stopped early, and no other one ever is. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import { conditions, liveService, minute, service, shop, stalled, written } from './shop.ts'

const noBreaker = { deploymentConfiguration: {} }
const crashing = { image: 'nginx:1.28', simulate: 'exit 1 after 3s', service: noBreaker }

test('three failures for one reason are enough, though there is no circuit breaker', async () => {
  const rig = createRig()
  await rig.git(shop({ service: noBreaker }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop(crashing))
  await stalled(rig, service, 10 * minute)
  expect(written(rig).filter((each) => each !== 'ecs:TagResource')).toEqual([
    'ecs:RegisterTaskDefinition',
    'ecs:UpdateService',
    'ecs:StopServiceDeployment',
  ])
  expect(rig.status(service)?.report?.summary).toMatch(/^container app exited with 1, 3 times/)
  await rig.clock.advance(10 * minute)
  expect((await liveService(rig)).taskDefinition).toMatch(/web:1$/)
  expect(conditions(rig, service)).toContain('Stalled RolledBack')
  await rig.stop()
})

test('the failures of the one before say nothing against its fix, even while that is being rolled back', async () => {
  const rig = createRig()
  await rig.git(shop({ service: noBreaker }))
  await rig.ready()
  await rig.git(shop(crashing))
  await stalled(rig, service, 10 * minute)
  expect((await liveService(rig)).deployments?.map(({ rolloutState }) => rolloutState)).toContain(
    'FAILED',
  )
  rig.calls.length = 0
  await rig.git(shop({ image: 'nginx:1.28.1', service: noBreaker }))
  await rig.ready()
  expect(written(rig)).not.toContain('ecs:StopServiceDeployment')
  expect(rig.status(service)?.report).toBeUndefined()
  await rig.stop()
})

test('a cluster without room stops nothing', async () => {
  const rig = createRig()
  const onEc2 = { launchType: 'EC2', networkConfiguration: undefined, ...noBreaker }
  const definition = { networkMode: 'bridge', requiresCompatibilities: ['EC2'] }
  await rig.git(shop({ definition, service: { ...onEc2, desiredCount: 0 } }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop({ image: 'nginx:1.28', definition, service: { ...onEc2, desiredCount: 4 } }))
  await rig.clock.advance(20 * minute)
  expect(rig.status(service)?.report?.cause).toBe('NoInstances')
  expect(written(rig)).not.toContain('ecs:StopServiceDeployment')
  await rig.stop()
})
