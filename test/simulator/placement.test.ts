/** Placement: constraints, strategies, refusals, and the cluster query language. */
import type { ContainerInstance } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { parseQuery } from '../../src/simulator/machines/cluster-query.ts'
import { onFargate, type Story, story } from './story.ts'

const fleet = (count: number, type = 't3.medium') => ({
  containerInstances: [{ cluster: 'shop', count, type }],
})

function instances(teller: Story): ContainerInstance[] {
  const { containerInstanceArns: arns } = teller.ecs('ListContainerInstances', { cluster: 'shop' })
  if (arns.length === 0) return []
  return teller.ecs('DescribeContainerInstances', { cluster: 'shop', containerInstances: arns })
    .containerInstances
}

function resource(instance: ContainerInstance | undefined, name: string) {
  const found = instance?.remainingResources?.find((one) => one.name === name)
  return found?.type === 'STRINGSET' ? found.stringSetValue : found?.integerValue
}

describe('placement', () => {
  it('reserves CPU, memory and host ports, and gives them back', () => {
    const teller = story(fleet(1))
    const free = instances(teller)[0]
    teller.revision({
      memoryReservation: 100,
      portMappings: [{ containerPort: 80, hostPort: 8080 }],
    })
    teller.create({ desiredCount: 1 })
    teller.after(60)
    const [used] = instances(teller)
    expect(used).toMatchObject({ runningTasksCount: 1, pendingTasksCount: 0 })
    expect(resource(used, 'CPU')).toBe(Number(resource(free, 'CPU')) - 64)
    expect(resource(used, 'MEMORY')).toBe(Number(resource(free, 'MEMORY')) - 100)
    expect(resource(used, 'PORTS')).toContain('8080')
    teller.update({ desiredCount: 0 })
    teller.after(60)
    expect(instances(teller)[0]?.remainingResources).toEqual(free?.remainingResources)
  })

  const pointer =
    'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.'
  const unable =
    'was unable to place a task because no container instance met all of its requirements.'
  const match = `${unable} The closest matching (container-instance T)`

  it.each([
    [
      'no instance',
      0,
      {},
      {},
      `${unable} Reason: No Container Instances were found in your cluster. ${pointer}`,
    ],
    [
      'too little memory',
      1,
      { memory: 9000 },
      {},
      `${match} has insufficient memory available. ${pointer}`,
    ],
    [
      'too little CPU',
      1,
      { cpu: 4096 },
      {},
      `${match} has insufficient CPU units available. ${pointer}`,
    ],
    [
      'a port in use',
      1,
      { portMappings: [{ containerPort: 80, hostPort: 22 }] },
      {},
      `${match} is already using a port required by your task. ${pointer}`,
    ],
    [
      'a missing attribute',
      1,
      {},
      { runtimePlatform: { cpuArchitecture: 'ARM64' } },
      `${match} is missing an attribute required by your task. ${pointer}`,
    ],
    [
      'a constraint',
      1,
      {},
      { placementConstraints: [{ type: 'memberOf', expression: 'attribute:rack == 7' }] },
      `${match} encountered error "memberOf constraint unsatisfied.". ${pointer}`,
    ],
  ])('says in one event why: %s', (_, count, container, definition, text) => {
    const teller = story(fleet(count))
    teller.revision(container, definition)
    teller.create({})
    teller.after(600)
    expect(teller.events()).toEqual([text])
    expect(teller.service()).toMatchObject({ runningCount: 0, pendingCount: 0 })
  })

  it.each([
    ['RESOURCE:MEMORY', { memory: 9000 }, {}, {}],
    ['RESOURCE:CPU', { cpu: 4096 }, {}, {}],
    ['RESOURCE:PORTS', { portMappings: [{ containerPort: 80, hostPort: 22 }] }, {}, {}],
    ['ATTRIBUTE', {}, { runtimePlatform: { cpuArchitecture: 'ARM64' } }, {}],
    ['RESOURCE:GPU', { resourceRequirements: [{ type: 'GPU', value: '1' }] }, {}, {}],
    [
      'memberOf constraint unsatisfied.',
      {},
      {},
      { placementConstraints: [{ type: 'memberOf', expression: 'attribute:rack exists' }] },
    ],
  ])('fails RunTask with %s', (reason, container, definition, input) => {
    const teller = story(fleet(2))
    teller.revision(container, definition)
    const { tasks, failures } = teller.ecs('RunTask', {
      cluster: 'shop',
      taskDefinition: 'web',
      ...input,
    })
    expect(tasks).toEqual([])
    const arns = instances(teller).map((one) => one.containerInstanceArn)
    expect(failures).toHaveLength(2)
    expect(failures).toEqual(expect.arrayContaining(arns.map((arn) => ({ arn, reason }))))
  })

  it('gives GPUs out one by one', () => {
    const teller = story(fleet(1, 'g4dn.12xlarge'))
    teller.revision({ resourceRequirements: [{ type: 'GPU', value: '2' }] })
    const run = () => teller.ecs('RunTask', { cluster: 'shop', taskDefinition: 'web', count: 1 })
    const [first, second] = [run(), run()]
    const ids = [first, second].flatMap(({ tasks }) => tasks[0].containers[0].gpuIds)
    expect(new Set(ids).size).toBe(4)
    expect(run().failures[0].reason).toBe('RESOURCE:GPU')
    teller.ecs('StopTask', { cluster: 'shop', task: first.tasks[0].taskArn })
    teller.after(20)
    expect(run().tasks[0].containers[0].gpuIds).toHaveLength(2)
  })

  it('counts network interfaces of awsvpc tasks', () => {
    const teller = story(fleet(1, 'c5.large'))
    teller.revision({}, { networkMode: 'awsvpc' })
    const input = {
      cluster: 'shop',
      taskDefinition: 'web',
      networkConfiguration: onFargate.networkConfiguration,
    }
    const { tasks, failures } = teller.ecs('RunTask', { ...input, count: 3 })
    expect(tasks).toHaveLength(2)
    expect(failures).toMatchObject([{ reason: 'RESOURCE:ENI' }])
    const elsewhere = { awsvpcConfiguration: { subnets: ['subnet-0defa00000000000c'] } }
    expect(
      teller.ecs('RunTask', { ...input, networkConfiguration: elsewhere }).failures,
    ).toMatchObject([{ reason: 'LOCATION' }])
  })

  const spreadOf = (teller: Story) =>
    instances(teller)
      .map((one) => one.runningTasksCount ?? 0)
      .sort()

  it.each([
    ['over zones and instances without a strategy', [], [2, 2, 2]],
    ['by binpack', [{ type: 'binpack', field: 'memory' }], [0, 0, 6]],
    ['by spread over instances', [{ type: 'spread', field: 'instanceId' }], [2, 2, 2]],
  ])('spreads %s', (_, placementStrategy, expected) => {
    const teller = story(fleet(3))
    teller.revision()
    teller.create({ desiredCount: 6, placementStrategy })
    teller.after(60)
    expect(spreadOf(teller)).toEqual(expected)
  })

  it('keeps distinctInstance', () => {
    const teller = story(fleet(2))
    teller.revision()
    teller.create({ desiredCount: 3, placementConstraints: [{ type: 'distinctInstance' }] })
    teller.after(60)
    expect(spreadOf(teller)).toEqual([1, 1])
    expect(teller.events().at(-1)).toContain('distinctInstance placement constraint unsatisfied.')
  })

  it('sees attributes that are put on an instance later', () => {
    const teller = story(fleet(2))
    teller.revision()
    teller.create({
      placementConstraints: [{ type: 'memberOf', expression: 'attribute:rack in [6, 7]' }],
    })
    teller.after(60)
    expect(teller.service().runningCount).toBe(0)
    const targetId = instances(teller)[1]?.containerInstanceArn
    teller.ecs('PutAttributes', {
      cluster: 'shop',
      attributes: [{ name: 'rack', value: '7', targetId }],
    })
    teller.after(60)
    expect(teller.service().runningCount).toBe(2)
    const input = { cluster: 'shop', targetType: 'container-instance', attributeName: 'rack' }
    expect(teller.ecs('ListAttributes', input).attributes).toEqual([
      { name: 'rack', value: '7', targetId },
    ])
    teller.ecs('DeleteAttributes', { cluster: 'shop', attributes: [{ name: 'rack', targetId }] })
    expect(teller.ecs('ListAttributes', input).attributes).toEqual([])
  })

  it('starts a fixed port on one instance only after the old task has stopped', () => {
    const teller = story(fleet(1))
    teller.revision({ portMappings: [{ containerPort: 80, hostPort: 80 }] })
    const deploymentConfiguration = { minimumHealthyPercent: 0, maximumPercent: 100 }
    teller.create({ desiredCount: 1, deploymentConfiguration })
    teller.after(60)
    teller.update({ forceNewDeployment: true })
    teller.after(100)
    expect(teller.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
    teller.update({
      forceNewDeployment: true,
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
    })
    teller.after(600)
    expect(teller.service().deployments).toHaveLength(2)
    expect(teller.events().at(-1)).toContain('is already using a port required by your task.')
  })
})

describe('the cluster query language', () => {
  const teller = story(fleet(1))
  const world = teller.sim.world()
  const [instance] = world.instances.values()
  it.each([
    ['attribute:ecs.instance-type == t3.medium', true],
    ['attribute:ecs.instance-type != t3.medium', false],
    ['attribute:ecs.instance-type =~ t3.*', true],
    ['attribute:ecs.instance-type =~ m5.*', false],
    ['attribute:ecs.instance-type !~ m5.*', true],
    ['attribute:ecs.availability-zone in [us-east-1a, us-east-1b]', true],
    ['attribute:ecs.availability-zone not_in [us-east-1a]', false],
    ['attribute:rack exists', false],
    ['attribute:rack !exists', true],
    ['not (attribute:rack exists) and agentConnected == true', true],
    ['attribute:rack exists or runningTasksCount < 1', true],
    ['!(attribute:rack exists) && (status == ACTIVE || status == DRAINING)', true],
    ['task:group == service:web', false],
    ["attribute:ecs.os-type == 'linux'", true],
  ])('%s is %s', (expression, expected) => {
    if (!instance) throw new Error('no instance')
    expect(parseQuery(expression)(world, instance)).toBe(expected)
  })

  it.each(['', 'attribute:x', 'attribute:x ==', '(a == b', 'nonsense == 1', 'attribute:x == 1 2'])(
    'does not take "%s"',
    (expression) => {
      expect(() => parseQuery(expression)).toThrow(SyntaxError)
    },
  )
})
