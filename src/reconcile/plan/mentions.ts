/**
 * Whether something that AWS shows still uses a resource that is to go, be it described or not: by its ARN or id
 * anywhere, by its name where a reference could stand. Pure.
 */
import type { Kind } from '../../kind.ts'
import type { Desired, Live, ObjectKey } from '../../model.ts'
import type { Observations } from '../observe.ts'

export interface Mention {
  readonly key: ObjectKey
  /** Where in what AWS shows. */
  readonly path: string
}

interface MentionsInput {
  readonly desired: Pick<Desired, 'identities'>
  readonly observations: Observations
  readonly kinds: readonly Kind[]
}

export function mentionOf(
  key: ObjectKey,
  kind: Kind,
  live: Live,
  { desired, observations, kinds }: MentionsInput,
): Mention | undefined {
  const ids = [live.attributes.arn, live.attributes.id].filter(
    (id) => id !== undefined && id !== '',
  )
  const name = live.attributes.name ?? live.identity.name
  for (const [other, seen] of observations) {
    if (other === key || seen.found !== 'yes') continue
    const of = kinds.find((one) => one.name === other.split('/')[1])
    // What holds it by late references lets go of it in its turn.
    if (!of || letsGo(of, kind)) continue
    const undescribed = !Object.hasOwn(desired.identities, other)
    if (undescribed && mayRun(of, kind, kinds))
      return { key: other, path: 'by its task definition' }
    const places = namesIn(of, kind)
    const path = find(seen.live.state, '', (text, at) => {
      const byName = text === name && (places.has(lastTwo(at)) || places.has(lastOf(at)))
      return byName || ids.some((id) => holds(text, id!))
    })
    if (path !== undefined) return { key: other, path }
  }
  return undefined
}

const letsGo = (of: Kind, kind: Kind): boolean =>
  of.release !== undefined &&
  Object.values(of.references).some((field) => field.late && field.kind === kind.name)

/** What AWS tells of the past, and what was made of it for people. */
const told: ReadonlySet<string> = new Set([
  'events',
  'failures',
  'previous',
  'rejected',
  'report',
  'rollout',
])

/** The content of a revision that nobody describes is not read. */
const mayRun = (of: Kind, kind: Kind, kinds: readonly Kind[]): boolean =>
  refersTo(of, 'TaskDefinition') &&
  kinds.some((one) => one.name === 'TaskDefinition' && refersTo(one, kind.name))

const refersTo = (of: Kind, name: string): boolean =>
  Object.values(of.references).some((field) => field.kind === name)

/** The places where a kind names things of another by name. */
function namesIn(of: Kind, kind: Kind): ReadonlySet<string> {
  const fields = Object.entries(of.references).filter(
    ([, field]) => field.kind === kind.name || field.also?.includes(kind.name),
  )
  return new Set(fields.map(([path]) => lastTwo(path.replace(/^spec\.?/, ''))))
}

const lastOf = (path: string): string => path.split('.').at(-1)!

const lastTwo = (path: string): string => path.split('.').slice(-2).join('.')

/** The ARN or id itself, or inside of a text; not as the beginning of a longer name. */
function holds(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
    const next = text[at + id.length]
    if (next === undefined || !/[\w/.-]/.test(next)) return true
  }
  return false
}

function find(
  value: unknown,
  path: string,
  test: (text: string, path: string) => boolean,
): string | undefined {
  if (typeof value === 'string') return test(value, path) ? path : undefined
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = find(item, `${path}[]`, test)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, member] of Object.entries(value)) {
    if (told.has(name)) continue
    const found = find(member, path === '' ? name : `${path}.${name}`, test)
    if (found !== undefined) return found
  }
  return undefined
}
