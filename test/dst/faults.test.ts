/** Twenty resources, every fifth call failing, reads up to ten seconds old: the fixpoint is reached all the same. */
import type { Service } from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { isRead } from '../../src/cli/connect.ts'
import { seededRandom } from '../../src/runtime.ts'
import { createRig } from '../rig.ts'
import { faulty, twentyResources } from './faulty.ts'

const seeds = Number(process.env['FAIRLEAD_SEEDS'] ?? 40)
const first = Number(process.env['FAIRLEAD_SEED'] ?? 1)

async function history(seed: number): Promise<void> {
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
  expect(new Set(names).size, 'no service twice').toBe(names.length)
  expect(names.length, 'ten of ours, one foreign').toBe(11)
  for (const [family, revisions] of world.families) {
    const images = revisions.flatMap(
      (record) => record?.definition.containerDefinitions?.[0]?.image ?? [],
    )
    expect(new Set(images).size, `${family}: no revision twice`).toBe(images.length)
  }
  const touched = rig.writes().filter(({ input }) => JSON.stringify(input).includes('foreign'))
  expect(touched, 'nothing unowned is written').toEqual([])

  // The fixpoint is quiet.
  await rig.clock.advance(60_000)
  rig.calls.length = 0
  await rig.clock.advance(600_000)
  expect(rig.calls.filter(({ operation }) => !isRead(operation))).toEqual([])
  const { services } = (await rig.aws('ecs:DescribeServices', {
    cluster: 'harbour',
    services: names.filter((name) => name !== 'foreign'),
  })) as { services: Service[] }
  for (const service of services) {
    expect(service.deployments?.length, `${service.serviceName}: one deployment`).toBe(1)
    expect(service.runningCount).toBe(service.desiredCount)
  }
  await rig.stop()
}

test(`${seeds} seeds from ${first}: faults, stale reads and restarts end in a quiet fixpoint`, async () => {
  for (let seed = first; seed < first + seeds; seed++) {
    await history(seed).catch((error: Error) => {
      error.message = `FAIRLEAD_SEED=${seed} FAIRLEAD_SEEDS=1: ${error.message}`
      throw error
    })
  }
}, 300_000)
