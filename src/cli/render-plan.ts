/** How a plan reads: what changes, why, where in Git it comes from, what it costs. Pure. */
import { takesOver } from '../adoption.ts'
import type {
  Change,
  Desired,
  FieldChange,
  Manifest,
  ObjectKey,
  Plan,
  Position,
  Verdict,
} from '../model.ts'
import { renderChange, renderKey } from '../render-value.ts'
import { masked } from './mask.ts'
import type { Style } from './style.ts'

const signs: Readonly<Record<Verdict, string>> = {
  keep: ' ',
  create: '+',
  update: '~',
  replace: '-/+',
  delete: '-',
  blocked: '!',
}

/** Goes, or is let go, when its users are gone: a change like the others, a moment later. */
const later: Readonly<Record<string, Verdict>> = { StillNeeded: 'delete', ReleasedLater: 'update' }
const goesLater = (change: Change) => later[change.reason?.code ?? ''] !== undefined
const releases = (change: Change) => /^Released(Later)?$/.test(change.reason?.code ?? '')

function word(change: Change): string {
  if (releases(change)) return 'release'
  if (goesLater(change)) return 'delete'
  if (takesOver(change)) return 'adopt'
  const kind = change.key.split('/')[1]
  if (kind === 'TaskDefinition' && (change.verdict === 'create' || change.verdict === 'update')) {
    return change.calls.some((call) => call.operation === 'ecs:RegisterTaskDefinition')
      ? 'register'
      : 'tag'
  }
  if (change.verdict === 'update') return change.effect === 'none' ? 'update' : change.effect
  return change.verdict
}

/** The nearest place in the file for a field. */
export function placeOf(manifest: Manifest | undefined, path: string): Position | undefined {
  if (!manifest) return undefined
  let full = `spec.${path}`
  while (full !== '') {
    const found = manifest.positions[full]
    if (found) return found
    const cut = Math.max(full.lastIndexOf('.'), full.lastIndexOf('['))
    if (cut <= 0) break
    full = full.slice(0, cut)
  }
  return manifest.position
}

export interface Summary {
  readonly change: number
  /** Taken over by tags of ours, and as Git says in all else. */
  readonly adopt: number
  readonly keep: number
  readonly blocked: number
  readonly calls: number
}

export function summarize(plans: readonly Plan[]): Summary {
  const changes = plans.flatMap((plan) => plan.changes)
  const of = (test: (change: Change) => boolean) => changes.filter(test).length
  return {
    change: of((one) =>
      one.verdict === 'keep' || one.verdict === 'blocked' ? goesLater(one) : !takesOver(one),
    ),
    adopt: of(takesOver),
    keep: of(({ verdict }) => verdict === 'keep'),
    blocked: of((one) => one.verdict === 'blocked' && !goesLater(one)),
    calls: changes.reduce((sum, change) => sum + change.calls.length, 0),
  }
}

function fieldLine(
  field: FieldChange,
  manifest: Manifest | undefined,
  width: number,
  style: Style,
) {
  const at = placeOf(manifest, field.path)
  const value = renderChange(field)
  const place = at ? style.dim(`${at.file}:${at.line}`) : ''
  const note = field.note ? ` ${style.dim(`(${field.note})`)}` : ''
  return `    ${field.path.padEnd(width)}  ${value.padEnd(32)}${note}  ${place}`.trimEnd()
}

interface Shown {
  readonly change: Change
  /** The indentation of what stands under a parent. */
  readonly inside: string
  /** The parent to name before this one: its first. */
  readonly opens?: ObjectKey
}

/** In the plan's order, but what was expanded from one composite stands together, under its name. */
function underParents(
  changes: readonly Change[],
  manifests: ReadonlyMap<ObjectKey, Manifest>,
): readonly Shown[] {
  const groups = new Map<ObjectKey, Shown[]>()
  for (const change of changes) {
    const parent = manifests.get(change.key)?.parent
    const group = groups.get(parent ?? change.key) ?? []
    groups.set(parent ?? change.key, group)
    const opens = parent !== undefined && group.length === 0 ? { opens: parent } : {}
    group.push({ change, inside: parent === undefined ? '' : '  ', ...opens })
  }
  return [...groups.values()].flat()
}

