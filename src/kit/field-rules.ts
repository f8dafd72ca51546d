/** Rules of fields that several kinds have: names, tags, capacity provider strategies, placement. Pure. */
import { isHole } from '../diff.ts'
import type { Manifest, ObjectKey, Problem } from '../model.ts'
import { isReference, objectKey, parseRef } from '../references.ts'

/** Gives a problem its place; see `Kind.validate`. */
export type At = (path: string, code: string, message: string, hint?: string) => Problem

/**
 * Rules over a manifest and the manifest that one of its references points to, by the reference's path.
 * A kind may carry them as `together`.
 */
// biome-ignore lint/suspicious/noExplicitAny: a registry holds kinds of every spec
export type Together<Spec = any> = Readonly<
  Record<
    string,
    (manifest: Manifest<Spec>, target: Manifest, at: At, path: string) => readonly Problem[]
  >
>

/** What a field that takes a reference means, as one text: the key of a manifest, or the id as it is written. */
export function meantBy(
  value: unknown,
  { namespace }: Pick<Manifest, 'namespace'>,
  kind: string,
): ObjectKey | undefined {
  if (isHole(value)) return value.$hole.key
  if (!isReference(value)) return typeof value === 'string' ? value : undefined
  const parsed = parseRef(value.ref, namespace, kind)
  return parsed && objectKey(parsed)
}

/** A text, and not a reference or a hole. */
export const isFilled = (value: unknown): value is string => typeof value === 'string'

/** Gathers problems; `say` adds one, and `note` what may be wrong and stops nothing. */
export interface Findings {
  readonly problems: Problem[]
  say(path: string, code: string, message: string, hint?: string): void
  note(path: string, code: string, message: string, hint?: string): void
}

export function findings(at: At): Findings {
  const problems: Problem[] = []
  return {
    problems,
    say: (...finding) => problems.push(at(...finding)),
    note: (...finding) => problems.push({ ...at(...finding), severity: 'notice' }),
  }
}

/** Clusters, services, families, containers, volumes: ECS names them all alike. */
export function checkName(name: unknown, path: string, { say }: Findings): void {
  if (typeof name !== 'string' || /^[A-Za-z0-9_-]{1,255}$/.test(name)) return
  say(
    path,
    'BadName',
    `"${name.slice(0, 60)}" is not a name in ECS: 1 to 255 letters, digits, - and _`,
  )
}

/** A field that AWS's types call optional, though AWS needs it. */
export function checkGiven(value: unknown, path: string, { say }: Findings, hint?: string): void {
  if (value === undefined) say(path, 'Required', 'is required, and missing', hint)
}

/** A whole number between two bounds, where there is a number at all. */
export function checkRange(
  value: number | undefined,
  path: string,
  [least, most]: readonly [number, number],
  { say }: Findings,
): void {
  if (value === undefined || (value >= least && value <= most)) return
  const expected =
    most === Number.POSITIVE_INFINITY ? `at least ${least}` : `from ${least} to ${most}`
  say(path, 'OutOfRange', `${value} is out of range: expected ${expected}`)
}

export function checkCount(
  list: readonly unknown[] | undefined,
  path: string,
  [least, most]: readonly [number, number],
  what: string,
  { say }: Findings,
): void {
  const count = list?.length ?? least
  if (count > most) say(path, 'TooMany', `${count} ${what}, and AWS takes at most ${most}`)
  if (count < least) say(path, 'TooFew', `${count} ${what}, and AWS needs at least ${least}`)
}

interface Tag {
  readonly key?: string | undefined
  readonly value?: string | undefined
}

/** AWS takes 50 tags a resource; fairlead writes up to 7 of its own. */
const mostTags = 43

