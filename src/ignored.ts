/**
 * Fields that a manifest leaves to others (annotation `ignore`): their live value takes the place of Git's before
 * anything is compared, so that they are no change, and so that a call which has to send them sends what is live. Pure.
 */
import { canonicalise, type Field, type Fields, isObject, same } from './diff.ts'
import { type PathStep, parsePath, splitPaths } from './paths.ts'
import { renderValue } from './render-value.ts'
import { conceal } from './secrecy.ts'

type Members = Record<string, unknown>

export const ignoreAnnotation = 'fairlead.dev/ignore'

/** Without `spec.`, which people may write before them. */
export function ignoredPaths(annotations: Readonly<Record<string, string>>): readonly string[] {
  return splitPaths(annotations[ignoreAnnotation] ?? '').map((path) => path.replace(/^spec\./, ''))
}

export interface WithoutIgnored<Spec> {
  readonly spec: Spec
  /** What differs and is left so. */
  readonly notes: readonly string[]
}

/** `live` has the members that `fields` describes, in the spec's shape. */
export function withoutIgnored<Spec extends object>(
  given: Spec,
  live: Members,
  fields: Fields,
  annotations: Readonly<Record<string, string>>,
): WithoutIgnored<Spec> {
  let spec = given as Members
  const notes: string[] = []
  for (const path of ignoredPaths(annotations)) {
    const steps = parsePath(path)
    if (!steps) continue
    const { value, met } = taken(spec, live, { fields }, steps)
    spec = value as Members
    if (!met || canonically(met) || (met.live === undefined && met.want === undefined)) continue
    const shown = (one: unknown) => renderValue(conceal(path, one))
    const git = met.want === undefined ? 'Git says nothing' : `Git says ${shown(met.want)}`
    notes.push(`${path} is ignored: ${shown(met.live)} (${git})`)
  }
  return { spec: spec as Spec, notes }
}

/** The two values at the end of a path. */
interface Met {
  readonly want: unknown
  readonly live: unknown
  readonly field: Field
}

/** Whether both mean the same. */
function canonically({ want, live, field }: Met): boolean {
  const form = (value: unknown) => canonicalise({ value }, { value: field })
  return same(form(want), form(live))
}

/** Git's value with live's at the path. Where live has nothing that could hold it, Git's stays: it is yet to be made. */
function taken(
  want: unknown,
  live: unknown,
  field: Field,
  [step, ...rest]: readonly PathStep[],
): { readonly value: unknown; readonly met?: Met } {
  if (step === undefined) return { value: live, met: { want, live, field } }
  if (Array.isArray(live) && 'label' in step) return takenItem(want, live, field, step.label, rest)
  if (!isObject(live) || (want !== undefined && want !== null && !isObject(want))) {
    return { value: want }
  }
  const name = 'label' in step ? step.label : step.member
  const ours = (want ?? {}) as Members
  const inner = taken(ours[name], live[name], field.fields?.[name] ?? {}, rest)
  if (!inner.met || (want === undefined && inner.value === undefined))
    return { ...inner, value: want }
  const { [name]: _, ...others } = ours
  return {
    ...inner,
    value: inner.value === undefined ? others : { ...others, [name]: inner.value },
  }
}

function takenItem(
  want: unknown,
  live: readonly unknown[],
  field: Field,
  label: string,
  rest: readonly PathStep[],
): ReturnType<typeof taken> {
  if (want !== undefined && want !== null && !Array.isArray(want)) return { value: want }
  const ours = (want ?? []) as readonly unknown[]
  const at = (items: readonly unknown[]) =>
    field.key
      ? items.findIndex((item) => isObject(item) && field.key!(item) === label)
      : items.findIndex((_, index) => String(index) === label)
  const [i, j] = [at(ours), at(live)]
  // A part of an item that one side does not have is nothing of its own.
  if (rest.length > 0 && (i < 0 || j < 0)) return { value: want }
  const { value, met } = taken(ours[i], live[j], { fields: field.fields ?? {} }, rest)
  const found = met ? { met } : {}
  if (value === undefined) return { value: ours.filter((_, index) => index !== i), ...found }
  if (i < 0) return { value: [...ours, value], ...found }
  return { value: ours.map((item, index) => (index === i ? value : item)), ...found }
}

/** Whether a tag is ignored: `tags`, `tags.team` or `tags["a:b"]`. */
export function ignoresTag(annotations: Readonly<Record<string, string>>, key: string): boolean {
  return ignoredPaths(annotations).some((path) => {
    const [head, step, ...more] = parsePath(path) ?? []
    if (!head || !('member' in head) || head.member !== 'tags' || more.length > 0) return false
    return step === undefined || ('label' in step ? step.label : step.member) === key
  })
}
