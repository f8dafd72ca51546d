/** How a call that ended reads as an event: what it did to what, and why. */
import type { Change, FieldChange, Hole, JournalEvent, Outcome } from '../model.ts'
import { renderField, renderKey } from '../render-value.ts'

export type Told = Pick<JournalEvent, 'type' | 'reason' | 'message'> & {
  readonly fields?: readonly FieldChange[]
}

const words: Partial<Record<Change['verdict'], string>> = {
  create: 'Created',
  update: 'Updated',
  replace: 'Replacing',
  delete: 'Deleted',
}

/** Why something is deleted that no teardown asked for. */
const pruned = new Set(['NameChanged', 'NoLongerDescribed', 'PruneConfirmed'])

const verb = (outcome: Outcome) => outcome.call.operation.split(':')[1]

/** Remembers what calls yielded, so that events show the value and not the hole. */
export function createTeller() {
  const made = new Map<string, string>()
  const known = (value: unknown): unknown => {
    const hole = (value as Partial<Hole> | undefined)?.$hole
    return hole ? (made.get(`${hole.key} ${hole.attribute}`) ?? value) : value
  }
  return {
    /** `Service web: taskDefinition web:1 → web:2 · UpdateService` */
    succeeded(outcome: Outcome, change: Change | undefined): Told {
      const { key } = outcome.call
      const verdict = change?.verdict ?? 'update'
      for (const [attribute, value] of Object.entries(outcome.yielded ?? {})) {
        made.set(`${key} ${attribute}`, value)
      }
      const fields = (change?.fields ?? []).map((field) => ({ ...field, to: known(field.to) }))
      const shown = fields.slice(0, 3).map(renderField).join(', ')
      const more = fields.length > 3 ? ` and ${fields.length - 3} more` : ''
      const gone = change?.reason && pruned.has(change.reason.code) ? change.reason.message : ''
      // What is written for another reason than that Git or a person changed a field.
      const why =
        verdict === 'update' && change?.reason && !gone ? `: ${change.reason.message}` : ''
      const what = (verdict === 'update' && shown ? `: ${shown}${more}` : gone && `: ${gone}`) + why
      const name = (outcome.yielded?.arn ?? outcome.yielded?.id)?.split('/').at(-1)
      const renamed = verdict !== 'delete' && name !== undefined && name !== key.split('/')[2]
      const message = `${renderKey(key)}${renamed ? ` as ${name}` : ''}${what} · ${verb(outcome)}`
      const reason = change?.reason?.code === 'Released' ? 'Released' : words[verdict]
      return { type: 'Normal', reason: reason ?? 'Written', message, fields }
    },
    /** `UpdateService Service web: InvalidParameterException: …`; undefined where the same was told before. */
    failed(outcome: Outcome, before: Outcome['failure']): Told | undefined {
      const { failure } = outcome
      if (failure?.code === before?.code && failure?.message === before?.message) return undefined
      return {
        type: 'Warning',
        reason: outcome.result === 'unknown' ? 'AnswerLost' : 'CallFailed',
        message: `${verb(outcome)} ${renderKey(outcome.call.key)}: ${failure?.code}: ${failure?.message}`,
      }
    },
  }
}
