/** Promise: what gets another name in AWS is made beside the old one, its users move over, and only then the old one goes. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import {
  allowed,
  front,
  grouped,
  named,
  provided,
  running,
  targetGroups,
  watching,
} from './beside.ts'
import {
  conditions,
  document,
  liveService,
  minute,
  readyMessage,
  said,
  shop,
  stalled,
  webService,
  written,
} from './shop.ts'

test('a service: the new one is steady before the old one is drained, and no task is missing in between', async () => {
  const rig = createRig()
  await rig.git(named('web'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(named('web2', allowed))
  let least = Number.POSITIVE_INFINITY
  await watching(rig, () => {
    least = Math.min(least, running(rig))
  })
  expect(written(rig)).toEqual(['ecs:CreateService', 'ecs:DeleteService'])
  expect(least).toBe(2)
  expect((await liveService(rig, 'web')).status).toBe('INACTIVE')
  expect(running(rig)).toBe(2)
  expect(said(rig, 'Deleted')).toEqual([
    'Service web (web): Service web has taken its place · DeleteService',
  ])
  expect(said(rig, 'Pruned')).toEqual(['Service web (web) is gone from AWS'])
  expect(said(rig, 'Released')).toEqual([])
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(rig.status('default/Service/web (web)')).toBeUndefined()
  await rig.stop()
})

test('a target group: the listener and the service move over, and it goes once the roll-out has ended', async () => {
  const rig = createRig()
  await rig.git(front({ name: 'web' }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(front({ name: 'web2', port: 8080 }, allowed))
  let least = Number.POSITIVE_INFINITY
  await watching(rig, () => {
    least = Math.min(least, running(rig))
  })
  expect(written(rig)).toEqual([
    'elasticloadbalancing:CreateTargetGroup',
    'elasticloadbalancing:ModifyListener',
    'ecs:UpdateService',
    'elasticloadbalancing:DeleteTargetGroup',
  ])
  expect(least).toBe(2)
  expect(targetGroups(rig)).toEqual(['web2'])
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a security group: rules and services take the new one, then it goes', async () => {
  const rig = createRig()
  await rig.git(grouped('web'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(grouped('web2', allowed, { description: 'other words' }))
  await rig.ready()
  const operations = written(rig)
  expect(operations.filter((one) => !one.includes('SecurityGroupIngress'))).toEqual([
    'ec2:CreateSecurityGroup',
    'ecs:UpdateService',
    'ec2:DeleteSecurityGroup',
  ])
  expect(operations.at(-1)).toBe('ec2:DeleteSecurityGroup')
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a capacity provider: the service moves to the new one, the cluster lets go of the old one, which goes', async () => {
  const rig = createRig()
  await rig.git(provided('hosts', 'one'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(provided('hosts2', 'two', allowed))
  let least = Number.POSITIVE_INFINITY
  await watching(rig, () => {
    least = Math.min(least, running(rig))
  })
  // An instance that no provider counted before is replaced; that has nothing to do with it.
  const strays = 'autoscaling:TerminateInstanceInAutoScalingGroup'
  expect(written(rig).filter((operation) => operation !== strays)).toEqual([
    'ecs:CreateCapacityProvider',
    'ecs:PutClusterCapacityProviders',
    'ecs:UpdateService',
    'ecs:PutClusterCapacityProviders',
    'ecs:DeleteCapacityProvider',
  ])
  expect(least).toBe(2)
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

const old = 'default/Service/web (web)'

test('without prune and annotation it is left behind, and says what lets it go; then it goes', async () => {
  const rig = createRig()
  await rig.git(named('web'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(named('web2'))
  await rig.ready()
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual(['ecs:CreateService'])
  expect(conditions(rig, old)).toEqual(['Ready LeftBehind'])
  expect(readyMessage(rig, old)).toContain('fairlead.dev/replace: allowed at Service web, or prune')
  expect(said(rig, 'LeftBehind')).toHaveLength(1)
  expect(rig.controller.view().leaving.map(({ key }) => key)).toEqual([old])
  await rig.git(named('web2', allowed))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:DeleteService'])
  expect(rig.controller.view().leaving).toEqual([])
  await rig.stop()
})

test('with prune it goes, within the limit on deletes', async () => {
  const rig = createRig({ prune: { maxDeletes: 0 } })
  await rig.git(named('web'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(named('web2'))
  await stalled(rig, old)
  expect(conditions(rig, old)).toContain('Stalled TooManyDeletes')
  expect(written(rig)).toEqual(['ecs:CreateService'])
  await rig.stop()
  const more = createRig({ beside: rig, prune: { maxDeletes: 1 } })
  await more.git(named('web2'))
  await more.ready()
  expect(written(more)).toEqual(['ecs:DeleteService'])
  await more.stop()
})

test('what was adopted is never deleted: with prune its tags are taken off', async () => {
  const before = createRig({ owner: 'hand' })
  await before.git(named('web'))
  await before.ready()
  await before.stop()
  const { services, tags } = before.simulator.world()
  const arn = [...services.values()][0]?.service.serviceArn ?? ''
  for (const key of Object.keys(tags.get(arn) ?? {})) delete tags.get(arn)![key]
  for (const own of tags.values())
    if (own['fairlead:owner'] === 'hand') own['fairlead:owner'] = 'default'
  const rig = createRig({ beside: before, prune: { maxDeletes: '100%' } })
  await rig.git(named('web', { adopt: 'unchanged' }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(named('web2', allowed))
  await rig.ready()
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual(['ecs:CreateService', 'ecs:UntagResource'])
  expect((await liveService(rig, 'web')).status).toBe('ACTIVE')
  expect(running(rig)).toBe(4)
  await rig.stop()
})

test.each([
  ['allowed', {}],
  ['pruned', { prune: { maxDeletes: '100%' } }],
])(
  '%s: Git goes back before the old one is gone: it is the wanted one again, and the new one goes',
  async (_, options) => {
    const rig = createRig(options)
    await rig.git(named('web', allowed))
    await rig.ready()
    rig.calls.length = 0
    await rig.git(named('web2', allowed))
    await rig.clock.runUntil(() => rig.writes().length === 1, minute)
    await rig.clock.advance(8_000)
    await rig.git(named('web', allowed))
    await rig.ready()
    await rig.clock.advance(10 * minute)
    expect(rig.writes().map(({ operation, input }) => [operation, input.service])).toEqual([
      ['ecs:CreateService', undefined],
      ['ecs:DeleteService', 'web2'],
    ])
    expect((await liveService(rig, 'web')).status).toBe('ACTIVE')
    expect(said(rig, 'Pruned')).toEqual(['Service web (web2) is gone from AWS'])
    await rig.stop()
  },
)

test('another manifest takes the old name over: then nothing of it goes', async () => {
  const rig = createRig({ prune: { maxDeletes: '100%' } })
  await rig.git(named('web'))
  await rig.ready()
  rig.calls.length = 0
  const heir = document('Service', 'heir', webService({ serviceName: 'web' }))
  await rig.git(shop({ service: { serviceName: 'web2' }, annotations: allowed, more: [heir] }))
  await rig.ready()
  await rig.clock.advance(30 * minute)
  expect(written(rig).sort()).toEqual(['ecs:CreateService', 'ecs:TagResource'])
  expect(running(rig)).toBe(4)
  expect(said(rig, 'LeftBehind')).toEqual([])
  expect([...(await liveService(rig, 'web')).tags!].map(({ value }) => value)).toContain(
    'default/Service/heir',
  )
  await rig.stop()
})

test('a group that says no name keeps the one that it has', async () => {
  const rig = createRig({ prune: { maxDeletes: '100%' } })
  await rig.git(grouped('web2'))
  await rig.ready()
  rig.calls.length = 0
  const [text = ''] = Object.values(grouped('web2'))
  await rig.git({ 'shop.yaml': text.replace('"groupName":"web2",', '') })
  await rig.ready()
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a new one that never gets steady takes nothing away', async () => {
  const rig = createRig()
  await rig.git(named('web'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(
    shop({ simulate: 'cannot pull', service: { serviceName: 'web2' }, annotations: allowed }),
  )
  await rig.clock.advance(120 * minute)
  expect(written(rig)).not.toContain('ecs:DeleteService')
  expect((await liveService(rig, 'web')).runningCount).toBe(2)
  expect(readyMessage(rig, old)).toContain('goes once Service web stands')
  await rig.stop()
})

test('what is left behind keeps what it runs on', async () => {
  const rig = createRig()
  await rig.git(front({ name: 'web' }, {}, { serviceName: 'web' }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(front({ name: 'web2' }, allowed, { serviceName: 'web2' }))
  await rig.clock.advance(30 * minute)
  expect(targetGroups(rig)).toEqual(['web', 'web2'])
  expect(readyMessage(rig, 'default/TargetGroup/web (web)')).toContain(
    'Service web (web) still uses it (members.loadBalancers[].targetGroupArn)',
  )
  await rig.aws('ecs:DeleteService', { cluster: 'shop', service: 'web', force: true })
  await rig.ready()
  expect(targetGroups(rig)).toEqual(['web2'])
  await rig.stop()
})

test('a port of the host that the old one holds: the new one says so, and the old one stays', async () => {
  const rig = createRig({
    simulator: { containerInstances: [{ cluster: 'shop', count: 2, type: 't3.medium' }] },
  })
  const on = (serviceName: string) =>
    shop({
      definition: {
        requiresCompatibilities: ['EC2'],
        networkMode: 'bridge',
        containerDefinitions: [
          {
            name: 'app',
            image: 'nginx:1.27',
            memory: 64,
            portMappings: [{ containerPort: 80, hostPort: 8080 }],
          },
        ],
      },
      service: { launchType: 'EC2', networkConfiguration: undefined, serviceName },
      annotations: allowed,
    })
  await rig.git(on('web'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(on('web2'))
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual(['ecs:CreateService'])
  expect(running(rig)).toBe(2)
  expect(readyMessage(rig, 'default/Service/web')).toContain('8080')
  expect(readyMessage(rig, old)).toContain('goes once Service web stands')
  await rig.stop()
})
