/**
 * The loop breaker: a field that is corrected and comes back again and again is left until Git changes, and it is said
 * who else writes it, as far as can be known. Pure.
 */
import type { Change, ObjectKey } from '../../model.ts'
import { renderValue } from '../../render-value.ts'
import { rivalIn } from '../../rivals.ts'
import { type Correction, sameField } from '../corrections.ts'
import type { Gate, Gated, GateInput } from './gate.ts'

/** How often a field may come back within the window. */
const most = 3

/** Those fields of a change that somebody else set back too often, as Git says them now. */
export function foughtIn(
  change: Change,
  { corrections, asked }: Pick<GateInput, 'corrections' | 'asked'>,
): readonly Correction[] {
  if (change.verdict !== 'update' || change.followUp) return []
  const digest = asked.get(change.key)?.digest
  return (corrections.get(change.key) ?? []).filter(
    (one) =>
      one.digest === digest &&
      one.atMs.length > most &&
      change.fields.some((field) => sameField(one, { path: field.path, to: field.to })),
  )
}

export const fights: Gate = (input) => {
  const held = new Map<ObjectKey, Gated>()
  for (const change of input.changes) {
    const fought = foughtIn(change, input)
    const [first] = fought
    if (!first) continue
    const who = rivalOf(change, first, input)
    const why = `${fought.map(told).join('; ')}; left as it is until Git changes. ${who}. Let one of the two keep it: take the other’s hands off, or write fairlead.dev/ignore: ${pathsOf(fought)}`
    held.set(change.key, { code: 'Fight', why, stalled: true })
  }
  return held
}

const pathsOf = (fought: readonly Correction[]) =>
  fought.map(({ path }) => `spec.${path}`).join(', ')

/** `desiredCount was set to 2 and came back as 5, 4 times in 4 min` */
function told({ path, was, to, atMs }: Correction): string {
  const minutes = Math.ceil((atMs.at(-1)! - atMs[0]!) / 60_000)
  const values = was.map((value) => renderValue(value)).join(' or ')
  return `${path} was set to ${renderValue(to)} and came back as ${values}, ${atMs.length} times in ${minutes} min`
}

/** Its tags may name a tool, or the key of another fairlead; else AWS's own log knows. */
function rivalOf({ key, calls }: Change, { path, was }: Correction, { tags, writers }: GateInput) {
  const [, kind = '', name = ''] = key.split('/')
  if (path === 'tags["fairlead:resource"]') {
    const keys = was.map(String).join(' or ')
    return `Another fairlead of the same owner keeps it as ${keys}: give each an owner of its own (--owner)`
  }
  const writer = writers.get(key)
  const rival = rivalIn(tags.get(key) ?? {})
  const said = [
    rival && `Its tags say that it is kept by ${rival}`,
    writer && `CloudTrail names ${writer}`,
  ].filter(Boolean)
  if (said.length > 0) return said.join('. ')
  const event = calls[0]?.operation.split(':')[1] ?? ''
  return `Who writes ${kind} ${name}, CloudTrail knows: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=${event}`
}
