/** How a service's spec and what AWS shows of it are brought to one form. Pure. */
import { canonicalise, compare, type Field, type LeftOut, overlay } from '../../diff.ts'
import type { FieldChange } from '../../model.ts'
import { deployingFields, fields, unseen } from './policy.ts'

type Members = Record<string, unknown>

/** The spec without what is identity, tags, others' manifests, or never shown by AWS. A field written as null is left out. */
export function content(spec: object): Members {
  const { serviceName: _, cluster: __, tags: ___, scalableTargets: ____, ...rest } = spec as Members
  return Object.fromEntries(
    Object.entries(rest).filter(
      ([name, value]) => value !== undefined && value !== null && !unseen.includes(name),
    ),
  )
}

export interface Comparison {
  readonly changes: readonly FieldChange[]
  readonly leftOut: LeftOut
  /** The state that Git asks for: its own fields, and live's where Git leaves them alone. */
  readonly whole: Members
}

/** Compares a spec's content with the live members of the same names. */
export function compareService(want: Members, live: Members, keepAll = false): Comparison {
  const leftOut: LeftOut = { alone: [], reset: new Set(), keepAll }
  const whole = overlay(want, live, { fields, merge: true }, leftOut)
  const changes = compare(canonicalise(whole, fields), canonicalise(live, fields), fields).map(
    (change) =>
      [...leftOut.reset].some((path) => change.path.startsWith(path))
        ? { ...change, note: "left out in Git: AWS's default" }
        : change,
  )
  return { changes, leftOut, whole }
}

/** Whether a service revision (or a live service) runs what Git declares, as far as deployments go. */
export function sameRevision(want: Members, revision: Members): boolean {
  const ours = pick(want, deployingFields)
  return compareService(ours, pick(revision, deployingFields)).changes.length === 0
}

const pick = (members: Members, table: Readonly<Record<string, Field>>): Members =>
  Object.fromEntries(Object.entries(members).filter(([name]) => Object.hasOwn(table, name)))

/** The field of the table that a change's path begins with. */
export const headOf = (path: string): string => path.split(/[.[]/)[0]!
