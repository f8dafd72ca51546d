/** What an environment that cannot be reached does to the others: nothing. */
import { expect, test } from 'vitest'
import { connector } from '../../src/cli/connect.ts'
import { createController } from '../../src/controller.ts'
import { kinds } from '../../src/kinds/index.ts'
import { createMetrics } from '../../src/metrics.ts'
import type { JournalEvent } from '../../src/model.ts'
import { readManifests } from '../../src/reconcile/manifest.ts'
import { quietLog } from '../../src/runtime.ts'
import { snapshotOf } from '../rig.ts'
import { createVirtualClock } from '../virtual-clock.ts'

const environment = (name: string, spec: string) =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: Environment\nmetadata: { name: ${name} }\nspec: ${spec}\n`

test('a role to assume stops its environment with the reason, and no other', async () => {
  const clock = createVirtualClock()
  const runtime = { clock, random: () => 0.5, log: quietLog }
  const events: JournalEvent[] = []
  const sent: string[] = []
  const controller = createController({
    kinds,
    owner: 'default',
    runtime,
    metrics: createMetrics(),
    connect: connector({
      io: { env: {} } as never,
      runtime,
      embedded: () => async (operation) => {
        sent.push(operation)
        return {}
      },
    }),
    onEvent: (event) => events.push(event),
  })
  const desired = await readManifests(
    snapshotOf({
      'environments.yaml': [
        environment('here', '{}'),
        environment('there', '{ roleArn: "arn:aws:iam::210987654321:role/fairlead" }'),
      ].join('---\n'),
    }),
    kinds,
  )
  expect(desired.problems).toEqual([])
  const stop = new AbortController()
  const running = controller.run(stop.signal)
  controller.submit(desired)
  await clock.advance(1_000)
  expect(sent).toContain('tag:GetResources')
  const said = events.filter(({ reason }) => reason === 'PassFailed')
  expect(said.every((event) => event.environment === 'there')).toBe(true)
  expect(said[0]?.message).toMatch(/roles to assume are not supported yet/)
  stop.abort()
  await clock.advance(0)
  await running
})
