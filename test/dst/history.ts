/** One history of twenty resources: every fifth call fails, reads are up to ten seconds old, the controller may restart. */
import assert from 'node:assert/strict'
import type { Service } from '@aws-sdk/client-ecs'
import { seededRandom } from '../../src/runtime.ts'
import { createRig } from '../rig.ts'
import { faulty, twentyResources } from './faulty.ts'

/** Throws when the fixpoint is not reached, is not what Git says, or is not quiet. */
export async function history(seed: number): Promise<void> {
  const random = seededRandom(seed * 7919)
  let faults = true
  const rig = createRig({
    seed,
    simulator: { staleReadsMs: 10_000 },
    layer: faulty(random, 0.2, () => faults),
  })
  // Somebody else's things stand in the same account.
  await rig.aws('ecs:CreateCluster', { clusterName: 'foreign' })
  await rig.aws('ecs:RegisterTaskDefinition', {
    family: 'foreign',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 64 }],
  })
  await rig.aws('ecs:CreateService', {
    cluster: 'foreign',
    serviceName: 'foreign',
    taskDefinition: 'foreign',
    desiredCount: 0,
  })

  await rig.git(twentyResources('1.27'))
  await rig.clock.advance(20_000 + random() * 60_000)
  if (seed % 2 === 0) await rig.restart()
  await rig.git(twentyResources('1.28'))
  await rig.clock.advance(random() * 120_000)
  faults = false
  await rig.ready()

  const world = rig.simulator.world('us-east-1')
  const alive = [...world.services.values()].filter(({ service }) => service.status === 'ACTIVE')
  const names = alive.map(({ service }) => service.serviceName)
  assert.equal(new Set(names).size, names.length, 'no service twice')
  assert.equal(names.length, 11, 'ten of ours, one foreign')
  for (const [family, revisions] of world.families) {
    const images = revisions.flatMap(
      (record) => record?.definition.containerDefinitions?.[0]?.image ?? [],
    )
    assert.equal(new Set(images).size, images.length, `${family}: no revision twice`)
  }
  const touched = rig.writes().filter(({ input }) => JSON.stringify(input).includes('foreign'))
  assert.deepEqual(touched, [], 'nothing unowned is written')

  // The fixpoint is quiet.
  await rig.clock.advance(60_000)
  rig.calls.length = 0
  await rig.clock.advance(600_000)
  assert.deepEqual(rig.writes(), [], 'the fixpoint is quiet')
  const { services } = (await rig.aws('ecs:DescribeServices', {
    cluster: 'harbour',
    services: names.filter((name) => name !== 'foreign'),
  })) as { services: Service[] }
  for (const service of services) {
    assert.equal(service.deployments?.length, 1, `${service.serviceName}: one deployment`)
    assert.equal(service.runningCount, service.desiredCount)
  }
  await rig.stop()
}
