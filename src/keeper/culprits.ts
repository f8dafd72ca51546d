/**
 * Whom CloudTrail's records name as the writers of a resource. Pure. Rests on "CloudTrail record contents" of the
 * CloudTrail User Guide.
 */
import { appId } from '../aws/aws.ts'
import type { Operation } from '../model.ts'
import { toolNamed } from '../rivals.ts'

/** What of a record is looked at; all of it is optional, since services fill records in differently. */
export interface WriteRecord {
  readonly eventTime?: string
  readonly errorCode?: string
  readonly sourceIPAddress?: string
  readonly userAgent?: string
  readonly userIdentity?: { arn?: string; userName?: string; invokedBy?: string; type?: string }
  readonly requestParameters?: unknown
}

/** As the SDK puts it into the user agent. */
const ownAgent = `app/${appId}`

const opposites: readonly (readonly [string, string])[] = [
  ['Tag', 'Untag'],
  ['Attach', 'Detach'],
  ['Associate', 'Disassociate'],
  ['Authorize', 'Revoke'],
  ['Put', 'Delete'],
  ['CreateTags', 'DeleteTags'],
  ['CreateRoute', 'DeleteRoute'],
  ['CreateOrUpdateTags', 'DeleteTags'],
]

/** The events of those who undo what these operations do: the same writes, and their opposites. */
export function eventNames(operations: readonly Operation[]): string[] {
  const names = operations.map((operation) => operation.split(':')[1] ?? '')
  const undoing = names.flatMap((name) =>
    opposites.flatMap(([one, other]) => {
      if (name.startsWith(one)) return other + name.slice(one.length)
      return name.startsWith(other) ? one + name.slice(other.length) : []
    }),
  )
  return [...new Set([...names, ...undoing])]
}

/** Undefined where the text is no record. */
export function recordIn(text: string | undefined): WriteRecord | undefined {
  try {
    const found: unknown = JSON.parse(text ?? '')
    return typeof found === 'object' && found !== null ? found : undefined
  } catch {
    return undefined
  }
}

/**
 * `arn:aws:sts::…:assumed-role/Admin/alice (the AWS CLI, from 203.0.113.1), 4 times, last at 12:00:03Z`; undefined where
 * the records name nobody but ourselves. `attributes` are the live resource's (`arn`, `id`, `name`).
 */
export function culpritsIn(
  records: readonly WriteRecord[],
  attributes: Readonly<Record<string, string>>,
  ourselves: string,
): string | undefined {
  const told = new Map<string, { times: number; last: string }>()
  for (const record of records) {
    if (record.errorCode || !concerns(record, attributes)) continue
    const who = whoIn(record, ourselves)
    if (!who) continue
    const { times = 0, last = '' } = told.get(who) ?? {}
    const at = record.eventTime ?? ''
    told.set(who, { times: times + 1, last: at > last ? at : last })
  }
  if (told.size === 0) return undefined
  const all = [...told].sort(([, a], [, b]) => b.times - a.times)
  const first = all.slice(0, 2).map(([who, { times, last }]) => {
    const often = times === 1 ? 'once' : `${times} times`
    return `${who}, ${often}${last ? `, last at ${last}` : ''}`
  })
  const more = all.length - first.length
  return [...first, ...(more > 0 ? [`${more} more`] : [])].join('; and ')
}

/** Undefined for a write of our own. */
function whoIn(record: WriteRecord, ourselves: string): string | undefined {
  const { userIdentity = {}, sourceIPAddress: from, userAgent: agent = '' } = record
  const name = userIdentity.arn ?? userIdentity.invokedBy ?? userIdentity.userName
  if (agent.includes(ownAgent)) return name === ourselves ? undefined : `another fairlead, ${name}`
  // A service of AWS's stands in all three.
  const tool = agent === name ? '' : (toolNamed(agent) ?? /^\S+\/\S+/.exec(agent)?.[0] ?? agent)
  const how = [tool, from && from !== name ? `from ${from}` : ''].filter(Boolean).join(', ')
  return `${name ?? userIdentity.type ?? 'somebody'}${how ? ` (${how})` : ''}`
}

/** By its ARN or id, or by its name: of a service in the cluster that it lies in. */
function concerns(record: WriteRecord, { arn = '', id, name }: Record<string, string>): boolean {
  const values = [...stringsIn(record.requestParameters)]
  if (values.includes(arn) || (id && values.includes(id))) return true
  const [type, ...path] = arn.split(':').slice(5).join(':').split('/')
  const last = path.at(-1) ?? name
  if (!last || !values.includes(last)) return false
  if (type !== 'service' || path.length < 2) return true
  const { cluster } = (record.requestParameters ?? {}) as { cluster?: string }
  return path[0] === (cluster ?? 'default').split('/').at(-1)
}

function* stringsIn(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value
  else if (value !== null && typeof value === 'object') {
    for (const inner of Object.values(value)) yield* stringsIn(inner)
  }
}
