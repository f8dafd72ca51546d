/** Promise: a status says what a change waits for now, not what it failed of before. */
import { expect, test } from 'vitest'
import { conditionOf, isStalled } from '../../src/conditions.ts'
import type { Change, Manifest } from '../../src/model.ts'
import { foldStatus } from '../../src/reconcile/status.ts'

const key = 'default/Service/web'

function said(more: object) {
  const change = {
    ...{ key, verdict: 'update', effect: 'roll-out', calls: [], notes: [] },
    fields: [{ path: 'taskDefinition', from: 'web:1', to: 'web:2' }],
  } as unknown as Change
  const status = foldStatus({
    ...{ key, change, environment: 'default', revision: 'sha256:abc', drifted: false, now: 0 },
    manifest: { key, kind: 'Service', name: 'web', annotations: {} } as unknown as Manifest,
    observation: undefined,
    health: undefined,
    previous: undefined,
    failure: { class: 'throttled', code: 'ThrottlingException', message: 'Rate exceeded' },
    ...more,
  })
  return [conditionOf(status, 'Ready')?.reason, isStalled(status)]
}

test('a failed call is the reason while it is to be sent again; a policy that holds it is, from then on', () => {
  expect(said({})).toEqual(['ThrottlingException', false])
  expect(said({ held: 'held', heldBy: 'WaveHeld', heldForGood: true })).toEqual(['WaveHeld', true])
  expect(said({ held: 'later', heldBy: 'MaintenanceWindow' })).toEqual(['MaintenanceWindow', false])
})
