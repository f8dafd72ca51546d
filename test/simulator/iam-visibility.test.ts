/** Who sees IAM's entities: other services after a while, all regions at once. */
import { describe, expect, it } from 'vitest'
import { createSimulator } from '../../src/simulator/index.ts'
import {
  profileOf,
  profileVisible,
  roleOf,
  roleVisible,
} from '../../src/simulator/services/iam/lookups.ts'
import { readSnapshot, writeSnapshot } from '../../src/simulator/snapshot.ts'
import { aws } from './aws.ts'
import { account, furnished, trust, trusting } from './iam-account.ts'

describe('visibility', () => {
  it('comes between five and twelve seconds after creation, by name and by exact ARN', () => {
    const { sim, now, later } = furnished()
    const seen = () => {
      const world = sim.world()
      return [
        roleVisible(world, 'host', now()),
        roleVisible(world, `${account}:role/host`, now()),
        profileVisible(world, `${account}:instance-profile/hosts`, now()),
      ]
    }
    later(4.999)
    expect(seen()).toEqual([false, false, false])
    later(7.001)
    expect(seen()).toEqual([true, true, true])
    const world = sim.world()
    expect(roleOf(world, `${account}:role/other/host`)).toBeUndefined()
    expect(profileOf(world, 'hosts')).toMatchObject({ role: 'host' })
    expect(roleVisible(world, 'none', now())).toBe(false)
  })

  it.each(Array.from({ length: 30 }, (_, i) => i + 1))(
    'of a profile never comes before that of its role (seed %i)',
    (seed) => {
      const { sim, now, later } = furnished({ seed })
      for (let i = 0; i < 120; i++) {
        later(0.1)
        const world = sim.world()
        if (profileVisible(world, 'hosts', now()))
          expect(roleVisible(world, 'host', now())).toBe(true)
      }
      expect(profileVisible(sim.world(), 'hosts', now())).toBe(true)
    },
  )

  it('a profile waits for a role that was added to it later', () => {
    const { call, sim, now, later } = aws()
    call('iam:CreateInstanceProfile', { InstanceProfileName: 'hosts' })
    later(12)
    expect(profileVisible(sim.world(), 'hosts', now())).toBe(true)
    call('iam:CreateRole', { RoleName: 'host', AssumeRolePolicyDocument: trust })
    call('iam:AddRoleToInstanceProfile', { InstanceProfileName: 'hosts', RoleName: 'host' })
    expect(profileVisible(sim.world(), 'hosts', now())).toBe(false)
    later(12)
    expect(profileVisible(sim.world(), 'hosts', now())).toBe(true)
  })

  it('holds up a trust policy and a service that name a new role', () => {
    const { call, refusal, later } = furnished()
    call('ecs:CreateCluster', { clusterName: 'shop' })
    call('ecs:RegisterTaskDefinition', {
      family: 'web',
      containerDefinitions: [{ name: 'a', image: 'a', memory: 64 }],
    })
    const service = { cluster: 'shop', serviceName: 'web', taskDefinition: 'web', role: 'host' }
    expect(refusal('ecs:CreateService', { ...service, desiredCount: 0 })).toMatch(
      /^InvalidParameterException \(400\): Unable to assume role and validate/,
    )
    later(12)
    expect(call('ecs:CreateService', { ...service, desiredCount: 0 }).service.roleArn).toBe(
      `${account}:role/host`,
    )
    call('iam:CreateRole', {
      RoleName: 'user',
      AssumeRolePolicyDocument: trusting({ AWS: `${account}:role/host` }),
    })
  })
})

it('all regions share IAM, also after a snapshot', () => {
  const { call, sim, now } = furnished()
  expect(call('iam:GetRole', { RoleName: 'host' }, 'eu-west-1').Role.RoleName).toBe('host')
  const written = readSnapshot(writeSnapshot(sim.snapshot())) as ReturnType<typeof sim.snapshot>
  for (const from of [sim.snapshot(), written]) {
    const again = createSimulator({ now, from })
    again.call(
      'iam:CreateRole',
      { RoleName: 'late', AssumeRolePolicyDocument: trust },
      { region: 'eu-west-1' },
    )
    const names = again.call('iam:ListRoles').Roles.map((r: { RoleName: string }) => r.RoleName)
    expect(names).toEqual(['host', 'late'])
    expect(again.call('iam:ListRoles', {}, { region: 'ap-south-1' }).Roles).toHaveLength(2)
  }
  expect(call('iam:ListRoles').Roles).toHaveLength(1)
})
