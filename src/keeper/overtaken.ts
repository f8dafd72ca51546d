/**
 * What was written while a pass looked: its plan for that is yesterday's, and for whatever refers to it. Reads may wait
 * for AWS's throttles longer than a write is remembered, so a plan may be older than what it would repeat.
 */
import type { ObjectKey } from '../model.ts'
import type { Pass } from '../reconcile/pass.ts'

export interface Overtaking {
  /** A pass begins to look. */
  begin(): void
  /** A call for this key has ended, one way or another. */
  wrote(key: ObjectKey): void
  /** The pass without the changes that writes have overtaken, those under way included; and whose they were. */
  cut(
    pass: Pass,
    busy: ReadonlySet<ObjectKey>,
  ): { readonly pass: Pass; readonly overtaken: readonly ObjectKey[] }
}

export function createOvertaking(): Overtaking {
  const written = new Set<ObjectKey>()
  return {
    begin() {
      written.clear()
    },
    wrote(key) {
      written.add(key)
    },
    cut(pass, busy) {
      const gone = new Set<ObjectKey>()
      const todo = [...written, ...busy]
      for (let key = todo.pop(); key !== undefined; key = todo.pop()) {
        if (gone.has(key)) continue
        gone.add(key)
        todo.push(...(pass.graph.referredBy.get(key) ?? []))
      }
      const overtaken = pass.plan.changes.filter(({ key }) => gone.has(key)).map(({ key }) => key)
      if (overtaken.length === 0) return { pass, overtaken }
      const changes = pass.plan.changes.filter(({ key }) => !gone.has(key))
      return { pass: { ...pass, plan: { ...pass.plan, changes } }, overtaken }
    },
  }
}
