/** Promise: a failure that goes on is told once, and again only when something else is the matter. */
import { expect, test } from 'vitest'
import { transitions } from '../../src/keeper/transitions.ts'
import { createMetrics } from '../../src/metrics.ts'
import type { Change, Condition, Status } from '../../src/model.ts'

const key = 'default/Service/web'

function stalled(message: string, reason = 'RolledBack'): Status {
  const condition = (type: Condition['type'], status: Condition['status']): Condition => ({
    ...{ type, status, reason, message },
    ...{ lastTransitionTime: new Date(0).toISOString(), observedRevision: 'a' },
  })
  return {
    ...{ key, environment: 'default', sync: 'OutOfSync', health: 'Degraded' },
    conditions: [condition('Stalled', 'True'), condition('Ready', 'False')],
    ...{ attributes: {}, pending: [], observedAtMs: 0 },
  }
}

function told(previous: Status | undefined, status: Status): string[] {
  const said: string[] = []
  const change: Change = {
    ...{ key, verdict: 'blocked', effect: 'none' },
    fields: [],
    calls: [],
    notes: [],
  }
  transitions({
    ...{ key, kind: 'Service', previous, status, change, now: 0 },
    ...{ asked: new Map(), said: new Map(), metrics: createMetrics() },
    event: (_, reason, message) => said.push(`${reason} ${message}`),
  })
  return said
}

const hangs = (minutes: number, failed: number, why = 'no such image') =>
  `no progress for ${minutes} min: 0 of 2 new tasks running, ${failed} failed | ${why}`

test.each([
  ['the first time', undefined, stalled('exited with 1'), 1],
  ['again, the same', stalled('exited with 1'), stalled('exited with 1'), 0],
  ['again, and more often', stalled('exited with 1'), stalled('exited with 1, 3 times'), 0],
  ['more often still', stalled('exited with 1, 3 times'), stalled('exited with 1, 4 times'), 0],
  ['another exit code', stalled('exited with 1, 3 times'), stalled('exited with 137, 3 times'), 1],
  ['no progress for longer', stalled(hangs(30, 6)), stalled(hangs(31, 8)), 0],
  ['no progress for another cause', stalled(hangs(30, 6)), stalled(hangs(31, 6, 'OOM')), 1],
  ['another reason', stalled('exited with 1'), stalled('exited with 1', 'Stopped'), 1],
] as const)('%s', (_, before, after, times) => {
  expect(told(before, after)).toHaveLength(times)
})
