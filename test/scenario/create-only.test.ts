/** Promise: what AWS fixes at creation is never changed by surprise: blocked with the way out, or replaced when allowed. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import {
  conditions,
  liveService,
  minute,
  readyMessage,
  said,
  service,
  shop,
  stalled,
  written,
} from './shop.ts'

test('a create-only change is blocked and names the annotation that allows it', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop({ image: 'nginx:1.28', service: { launchType: 'EC2' } }))
  await stalled(rig, service)
  expect(conditions(rig, service)).toContain('Stalled CreateOnly')
  expect(readyMessage(rig, service)).toContain('launchType')
  expect(readyMessage(rig, service)).toContain('fairlead.dev/replace: allowed')
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition'])
  await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  await rig.stop()
})

test('with the annotation the service drains, goes and comes back', async () => {
  const rig = createRig()
  await rig.git(shop({ service: { enableECSManagedTags: true } }))
  await rig.ready()
  rig.calls.length = 0
  rig.events.length = 0
  const before = await liveService(rig)
  await rig.git(
    shop({
      annotations: { replace: 'allowed' },
      service: { launchType: undefined, schedulingStrategy: 'DAEMON', desiredCount: undefined },
      definition: { requiresCompatibilities: undefined },
    }),
  )
  await rig.clock.runUntil(() => rig.status(service)?.health === 'Progressing', minute)
  expect(conditions(rig, service)).toContain('Reconciling Draining')
  await rig.clock.runUntil(
    () => rig.writes().some(({ operation }) => operation === 'ecs:CreateService'),
    10 * minute,
  )
  expect(written(rig)).toEqual([
    'ecs:RegisterTaskDefinition',
    'ecs:DeleteService',
    'ecs:CreateService',
  ])
  const after = await liveService(rig)
  expect(after.schedulingStrategy).toBe('DAEMON')
  expect(after.createdAt).not.toEqual(before.createdAt)
  expect(said(rig, 'Replacing')).toHaveLength(1)
  expect(said(rig, 'Created')).toHaveLength(1)
  expect(said(rig, 'DriftDetected')).toEqual([])
  await rig.stop()
})

test('a new capacity provider strategy asks for the deployment that AWS demands', async () => {
  const rig = createRig()
  const on = (capacityProvider: string) =>
    shop({
      cluster: { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] },
      service: {
        launchType: undefined,
        capacityProviderStrategy: [{ capacityProvider, weight: 1 }],
      },
    })
  await rig.git(on('FARGATE'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(on('FARGATE_SPOT'))
  await rig.ready()
  expect(rig.writes()).toEqual([
    {
      operation: 'ecs:UpdateService',
      input: {
        cluster: 'shop',
        service: 'web',
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
        forceNewDeployment: true,
      },
    },
  ])
  const { deployments } = await liveService(rig)
  expect(deployments).toHaveLength(1)
  expect(deployments?.[0]?.capacityProviderStrategy?.[0]?.capacityProvider).toBe('FARGATE_SPOT')
  await rig.stop()
})
