/** Promise: a roll-out that a hook holds until somebody lets it go on says so, and with which command; it is no stall. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import { frontDoor } from './front-door.ts'
import { conditions, minute, readyMessage, said, service, shop } from './shop.ts'

const stage = 'POST_TEST_TRAFFIC_SHIFT'
const pause = {
  targetType: 'PAUSE',
  lifecycleStages: [stage],
  timeoutConfiguration: { timeoutInMinutes: 180, action: 'ROLLBACK' },
}

test('paused at a stage: told once, with the way on, until somebody goes on', async () => {
  const rig = createRig()
  const members = await frontDoor(rig)
  const git = (image: string, lifecycleHooks: object[]) =>
    rig.git(
      shop({
        definition: {
          containerDefinitions: [{ name: 'app', image, portMappings: [{ containerPort: 80 }] }],
        },
        service: {
          ...members,
          deploymentConfiguration: {
            ...{ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 },
            lifecycleHooks,
          },
        },
      }),
    )
  await git('nginx:1.27', [])
  await rig.ready()
  await git('nginx:1.28', [pause])
  await rig.clock.runUntil(() => said(rig, 'Paused').length > 0, 10 * minute)
  await rig.clock.advance(60 * minute)
  expect(conditions(rig, service)).toContain('Reconciling DeploymentInProgress')
  const { id, paused } = rig.status(service)?.rollout ?? {}
  const command = `aws ecs continue-service-deployment --service-deployment-arn ${id} --hook-id ${paused?.hookId} --action CONTINUE`
  expect(readyMessage(rig, service)).toMatch(
    /paused at POST_TEST_TRAFFIC_SHIFT until somebody lets it go on by 20\S+Z, else ROLLBACK: aws/,
  )
  expect(readyMessage(rig, service)).toContain(command)
  expect(said(rig, 'Paused')).toEqual([expect.stringContaining(command)])
  await rig.aws('ecs:ContinueServiceDeployment', {
    serviceDeploymentArn: id,
    hookId: paused?.hookId,
    action: 'CONTINUE',
  })
  await rig.clock.runUntil(() => /stage BAKE_TIME/.test(readyMessage(rig, service)), 3 * minute)
  expect(readyMessage(rig, service)).toMatch(/targets healthy, stage BAKE_TIME$/)
  await rig.ready()
  expect(said(rig, 'Paused')).toHaveLength(1)
  await rig.stop()
})
