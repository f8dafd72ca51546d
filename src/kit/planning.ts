/**
 * The plan that most kinds have: create what is not there, compare the rest field by field, tag, delete. A kind brings
 * its field policy and the calls; what concerns every kind is decided here once. Pure.
 */
import { canonicalise, compare, type Fields, holesIn, type LeftOut, overlay } from '../diff.ts'
import { withoutIgnored } from '../ignored.ts'
import type { Draft, PlanInput } from '../kind.ts'
import type { DraftCall, FieldChange, Hole, Live } from '../model.ts'
import { missingTags, tagChanges } from '../tags.ts'

type Members = Record<string, unknown>

/** What of a resource changes: the fields, and both sides whole. */
export interface Comparison<State> {
  readonly live: Live<State>
  /** The whole state that Git asks for: its own fields, and live's where Git leaves one to others. */
  readonly whole: Members
  readonly changes: readonly FieldChange[]
  /** The first member of each changed path: `policies` of `policies[read].document`. */
  readonly changed: ReadonlySet<string>
}

export interface Recipe<Spec, State> {
  readonly fields: Fields
  /** The members that are compared, and that `create` gets: the spec without tags, unless something is to be rewritten. */
  desired?(spec: Members, input: PlanInput<Spec, State>): Members
  /** The live members that are compared; default: the state. */
  compared?(state: State): Members
  /** Values that must be known before anything can be planned: what is hashed or encoded. */
  needs?(members: Members): unknown
  create(members: Members, input: PlanInput<Spec, State>): readonly DraftCall[]
  update(comparison: Comparison<State>, input: PlanInput<Spec, State>): readonly DraftCall[]
  /** Sets tags; absent for what cannot be tagged. */
  tag?(
    live: Live<State>,
    tags: Record<string, string>,
    input: PlanInput<Spec, State>,
  ): readonly DraftCall[]
  /** Deletes it, or says which step of that it waits in. */
  remove(live: Live<State>): Draft | readonly DraftCall[]
  /** Says why nothing can be decided now: it is being deleted, or changed by AWS. */
  busy?(live: Live<State>): Draft | undefined
  /** What a change does to running tasks; default `none`. */
  effect?(comparison: Comparison<State>): Draft['effect']
  /** More remarks. */
  notes?(comparison: Comparison<State>, input: PlanInput<Spec, State>): readonly string[]
}

export function planner<Spec, State>(
  recipe: Recipe<Spec, State>,
): (input: PlanInput<Spec, State>) => Draft {
  return (given) => {
    const { input, ignored } = leavingIgnored(recipe, given)
    const { want, live } = input
    const busy = live && recipe.busy?.(live)
    if (busy) return busy
    if (!want) return live ? removal(recipe, live) : { verdict: 'keep' }
    const { tags: _, ...spec } = want.spec as Members
    const members = recipe.desired?.(spec, input) ?? spec
    const [hole] = holesIn(recipe.needs?.(members))
    if (hole) return waitsFor(hole)
    const { id } = want.identity.parts
    if (!live && id) {
      return stalls(
        'NotFound',
        `there is no ${id} in AWS, and one that is named by its id is never made`,
      )
    }
    if (!live) return { verdict: 'create', calls: recipe.create(present(members), input) }
    const draft = update(recipe, members, live, input)
    return ignored.length > 0 ? { ...draft, notes: [...ignored, ...(draft.notes ?? [])] } : draft
  }
}

/** What the manifest ignores stands in its spec as it is live. */
function leavingIgnored<Spec, State>(
  { fields, compared }: Recipe<Spec, State>,
  input: PlanInput<Spec, State>,
): { readonly input: PlanInput<Spec, State>; readonly ignored: readonly string[] } {
  const { want, live } = input
  if (!want || !live) return { input, ignored: [] }
  const state = compared?.(live.state) ?? (live.state as Members)
  const { annotations } = want.manifest
  const { spec, notes } = withoutIgnored(want.spec as Members, state, fields, annotations)
  return { input: { ...input, want: { ...want, spec: spec as Spec } }, ignored: notes }
}

/** A value that something is computed from does not exist yet. */
export function waitsFor(hole: Hole['$hole']): Draft {
  const [, kind, name] = hole.key.split('/')
  const message = `waits for the ${hole.attribute} of ${kind} ${name}`
  return { verdict: 'blocked', reason: { code: 'WaitsForReference', message } }
}

