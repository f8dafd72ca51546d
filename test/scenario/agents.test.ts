/** Promise: container instances are seen; agents that went away are said, and tended only where Git asks for it. */
import { expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import { instancesOf } from '../../src/cli/instances.ts'
import { AwsFailure } from '../../src/errors.ts'
import { resourceObject } from '../../src/server/api.ts'
import { createRig, type Rig } from '../rig.ts'
import { handMadeHosts } from './hand-made.ts'
import { cluster, document, files, minute, webDefinition } from './shop.ts'

/** A cluster of ours with two instances in an Auto Scaling group that somebody made by hand. */
async function running(
  annotations: Record<string, string> = {},
  image = 'amazon-linux-2023',
): Promise<Rig> {
  const rig = createRig()
  await rig.git(files(document('Cluster', 'shop', {}, annotations)))
  await rig.ready()
  await handMadeHosts(rig, {
    ...{ name: 'agents', cluster: 'shop', count: 2 },
    image: image.startsWith('ami-')
      ? image
      : `resolve:ssm:/aws/service/ecs/optimized-ami/${image}/recommended/image_id`,
  })
  await rig.clock.advance(5 * minute)
  return rig
}

const instances = (rig: Rig) => rig.status(cluster)?.instances ?? []
const agents = (rig: Rig) =>
  rig.status(cluster)?.conditions.find(({ type }) => type === 'AgentsConnected')
const said = (rig: Rig, reason: string) => rig.events.filter((event) => event.reason === reason)

test('every instance is seen with its agent, its room and its tasks', async () => {
  const rig = await running()
  expect(instances(rig)).toMatchObject([
    {
      status: 'ACTIVE',
      agentConnected: true,
      type: 't3.medium',
      cpu: { registered: 2048, free: 2048 },
    },
    { status: 'ACTIVE', agentConnected: true, ports: [], tasks: { running: 0, pending: 0 } },
  ])
  expect(said(rig, 'InstanceRegistered')).toHaveLength(2)
  expect(agents(rig)).toMatchObject({ status: 'True', message: '2 of 2 agents connected' })
  const [manifest] = rig.controller.view().manifests
  const shown = instancesOf([resourceObject(manifest!, rig.controller.view())])
  expect(shown.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(
    instances(rig).map(({ name }) => `ContainerInstance ${name}`),
  )
  await rig.stop()
})

test('an agent that is away for a minute is a condition and an event; nothing is written', async () => {
  const rig = await running()
  const [first] = instances(rig)
  rig.calls.length = 0
  rig.simulator.disturb({ stopAgent: first!.name })
  await rig.clock.advance(3 * minute)
  expect(agents(rig)).toMatchObject({ status: 'False', reason: 'AgentDisconnected' })
  expect(agents(rig)?.message).toContain(first!.name)
  expect(said(rig, 'AgentDisconnected')).toHaveLength(1)
  const text = await rig.metrics.registry.metrics()
  expect(text).toMatch(/fairlead_container_instances\{[^}]*agent="disconnected"[^}]*\} 1/)
  await rig.clock.advance(30 * minute)
  expect(rig.writes()).toEqual([])
  rig.simulator.disturb({ startAgent: first!.name })
  await rig.clock.advance(3 * minute)
  expect(agents(rig)?.status).toBe('True')
  expect(said(rig, 'AgentConnected')).toHaveLength(1)
  await rig.stop()
})

const deregister = 'ecs:DeregisterContainerInstance'

test('where Git asks for it, an instance whose agent stays away is replaced, one at a time', async () => {
  const rig = await running({ 'agent-replace-after': '15m' })
  const before = instances(rig).map(({ name }) => name)
  rig.calls.length = 0
  for (const name of before) rig.simulator.disturb({ stopAgent: name })
  await rig.clock.advance(14 * minute)
  expect(rig.writes()).toEqual([])
  for (let n = 0; n < 40 * 6; n++) {
    await rig.clock.advance(10_000)
    const ended = rig.writes().filter(({ operation }) => operation.startsWith('autoscaling:'))
    // The second one waits for the successor of the first, which registers beside the two that were there.
    if (ended.length === 2) expect(said(rig, 'InstanceRegistered').length).toBeGreaterThanOrEqual(3)
  }
  const terminated = rig
    .writes()
    .filter(({ operation }) => operation === 'autoscaling:TerminateInstanceInAutoScalingGroup')
  expect(terminated.map(({ input }) => input.InstanceId).sort()).toEqual([...before].sort())
  const forgotten = rig.writes().filter(({ operation }) => operation === deregister)
  expect(forgotten.map(({ input }) => input.force)).toEqual([true, true])
  expect(instances(rig).map(({ agentConnected }) => agentConnected)).toEqual([true, true])
  expect(instances(rig).some(({ name }) => before.includes(name))).toBe(false)
  await rig.stop()
})

test('where Git asks for it, outdated agents are updated, one at a time, and then it is quiet', async () => {
  const rig = await running({ 'agent-update': 'enabled' }, 'ami-0defa0000000000b1')
  await rig.clock.advance(60 * minute)
  const updates = rig.writes().filter(({ operation }) => operation === 'ecs:UpdateContainerAgent')
  expect(updates).toHaveLength(2)
  expect(said(rig, 'AgentUpdated')).toHaveLength(2)
  rig.calls.length = 0
  await rig.clock.advance(60 * minute)
  expect(rig.writes()).toEqual([])
  await rig.stop()
})

test('a cluster is kept, too, by someone who may not read its instances', async () => {
  const denied: Layer = (next) => (operation, input, options) =>
    operation === 'ecs:ListContainerInstances'
      ? Promise.reject(new AwsFailure(operation, 'denied', 'AccessDeniedException', 'no'))
      : next(operation, input, options)
  const rig = createRig({
    layer: denied,
    simulator: { containerInstances: [{ cluster: 'shop', count: 1 }] },
  })
  await rig.git(files(document('Cluster', 'shop')))
  await rig.clock.advance(5 * minute)
  expect(rig.status(cluster)).toMatchObject({ sync: 'Synced', health: 'Healthy' })
  expect(instances(rig)).toEqual([])
  await rig.stop()
})

test('what a roll-out placed is seen when it ends, not only at the next sweep', async () => {
  const rig = createRig({
    intervalMs: 60 * minute,
    simulator: { containerInstances: [{ cluster: 'shop', count: 2 }] },
  })
  const { containerDefinitions } = webDefinition()
  const small = containerDefinitions.map((one) => ({ ...one, memory: 128 }))
  await rig.git(
    files(
      document('Cluster', 'shop'),
      document('TaskDefinition', 'web', { containerDefinitions: small }),
      document('Service', 'web', {
        cluster: { ref: 'shop' },
        taskDefinition: { ref: 'web' },
        desiredCount: 2,
      }),
    ),
  )
  await rig.ready()
  await rig.clock.advance(10_000)
  const running = instances(rig).reduce((sum, { tasks }) => sum + tasks.running, 0)
  expect(running).toBe(2)
  await rig.stop()
})

test('an image that no parameter names can bring an agent, too', async () => {
  const rig = await running({}, 'ami-12c6146b')
  expect(instances(rig)).toHaveLength(2)
  await rig.stop()
})
