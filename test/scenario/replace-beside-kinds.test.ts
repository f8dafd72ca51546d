/** Promise: every kind that has a name of its own in AWS is made beside the old one and moved to, in the order AWS wants. */
import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { select } from '../../src/server/api.ts'
import { createRig } from '../rig.ts'
import { allowed, front, named, provided, running, watching } from './beside.ts'
import { all, held, means, taskRole, trust } from './means.ts'
import { cpuPolicy, liveTarget, scaledShop, webTarget } from './scaling.ts'
import {
  document,
  files,
  liveService,
  minute,
  readyMessage,
  said,
  shop,
  webDefinition,
  written,
} from './shop.ts'

const settled = 2 * minute

test('a role, its profile and the template that names it: each goes after its user', async () => {
  const rig = createRig()
  await rig.git(means())
  await rig.ready()
  await rig.clock.advance(settled)
  rig.calls.length = 0
  const annotations = allowed
  const changed = means({
    annotations,
    role: { roleName: 'new' },
    profile: { instanceProfileName: 'new' },
  })
  const [text = ''] = Object.values(changed)
  const template = '"spec":{"launchTemplateData"'
  await rig.git({
    'shop.yaml': text.replace(template, '"spec":{"launchTemplateName":"new","launchTemplateData"'),
  })
  await rig.ready()
  await rig.clock.advance(settled)
  await rig.ready()
  expect(held(rig)).toEqual({
    ...all,
    roles: [['new', all.roles[0]![1], all.roles[0]![2]]],
    profiles: [['new', 'new']],
    templates: [['new', 1, [[1, 't3.medium']]]],
  })
  const deletes = rig.writes().flatMap(({ operation }) => operation.match(/Delete.*/) ?? [])
  expect(deletes).toEqual([
    'DeleteLaunchTemplate',
    'DeleteInstanceProfile',
    'DeleteRolePolicy',
    'DeleteRole',
  ])
  rig.calls.length = 0
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a role that tasks run with stays until the services have rolled out', async () => {
  const rig = createRig()
  const on = (roleName: string) =>
    files(
      document('Cluster', 'shop'),
      document('Role', 'task', { ...taskRole, policies: [], roleName }, allowed),
      document('TaskDefinition', 'web', { ...webDefinition(), taskRoleArn: { ref: 'task' } }),
      ...Object.values(shop())[0]!
        .split('\n---\n')
        .map((each) => JSON.parse(each))
        .filter(({ kind }) => kind === 'Service'),
    )
  await rig.git(on('one'))
  await rig.ready()
  await rig.clock.advance(settled)
  rig.calls.length = 0
  await rig.git(on('two'))
  let ended = false
  await rig.clock.runUntil(() => {
    ended ||= said(rig, 'Succeeded').length > 1
    return written(rig).includes('iam:DeleteRole')
  }, 30 * minute)
  expect(ended).toBe(true)
  expect(await rig.aws('iam:ListRoles', {})).toMatchObject({
    Roles: expect.not.arrayContaining([expect.objectContaining({ RoleName: 'one' })]),
  })
  await rig.ready()
  await rig.stop()
})

test('a scaled service begins with as many tasks as the old one has; its target goes with that', async () => {
  const rig = createRig()
  const by = (serviceName: string) =>
    scaledShop(
      1,
      { annotations: allowed, service: { serviceName } },
      webTarget({}, allowed),
      cpuPolicy(),
    )
  await rig.git(by('web'))
  await rig.ready()
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 5 })
  await rig.clock.advance(5 * minute)
  await rig.ready()
  rig.calls.length = 0
  await rig.git(by('web2'))
  let least = Number.POSITIVE_INFINITY
  await rig.clock.runUntil(() => {
    least = Math.min(least, running(rig))
    return written(rig).includes('ecs:DeleteService')
  }, 30 * minute)
  await rig.ready()
  expect(least).toBe(5)
  expect((await liveService(rig, 'web2')).desiredCount).toBe(5)
  expect(await liveTarget(rig)).toBeUndefined()
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('instances: group and provider get other names, tasks move, then the old group shrinks to nothing and goes', async () => {
  const rig = createRig()
  await rig.git(provided('hosts', 'one', allowed))
  await rig.ready()
  await rig.clock.advance(settled)
  rig.calls.length = 0
  const [text = ''] = Object.values(provided('hosts2', 'one', allowed))
  const renamed = text.split('\n---\n').map((each) => {
    const parsed = JSON.parse(each)
    if (parsed.metadata.name !== 'one') return each
    parsed.spec.autoScalingGroupName = 'uno'
    parsed.metadata.annotations = { 'fairlead.dev/replace': 'allowed' }
    return JSON.stringify(parsed)
  })
  await rig.git({ 'shop.yaml': renamed.join('\n---\n') })
  let least = Number.POSITIVE_INFINITY
  await watching(rig, () => {
    least = Math.min(least, running(rig))
  })
  expect(least).toBe(2)
  expect([...rig.simulator.world().autoscaling.groups.keys()].sort()).toEqual(['two', 'uno'])
  const strays = 'autoscaling:TerminateInstanceInAutoScalingGroup'
  expect(written(rig).filter((operation) => operation !== strays)).toEqual([
    'autoscaling:CreateAutoScalingGroup',
    'ecs:CreateCapacityProvider',
    'ecs:PutClusterCapacityProviders',
    'ecs:UpdateService',
    'ecs:PutClusterCapacityProviders',
    'ecs:DeleteCapacityProvider',
    'autoscaling:UpdateAutoScalingGroup',
    'autoscaling:DeleteAutoScalingGroup',
  ])
  await rig.stop()
})