/** Nothing can be done now; it is looked at again. */
export function waits(code: string, message: string): Draft {
  return { verdict: 'blocked', reason: { code, message } }
}

/** Only a person, or Git, can go on. */
export function stalls(code: string, message: string, fields?: readonly FieldChange[]): Draft {
  return {
    verdict: 'blocked',
    stalled: true,
    reason: { code, message },
    ...(fields ? { fields } : {}),
  }
}

function removal<Spec, State>(recipe: Recipe<Spec, State>, live: Live<State>): Draft {
  const given = recipe.remove(live)
  if ('verdict' in given) return given
  return { verdict: 'delete', effect: 'in place', calls: given }
}

function update<Spec, State>(
  recipe: Recipe<Spec, State>,
  members: Members,
  live: Live<State>,
  input: PlanInput<Spec, State>,
): Draft {
  const { fields } = recipe
  const state = recipe.compared?.(live.state) ?? (live.state as Members)
  const adopting =
    input.ownership === 'adopt-overwrite' ||
    input.want?.manifest.annotations['fairlead.dev/adopt'] === 'overwrite'
  const leftOut: LeftOut = { alone: [], reset: new Set(), ...(adopting ? { keepAll: true } : {}) }
  const whole = overlay(members, state, { fields, merge: true }, leftOut)
  const changes = compare(canonicalise(whole, fields), canonicalise(state, fields), fields)
  const changed = new Set(changes.map(({ path }) => path.split(/[.[]/)[0]!))
  const fixed = changes.filter(({ path }) => fields[path.split(/[.[]/)[0]!]?.createOnly)
  const [unknown] = holesIn(fixed.map(({ to }) => to))
  if (unknown) return waitsFor(unknown)
  if (fixed.length > 0) return createOnly(fixed, recipe, live, input)
  if (changes.length > 0 && input.ownership === 'adopt-unchanged') {
    const names = changes.map(({ path }) => path).join(', ')
    const message = `adopting it unchanged is not possible, these differ: ${names}`
    return stalls('AdoptWouldChange', message, changes)
  }
  const comparison: Comparison<State> = { live, whole, changes, changed }
  const tags = recipe.tag ? tagChanges(live.tags, input.tags) : []
  const missing = missingTags(live.tags, input.tags)
  const calls = withTags(
    input.ownership,
    changes.length > 0 ? recipe.update(comparison, input) : [],
    tags.length > 0 ? recipe.tag!(live, missing, input) : [],
  )
  const notes = [
    ...leftOut.alone.map(([path, value]) => `${path} is left as it is: ${JSON.stringify(value)}`),
    ...(recipe.notes?.(comparison, input) ?? []),
  ]
  if (calls.length === 0) return { verdict: 'keep', notes }
  const effect = changes.length > 0 ? (recipe.effect?.(comparison) ?? 'none') : 'none'
  return { verdict: 'update', fields: [...changes, ...tags], effect, calls, notes }
}

/**
 * Adopted, a resource is made ours before anything else is done to it: the policy allows writes only on what carries
 * our tag. What is ours already is changed first, so that a tag that is refused holds nothing up.
 */
export function withTags(
  ownership: PlanInput['ownership'],
  changing: readonly DraftCall[],
  tagging: readonly DraftCall[],
): DraftCall[] {
  return ownership === 'mine' ? [...changing, ...tagging] : [...tagging, ...changing]
}

function createOnly<Spec, State>(
  fixed: readonly FieldChange[],
  recipe: Recipe<Spec, State>,
  live: Live<State>,
  { want }: PlanInput<Spec, State>,
): Draft {
  const names = fixed.map(({ path }) => path).join(', ')
  const why = recipe.fields[fixed[0]!.path.split(/[.[]/)[0]!]?.createOnly
  const cannot = `${names} cannot be changed in place: ${why}`
  if (want?.manifest.annotations['fairlead.dev/replace'] !== 'allowed') {
    const message = `${cannot}. Put it back, or let it be deleted and made anew with the annotation fairlead.dev/replace: allowed`
    return stalls('CreateOnly', message, fixed)
  }
  const going = removal(recipe, live)
  if (going.verdict !== 'delete') return { ...going, fields: fixed }
  return {
    verdict: 'replace',
    alone: true,
    fields: fixed,
    effect: 'in place',
    calls: going.calls ?? [],
    reason: { code: 'CreateOnly', message: `${cannot}: it is deleted and made anew` },
  }
}

/** Without members that are absent or null. */
function present(members: Members): Members {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null),
  )
}