export function checkTags(tags: readonly Tag[] | undefined, path: string, found: Findings): void {
  const { say } = found
  const seen = new Set<string>()
  if ((tags?.length ?? 0) > mostTags) {
    const message = `${tags?.length} tags, and at most ${mostTags} fit: AWS takes 50, and fairlead keeps 7 for itself`
    say(path, 'TooMany', message)
  }
  tags?.forEach(({ key = '', value = '' }, index) => {
    const at = `${path}[${index}]`
    if (key.length < 1 || key.length > 128)
      say(at, 'BadTag', 'a tag needs a key of 1 to 128 characters')
    if (value.length > 256) say(`${at}.value`, 'BadTag', 'a tag value has at most 256 characters')
    const prefix = ['aws:', 'fairlead:'].find((reserved) => key.toLowerCase().startsWith(reserved))
    if (prefix)
      say(`${at}.key`, 'ReservedTag', `tag keys must not begin with ${prefix}, which is reserved`)
    if (seen.has(key)) say(`${at}.key`, 'DuplicateTag', `the tag "${key}" is here a second time`)
    seen.add(key)
  })
}

interface StrategyItem {
  readonly capacityProvider?: unknown
  readonly weight?: number | undefined
  readonly base?: number | undefined
}

export function checkStrategy(
  strategy: readonly StrategyItem[] | undefined,
  path: string,
  found: Findings,
): void {
  if (strategy === undefined || strategy.length === 0) return
  const { say } = found
  checkCount(strategy, path, [1, 20], 'capacity providers', found)
  const names = new Set<string>()
  strategy.forEach(({ capacityProvider, weight, base }, index) => {
    const at = `${path}[${index}]`
    checkRange(weight, `${at}.weight`, [0, 1000], found)
    checkRange(base, `${at}.base`, [0, 100_000], found)
    const name = JSON.stringify(capacityProvider)
    if (names.has(name))
      say(at, 'DuplicateProvider', 'this capacity provider is here a second time')
    names.add(name)
  })
  const based = strategy.flatMap(({ base = 0 }, index) => (base > 0 ? [index] : []))
  if (based.length > 1) {
    say(`${path}[${based[1]}].base`, 'SecondBase', 'only one item of a strategy can have a base')
  }
  // A weight that is left out counts as 0 for the API; with a single item AWS accepts that.
  const weighed = strategy.filter(({ weight }) => weight !== undefined)
  if (weighed.length === strategy.length && weighed.every(({ weight }) => weight === 0)) {
    say(path, 'NoWeight', 'every weight is 0, so no task could be placed', 'give one item a weight')
  }
  const fargate = strategy.filter(({ capacityProvider }) => isFargateProvider(capacityProvider))
  if (fargate.length > 0 && fargate.length < strategy.length) {
    say(path, 'MixedProviders', 'Fargate and other capacity providers cannot be in one strategy')
  }
}

export function isFargateProvider(name: unknown): boolean {
  return name === 'FARGATE' || name === 'FARGATE_SPOT'
}

interface Constraint {
  readonly type?: string | undefined
  readonly expression?: string | undefined
}

export function checkConstraints(
  constraints: readonly Constraint[] | undefined,
  path: string,
  found: Findings,
): void {
  checkCount(constraints, path, [0, 10], 'placement constraints', found)
  constraints?.forEach(({ type, expression }, index) => {
    const at = `${path}[${index}]`
    checkGiven(type, `${at}.type`, found)
    if (type === 'memberOf') checkGiven(expression, `${at}.expression`, found)
    if (type === 'distinctInstance' && expression) {
      found.say(`${at}.expression`, 'NotTogether', 'distinctInstance takes no expression')
    }
    if ((expression?.length ?? 0) > 2000) {
      found.say(`${at}.expression`, 'TooLong', 'an expression has at most 2000 characters')
    }
  })
}

/** Items of a list that have the same key as one before them. */
export function repeated<T>(
  items: readonly T[],
  keyOf: (item: T) => string | undefined,
): [T, number][] {
  const seen = new Set<string>()
  return items.flatMap((item, index): [T, number][] => {
    const key = keyOf(item)
    if (key === undefined || !seen.has(key)) {
      if (key !== undefined) seen.add(key)
      return []
    }
    return [[item, index]]
  })
}
