/** Promise: a network from nothing to Ready, kept as Git says, and taken down to nothing. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import { count, networked, nothing, shown, whole } from './network.ts'
import { minute, said, written } from './shop.ts'

test('a network and two groups that name each other, from nothing to Ready, then quiet', async () => {
  const rig = createRig()
  await rig.git(networked())
  await rig.ready()
  expect(count(rig)).toEqual(whole)
  expect(shown(rig)).toEqual({
    hostnames: true,
    subnets: ['us-east-1a 10.0.0.0/20 true', 'us-east-1b 10.0.16.0/20 true'],
    routes: ['10.0.0.0/16 loc', '0.0.0.0/0 igw', '2 subnets'],
    rules: [
      'db in -1 db',
      'db in tcp 5432 web',
      'db out tcp 443 10.0.0.0/16',
      'web in tcp 443 0.0.0.0/0 everyone',
      'web in tcp 9000 db',
      'web out -1 0.0.0.0/0',
    ],
  })
  expect(rig.events.filter(({ type }) => type === 'Warning')).toEqual([])
  expect(written(rig)).toHaveLength(17)
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.restart()
  await rig.ready()
  expect(written(rig)).toEqual([])
  void said
  await rig.stop()
})

test('a teardown leaves nothing but what was there before', async () => {
  const before = createRig()
  await before.git(networked())
  await before.ready()
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(networked())
  await rig.ready()
  expect(count(rig)).toEqual(nothing)
  expect(rig.simulator.world().ec2.vpcs.size).toBe(1)
  await rig.stop()
})
