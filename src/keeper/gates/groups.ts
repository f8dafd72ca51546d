/**
 * Release groups: services that belong together by the annotation `release-group`. While one of them is rolled back, the
 * others do not begin what Git asks for, and what they have begun goes back. Pure.
 */
import type { Manifest, ObjectKey } from '../../model.ts'
import { renderKey } from '../../render-value.ts'
import { type Gate, type Gated, rolls, type Standing } from './gate.ts'

const annotation = 'fairlead.dev/release-group'

const failures: readonly (string | undefined)[] = ['RolledBack', 'Stopped']

/** Whose group has a member that failed, and why: those that must not be where Git wants them. */
export function goingBack(
  manifests: Iterable<Manifest>,
  standingOf: (key: ObjectKey) => Standing | undefined,
): ReadonlyMap<ObjectKey, string> {
  const groups = new Map<string, ObjectKey[]>()
  for (const { key, namespace, annotations } of manifests) {
    const name = annotations[annotation]
    if (name === undefined || !rolls(key)) continue
    const group = `${namespace}/${name}`
    groups.set(group, [...(groups.get(group) ?? []), key])
  }
  const back = new Map<ObjectKey, string>()
  for (const [group, members] of groups) {
    const failed = members.filter((key) => {
      const standing = standingOf(key)
      return standing?.stalled && failures.includes(standing.rollout?.outcome)
    })
    const [first] = failed
    if (!first) continue
    const why = `${renderKey(first)} of the release group ${group.split('/')[1]} was rolled back`
    for (const key of members) if (!failed.includes(key)) back.set(key, why)
  }
  return back
}

export const groups: Gate = ({ changes, manifests, standings }) => {
  const back = goingBack(manifests.values(), (key) => standings.get(key))
  return new Map(
    changes.flatMap(({ key, verdict, effect, followUp }): [ObjectKey, Gated][] => {
      const because = back.get(key)
      const forward = verdict === 'update' && effect === 'roll-out' && !followUp
      if (because === undefined || !forward) return []
      const why = `held, because ${because}; the group goes on when Git changes that one, or it is retried`
      return [[key, { code: 'ReleaseGroup', why, stalled: true }]]
    }),
  )
}
