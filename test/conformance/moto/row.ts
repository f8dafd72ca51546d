/** What a row of the table against moto says, and how two answers are compared. */

/** One call, sent to moto and to the simulator alike. Rows of one story run in order, in one account. */
export interface Row {
  readonly does: string
  /** `ecs:CreateCluster`. */
  readonly operation: string
  readonly input?: Readonly<Record<string, unknown>>
  /**
   * Where moto is wrong: path of the answer (or `error`, `code`, `message`) → what moto gets wrong.
   * At each of these the two must differ, so that a gap that moto has closed is noticed.
   */
  readonly gaps?: Readonly<Record<string, string>>
  /** What the simulator answers; needed where there are gaps. A part of the answer, or of the error. */
  readonly ours?: Readonly<Record<string, unknown>>
  /** Paths that the simulator's answer must not have. */
  readonly absent?: readonly string[]
}

/** The same gaps one member deeper: `under('service', …)`. */
export function under(
  member: string,
  gaps: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(gaps).map(([path, gap]) => [`${member}.${path}`, gap]))
}

/** What stands at a path of `differences`. */
export function valueAt(value: unknown, path: string): unknown {
  const names = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
  return names.reduce<unknown>(
    (inner, name) => (inner as Record<string, unknown> | undefined)?.[name],
    value,
  )
}

/** An answer, or `{ error: true, code, message }`, with what no two accounts share made the same. */
export type Outcome = Readonly<Record<string, unknown>>

/** Members whose values nobody can foresee. */
const SECRET = new Set([
  'nextToken',
  'AccessKeyId',
  'SecretAccessKey',
  'SessionToken',
  'AssumedRoleId',
])
/** Lists that AWS gives in no particular order. */
const UNORDERED = new Set(['clusterArns', 'ResourceTagMappingList', 'serviceArns', 'tags', 'Tags'])

/** Ids, dates and tokens are replaced by words: they must be there, and be of the same kind. */
export function normalised(value: unknown): unknown {
  if (value instanceof Date) return '<date>'
  if (typeof value === 'string') {
    return value
      .replace(/ecs-svc\/\d{15,}/g, 'ecs-svc/<id>')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
      .replace(/[0-9a-f]{32}/g, '<id>')
  }
  if (Array.isArray(value)) return value.map(normalised)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(
    ([name, item]) => name !== '$metadata' && item !== undefined,
  )
  return Object.fromEntries(members.map(([name, item]) => [name, normalisedMember(name, item)]))
}

const TOKEN = '<token>'

function normalisedMember(name: string, value: unknown): unknown {
  if (SECRET.has(name) || (name === 'PaginationToken' && value !== '')) return TOKEN
  const inner = normalised(value)
  if (!UNORDERED.has(name) || !Array.isArray(inner)) return inner
  const keyed = inner.map((item) => ({ item, text: JSON.stringify(item) }))
  return keyed.sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ item }) => item)
}

/** In a row's input, `<token>` stands for the page token of the answer before. */
export function withToken(input: object, token: string | undefined): object {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, value === TOKEN ? token : value]),
  )
}

/** Paths at which `ours` lacks or contradicts what moto answers. What only we answer is no contradiction. */
export function differences(moto: unknown, ours: unknown, path = ''): string[] {
  if (Array.isArray(moto)) {
    if (!Array.isArray(ours) || ours.length !== moto.length) return [path]
    return moto.flatMap((item, index) => differences(item, ours[index], `${path}[${index}]`))
  }
  if (typeof moto === 'object' && moto !== null) {
    if (typeof ours !== 'object' || ours === null || Array.isArray(ours)) return [path]
    const theirs = ours as Record<string, unknown>
    return Object.entries(moto).flatMap(([name, item]) =>
      differences(item, theirs[name], path ? `${path}.${name}` : name),
    )
  }
  return moto === ours ? [] : [path]
}

/** Whether a difference is at, or inside, a known gap. */
export function isAt(path: string, gap: string): boolean {
  return path === gap || path.startsWith(`${gap}.`) || path.startsWith(`${gap}[`)
}
