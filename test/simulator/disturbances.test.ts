/** What no API does: agents that die, Spot instances that are taken away; and agents that are brought up to date. */
import { describe, expect, it } from 'vitest'
import {
  containerInstances,
  createGroup,
  group,
  instances,
  newStage,
  template,
  userData,
} from './hosts.ts'
import type { Stage } from './stage.ts'

function withTasks(on: Stage, desiredCount: number) {
  on.after(45)
  on.call('ecs:RegisterTaskDefinition', {
    family: 'web',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 128 }],
  })
  on.call('ecs:CreateService', {
    cluster: 'shop',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount,
  })
  on.after(90)
}

const service = (on: Stage) =>
  on.call('ecs:DescribeServices', { cluster: 'shop', services: ['web'] }).services[0]

describe('an agent that stopped', () => {
  it('gets no tasks and no orders, while what runs goes on', () => {
    const on = newStage()
    template(on)
    createGroup(on)
    withTasks(on, 2)
    const [one] = containerInstances(on)
    on.sim.disturb({ stopAgent: one.ec2InstanceId })
    const cut = () =>
      containerInstances(on).find(
        (each: { ec2InstanceId: string }) => each.ec2InstanceId === one.ec2InstanceId,
      )
    expect(cut()).toMatchObject({ agentConnected: false, status: 'ACTIVE', runningTasksCount: 1 })
    on.call('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 4 })
    on.after(60)
    expect(service(on).runningCount).toBe(4)
    expect(cut().runningTasksCount).toBe(1)
    on.call('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 0 })
    on.after(120)
    expect(cut().runningTasksCount).toBe(1)
    on.sim.disturb({ startAgent: one.ec2InstanceId })
    on.after(60)
    expect(cut()).toMatchObject({ agentConnected: true, runningTasksCount: 0 })
    expect(cut().containerInstanceArn).toBe(one.containerInstanceArn)
    expect(() => on.sim.disturb({ stopAgent: 'i-1' })).toThrow('no instance i-1')
  })

  it('leaves a ghost when its host goes, and registers anew after it was deregistered', () => {
    const on = newStage()
    template(on)
    createGroup(on)
    on.after(45)
    const [one, two] = containerInstances(on)
    on.sim.disturb({ stopAgent: one.ec2InstanceId })
    on.call('ec2:TerminateInstances', { InstanceIds: [one.ec2InstanceId] })
    on.call('ecs:DeregisterContainerInstance', {
      cluster: 'shop',
      containerInstance: two.containerInstanceArn,
    })
    on.after(120)
    const seen = () =>
      containerInstances(on).map((each: { ec2InstanceId: string }) => each.ec2InstanceId)
    expect(seen()).toContain(one.ec2InstanceId)
    expect(seen()).not.toContain(two.ec2InstanceId)
    on.sim.disturb({ startAgent: two.ec2InstanceId })
    on.after(30)
    expect(seen()).toContain(two.ec2InstanceId)
  })

  it('may be one of a fleet that came with the account', () => {
    const on = newStage({ containerInstances: [{ cluster: 'shop', count: 1 }] })
    const [one] = containerInstances(on)
    on.sim.disturb({ stopAgent: one.containerInstanceArn })
    expect(containerInstances(on)[0].agentConnected).toBe(false)
    on.sim.disturb({ startAgent: one.ec2InstanceId })
    expect(containerInstances(on)[0].agentConnected).toBe(true)
  })
})

describe('a Spot instance', () => {
  const onSpot = (spotDraining: boolean) => {
    const on = newStage()
    const draining = spotDraining ? 'ECS_ENABLE_SPOT_INSTANCE_DRAINING=true' : ''
    template(on, {
      InstanceMarketOptions: { MarketType: 'spot' },
      UserData: userData(
        `#!/bin/bash\ncat >> /etc/ecs/ecs.config <<'END'\nECS_CLUSTER=shop\n${draining}\nEND\n`,
      ),
    })
    createGroup(on)
    withTasks(on, 2)
    const [one] = containerInstances(on)
    on.sim.disturb({ interruptSpot: one.ec2InstanceId })
    return { on, one }
  }

  it('is taken away after two minutes, and drains first where its agent is told to', () => {
    const { on, one } = onSpot(true)
    for (let i = 0; i < 110; i++) {
      on.after(1)
      expect(service(on).runningCount).toBeGreaterThanOrEqual(2)
    }
    expect(containerInstances(on)[0]).toMatchObject({ status: 'DRAINING', runningTasksCount: 0 })
    on.after(120)
    const ids = instances(on).map((each: { InstanceId: string }) => each.InstanceId)
    expect(ids).not.toContain(one.ec2InstanceId)
    expect(group(on).Instances).toHaveLength(2)
  })

  it('takes its tasks with it otherwise', () => {
    const { on } = onSpot(false)
    on.after(110)
    expect(containerInstances(on)[0]).toMatchObject({ status: 'ACTIVE', runningTasksCount: 1 })
    on.after(60)
    const { taskArns } = on.call('ecs:ListTasks', { cluster: 'shop', desiredStatus: 'STOPPED' })
    const { tasks } = on.call('ecs:DescribeTasks', { cluster: 'shop', tasks: taskArns })
    expect(tasks[0].stoppedReason).toMatch(/^Host EC2 \(instance i-.*\) terminated\.$/)
    on.after(120)
    expect(service(on).runningCount).toBe(2)
  })
})

describe('an outdated agent', () => {
  it('is brought up to date in a while', () => {
    const on = newStage()
    template(on, { ImageId: 'ami-0defa0000000000b1' })
    createGroup(on)
    on.after(45)
    const input = {
      cluster: 'shop',
      containerInstance: containerInstances(on)[0].containerInstanceArn,
    }
    const { containerInstance } = on.call('ecs:UpdateContainerAgent', input)
    expect(containerInstance.agentUpdateStatus).toBe('PENDING')
    expect(on.refusal('ecs:UpdateContainerAgent', input)).toMatch(/^UpdateInProgressException/)
    on.after(20)
    expect(containerInstances(on)[0].agentUpdateStatus).toBe('STAGING')
    on.after(60)
    expect(containerInstances(on)[0]).toMatchObject({
      agentUpdateStatus: 'UPDATED',
      versionInfo: { agentVersion: '1.100.0' },
    })
    expect(on.refusal('ecs:UpdateContainerAgent', input)).toMatch(/^NoUpdateAvailableException/)
  })
})
