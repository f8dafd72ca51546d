/** Promise: a sweep over N services with nothing to do costs at most N/10 + N/50 + 25 reads, and no write. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'

function fleet(n: number): Record<string, string> {
  const documents = [
    'apiVersion: fairlead.dev/v1alpha1\nkind: Cluster\nmetadata: { name: fleet }\nspec: {}\n',
  ]
  for (let i = 0; i < n; i++) {
    documents.push(`apiVersion: fairlead.dev/v1alpha1
kind: TaskDefinition
metadata: { name: boat-${i} }
spec:
  containerDefinitions: [{ name: app, image: "nginx:1.${i}", memory: 16 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: Service
metadata: { name: boat-${i} }
spec:
  cluster: { ref: fleet }
  taskDefinition: { ref: boat-${i} }
  desiredCount: 0
`)
  }
  return { 'fleet.yaml': documents.join('---\n') }
}

const budget = (n: number) => n / 10 + n / 50 + 25

test.each([10, 200, 1_000])(
  '%i services: a sweep and a fresh process stay within the budget',
  async (n) => {
    const rig = createRig({ simulator: { throttle: false } })
    await rig.git(fleet(n))
    await rig.ready(3 * 3_600_000)
    // A sweep of the running controller.
    await rig.clock.advance(61_000)
    rig.calls.length = 0
    await rig.clock.advance(60_000)
    expect(rig.writes()).toEqual([])
    const running = rig.reads().length
    expect(running).toBeGreaterThan(n / 10)
    expect(running).toBeLessThanOrEqual(budget(n))

    // A process that knows nothing yet.
    rig.calls.length = 0
    await rig.restart()
    await rig.ready()
    expect(rig.writes()).toEqual([])
    expect(rig.reads().length).toBeLessThanOrEqual(budget(n))

    // It does compare: another revision, and the service pointed at it, behind its back.
    const { taskDefinition } = (await rig.aws('ecs:RegisterTaskDefinition', {
      family: 'boat-3',
      containerDefinitions: [{ name: 'app', image: 'intruder', memory: 16 }],
    })) as { taskDefinition: { taskDefinitionArn: string } }
    await rig.aws('ecs:UpdateService', {
      cluster: 'fleet',
      service: 'boat-3',
      taskDefinition: taskDefinition.taskDefinitionArn,
    })
    rig.events.length = 0
    await rig.clock.advance(70_000)
    const drift = rig.events.find(({ reason }) => reason === 'DriftDetected')
    expect(drift?.key).toBe('default/Service/boat-3')
    expect(drift?.fields?.map(({ path }) => path)).toEqual(['taskDefinition'])
    expect(rig.writes().map(({ operation }) => operation)).toEqual(['ecs:UpdateService'])
    await rig.ready()
    await rig.stop()
  },
  60_000,
)