export function renderPlans(
  plans: readonly Plan[],
  desired: Desired,
  style: Style,
  remarks: readonly string[] = [],
): string {
  const manifests = new Map<ObjectKey, Manifest>(desired.manifests.map((m) => [m.key, m]))
  const lines: string[] = []
  const width = Math.max(
    0,
    ...plans.flatMap((plan) =>
      plan.changes
        .filter(({ verdict }) => verdict !== 'keep')
        .map(({ key }) => renderKey(key).length),
    ),
  )
  const paint = {
    '+': style.green,
    '~': style.yellow,
    '-/+': style.red,
    '-': style.red,
    '!': style.red,
  }
  const differing = plans
    .flatMap((plan) => plan.changes)
    .filter(({ verdict }) => verdict !== 'keep')
  const told = new Set<string>()
  for (const { change, inside, opens } of underParents(differing, manifests)) {
    if (opens) lines.push(style.bold(renderKey(opens)))
    const sign = signs[later[change.reason?.code ?? ''] ?? change.verdict]
    const colour = paint[sign as keyof typeof paint] ?? String
    const message = change.reason?.message ?? ''
    const why = told.has(message) ? '  as above' : message && `  ${message}`
    // What holds many back for one reason says it once.
    if (change.stalled && message.length > 100) told.add(message)
    const notes =
      change.verdict === 'blocked'
        ? ''
        : change.notes.map((note) => `  ${style.dim(note)}`).join('')
    lines.push(
      `${inside}${style.bold(renderKey(change.key).padEnd(width))}   ${colour(`${sign} ${word(change)}`)}${why}${notes}`,
    )
    const fieldWidth = Math.min(60, Math.max(0, ...change.fields.map((field) => field.path.length)))
    // A new resource says no more than its manifest, and one that is taken over is as that says: only what differs is
    // worth a line.
    if (change.verdict === 'create' || takesOver(change)) continue
    for (const field of change.fields) {
      lines.push(inside + fieldLine(field, manifests.get(change.key), fieldWidth, style))
    }
  }
  for (const change of plans.flatMap((plan) => plan.changes)) {
    if (change.verdict !== 'keep') continue
    for (const note of change.notes) lines.push(style.dim(`${renderKey(change.key)}: ${note}`))
  }
  lines.push(...remarks.map((remark) => style.dim(remark)))
  lines.push(renderSummary(summarize(plans), style))
  return `${lines.join('\n')}\n`
}

export function renderSummary(summary: Summary, style: Style): string {
  if (summary.change + summary.adopt + summary.blocked === 0) {
    return style.green(`nothing to do: ${summary.keep} as they should be`)
  }
  const parts = [
    ...(summary.change > 0 || summary.adopt === 0 ? [`${summary.change} to change`] : []),
    ...(summary.adopt > 0 ? [`${summary.adopt} to take over by tags`] : []),
    ...(summary.blocked > 0 ? [`${summary.blocked} blocked`] : []),
    `${summary.keep} as they should be`,
  ]
  return `${parts.join(', ')} · ${summary.calls} ${summary.calls === 1 ? 'call' : 'calls'}`
}

/** The plan as versioned JSON; values that look like secrets are hidden in fields and calls alike. */
export function planJson(
  plans: readonly Plan[],
  desired: Desired,
  rehearsals?: readonly object[],
): string {
  const body = {
    apiVersion: 'fairlead.dev/v1alpha1',
    kind: 'Plan',
    revision: desired.revision,
    summary: summarize(plans),
    environments: plans.map((plan) => ({
      name: plan.environment,
      changes: plan.changes.map((change) => masked(change)),
    })),
    ...(rehearsals ? { rehearsals } : {}),
  }
  return `${JSON.stringify(body, null, 2)}\n`
}
