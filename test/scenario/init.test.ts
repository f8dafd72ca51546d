/** Promise: what `fairlead init` writes is all that it takes: from an empty account to Ready, and then quiet. */
import { expect, test } from 'vitest'
import { collect } from '../../src/cli/init/collect.ts'
import { filesOf } from '../../src/cli/init/files.ts'
import { createRig } from '../rig.ts'
import { minute } from './shop.ts'

test.each(['ec2', 'fargate'])(
  '%s: the defaults become Ready, and nothing is written after',
  async (launch) => {
    const rig = createRig()
    const { problems } = await rig.git(filesOf(await collect({ launch })))
    expect(problems).toEqual([])
    await rig.ready(60 * minute)
    const { services } = rig.simulator.world()
    expect([...services.values()].map(({ service }) => service.serviceName)).toEqual(['web'])
    expect(rig.status('default/Service/web')?.progress).toMatchObject({ running: 1 })
    rig.calls.length = 0
    await rig.clock.advance(10 * minute)
    expect(rig.writes()).toEqual([])
    await rig.stop()
  },
)
