/** Promise: minimal. A whole environment costs at most 40 reads a sweep, and no write. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import { document, files, minute, webDefinition } from './shop.ts'

const group = (name: string) =>
  document('InstanceGroup', name, {
    cluster: { ref: 'shop' },
    network: { ref: 'shop' },
    instanceTypes: ['m5.large'],
    size: { min: 2, max: 6 },
  })

test('1 VPC, 6 subnets, 3 instance groups, 50 services: at most 40 reads a sweep', async () => {
  const services = Array.from({ length: 50 }, (_, n) =>
    document('Service', `web-${n}`, {
      cluster: { ref: 'shop' },
      taskDefinition: { ref: `web-${n}` },
      desiredCount: 1,
      capacityProviderStrategy: [{ capacityProvider: { ref: `group-${n % 3}` }, weight: 1 }],
    }),
  )
  const { containerDefinitions } = webDefinition()
  const small = containerDefinitions.map((one) => ({ ...one, memory: 128 }))
  const definitions = Array.from({ length: 50 }, (_, n) =>
    document('TaskDefinition', `web-${n}`, { containerDefinitions: small }),
  )
  const rig = createRig({ intervalMs: 60_000 })
  await rig.git(
    files(
      document('Network', 'shop', { cidrBlock: '10.0.0.0/16', availabilityZones: 3 }),
      ...[0, 1, 2].map((n) =>
        document('Subnet', `data-${n}`, {
          vpcId: { ref: 'shop' },
          cidrBlock: `10.0.${200 + n}.0/24`,
          availabilityZone: `us-east-1${'abc'[n]}`,
        }),
      ),
      document('Cluster', 'shop'),
      group('group-0'),
      group('group-1'),
      group('group-2'),
      ...definitions,
      ...services,
    ),
  )
  await rig.ready(90 * minute)
  await rig.clock.advance(30 * minute)
  const sweeps = 10
  rig.calls.length = 0
  await rig.clock.advance(sweeps * minute)
  expect(rig.writes()).toEqual([])
  const counts: Record<string, number> = {}
  for (const { operation } of rig.reads()) counts[operation] = (counts[operation] ?? 0) + 1
  expect(rig.reads().length / sweeps, JSON.stringify(counts, null, 1)).toBeLessThanOrEqual(40)
  await rig.stop()
}, 120_000)