test('a cluster: its services are made in the new one before those of the old one go, and it goes last', async () => {
  const rig = createRig()
  await rig.git(shop({ annotations: allowed, cluster: { clusterName: 'shop' } }))
  await rig.ready()
  await rig.clock.advance(settled)
  rig.calls.length = 0
  await rig.git(
    shop({
      annotations: allowed,
      clusterAnnotations: allowed,
      cluster: { clusterName: 'store' },
    }),
  )
  await rig.ready()
  expect(written(rig)).toEqual([
    'ecs:CreateCluster',
    'ecs:CreateService',
    'ecs:DeleteService',
    'ecs:DeleteCluster',
  ])
  await rig.stop()
})

test('a schedule is not left to fire twice', async () => {
  const rig = createRig()
  const at = (name: string) =>
    shop({
      more: [
        document('Role', 'start', {
          assumeRolePolicyDocument: trust('scheduler.amazonaws.com'),
        }),
        document(
          'ScheduledTask',
          'nightly',
          {
            name,
            scheduleExpression: 'rate(1 hour)',
            target: {
              arn: { ref: 'shop' },
              roleArn: { ref: 'start' },
              ecsParameters: {
                taskDefinitionArn: { ref: 'web' },
                launchType: 'FARGATE',
                networkConfiguration: {
                  awsvpcConfiguration: { subnets: ['subnet-0defa00000000000a'] },
                },
              },
            },
          },
          allowed,
        ),
      ],
    })
  await rig.git(at('nightly'))
  await rig.ready()
  await rig.clock.advance(settled)
  rig.calls.length = 0
  await rig.git(at('hourly'))
  await rig.ready()
  const operations = written(rig)
  expect(operations).toContain('scheduler:CreateSchedule')
  expect(operations.at(-1)).toBe('scheduler:DeleteScheduleGroup')
  await rig.stop()
})

test('a field that is fixed at creation: the reason names the way beside', async () => {
  const rig = createRig()
  await rig.git(front({ name: 'web' }))
  await rig.ready()
  await rig.git(front({ name: 'web', port: 8080 }))
  await rig.clock.advance(minute)
  expect(readyMessage(rig, 'default/TargetGroup/web')).toContain(
    'Or give it another name in AWS (spec.name): made beside this one, which goes once its users have moved',
  )
  await rig.stop()
})

test('a service that is fixed says serviceName', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.git(shop({ service: { launchType: 'EC2' } }))
  await rig.clock.advance(minute)
  expect(readyMessage(rig, 'default/Service/web')).toContain('(spec.serviceName)')
  await rig.stop()
})

test('what is on its way out, or left behind, is a row among the others', async () => {
  const rig = createRig()
  await rig.git(named('web'))
  await rig.ready()
  await rig.git(named('web2', allowed))
  await rig.clock.advance(20_000)
  const rows = () =>
    select(rig.controller.view(), kinds, { kind: 'Service' }).map(({ metadata, status }) => [
      metadata.name,
      status.conditions.find(({ type }) => type === 'Ready')?.reason,
      status.source !== '',
    ])
  expect(rows()).toEqual([
    ['web', 'DeploymentInProgress', true],
    ['web (web)', 'StillNeeded', false],
  ])
  await rig.clock.runUntil(() => rows()[1]?.[1] === 'Draining', 10 * minute)
  expect(rows()[1]).toEqual(['web (web)', 'Draining', false])
  await rig.ready()
  await rig.clock.advance(minute)
  expect(rows()).toHaveLength(1)
  await rig.stop()
})
