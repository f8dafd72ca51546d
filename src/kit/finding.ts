/** How observers find things: in batches, with failures kept to the keys concerned, and by tags where AWS gives ids. */
import { AwsFailure } from '../errors.ts'
import { inBatches, type ObserveContext, type Wanted } from '../kind.ts'
import type { Live, ObjectKey, Observation, Operation } from '../model.ts'
import { fromAwsTags } from '../tags.ts'

export type Answers<State> = Map<ObjectKey, Observation<State>>

/**
 * Looks for manifests `size` at a time, all batches side by side. What `look` does not answer is not there; a read
 * that fails leaves its own batch unknown.
 */
export async function observeInBatches<Spec, State>(
  wanted: readonly Wanted<Spec>[],
  size: number,
  look: (batch: readonly Wanted<Spec>[]) => Promise<ReadonlyMap<ObjectKey, Observation<State>>>,
): Promise<Answers<State>> {
  const answers: Answers<State> = new Map()
  await Promise.all(
    inBatches(wanted, size).map(async (batch) => {
      try {
        const seen = await look(batch)
        for (const { manifest } of batch) {
          answers.set(manifest.key, seen.get(manifest.key) ?? { found: 'no' })
        }
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error
        for (const { manifest } of batch) answers.set(manifest.key, unread(error))
      }
    }),
  )
  return answers
}

export function unread(error: AwsFailure): Observation<never> {
  return {
    found: 'unknown',
    reason: error.class,
    message: `${error.operation}: ${error.message}`,
  }
}

/** The answer of a read, or undefined where AWS says that there is none. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof AwsFailure && error.class === 'notFound') return undefined
    throw error
  }
}

/** The answer of a read, or `other` from an endpoint that does not serve the operation (an emulator). */
export async function unlessUnserved<T>(answer: Promise<T>, other: T): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof AwsFailure && error.class === 'unsupported') return other
    throw error
  }
}

/**
 * What a describe call that takes many names answers, `size` at a time. Such a call answers nothing at all where one of
 * them does not exist: then each is asked for by itself.
 */
export async function describeEach<T>(
  names: readonly string[],
  size: number,
  describe: (names: readonly string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const answers = await Promise.all(
    inBatches([...new Set(names)], size).map(async (batch) => {
      const all = await unlessMissing(describe(batch))
      if (all || batch.length === 1) return all ?? []
      const each = await Promise.all(batch.map((name) => unlessMissing(describe([name]))))
      return each.flatMap((found) => found ?? [])
    }),
  )
  return answers.flat()
}

/** How things are described that AWS finds by name or by ARN, not by both in one call. */
export interface Described<T, State> {
  names(names: readonly string[]): Promise<readonly T[]>
  arns(arns: readonly string[]): Promise<readonly T[]>
  nameOf(item: T): string | undefined
  arnOf(item: T): string | undefined
  /** Besides `arn` and `name`. */
  attributes(item: T): Readonly<Record<string, string | undefined>>
  state(item: T): State
}

/** Looks for things that are only observed: by `identity.parts.arn` where there is one, else by name. */
export function describeByNameOrArn<T, Spec, State>(
  wanted: readonly Wanted<Spec>[],
  described: Described<T, State>,
): Promise<Answers<State>> {
  return observeInBatches(wanted, 100, async (part) => {
    const arns = part.flatMap(({ identity }) => identity.parts.arn ?? [])
    const names = part.flatMap(({ identity }) => (identity.parts.arn ? [] : [identity.name]))
    const [byArn, byName] = await Promise.all([
      describeEach(arns, 100, described.arns),
      describeEach(names, 100, described.names),
    ])
    const answers: Answers<State> = new Map()
    for (const { manifest, identity } of part) {
      const { arn } = identity.parts
      const item = arn
        ? byArn.find((each) => described.arnOf(each) === arn)
        : byName.find((each) => described.nameOf(each) === identity.name)
      if (!item) continue
      const attributes = Object.entries({
        ...described.attributes(item),
        arn: described.arnOf(item),
        name: described.nameOf(item),
      }).filter((entry): entry is [string, string] => entry[1] !== undefined)
      const live = {
        key: manifest.key,
        identity,
        attributes: Object.fromEntries(attributes),
        tags: {},
        state: described.state(item),
      }
      answers.set(manifest.key, { found: 'yes', live })
    }
    return answers
  })
}

/** Something that AWS answered, with its tags. */
export interface Candidate<T> {
  readonly id: string
  readonly tags: Readonly<Record<string, string>>
  readonly item: T
}

/**
 * The candidate that a manifest means: the one with the id that it names, else the one that our tags name. Two with
 * our tags are one too many: which of them is meant is for a person to say.
 */
export function findMeant<Spec, T, State>(
  want: Wanted<Spec>,
  { owner }: Pick<ObserveContext, 'owner'>,
  candidates: readonly Candidate<T>[],
  stateOf: (item: T) => State,
  /** Besides the id. */
  attributesOf: (item: T) => Readonly<Record<string, string>> = () => ({}),
): Observation<State> {
  const { manifest, identity } = want
  const given = identity.parts.id
  const meant = candidates.filter(({ id, tags }) =>
    given
      ? id === given
      : tags['fairlead:owner'] === owner && tags['fairlead:resource'] === manifest.key,
  )
  if (meant.length > 1) {
    const ids = meant.map(({ id }) => id).join(', ')
    const message = `${ids} all carry the tags of ${manifest.kind} ${manifest.name}: delete those that are too many, or take the tag fairlead:resource off them`
    return { found: 'unknown', reason: 'ambiguous', message }
  }
  return meant[0]
    ? { found: 'yes', live: liveCandidate(want, meant[0], stateOf, attributesOf) }
    : { found: 'no' }
}

/** A candidate as what a manifest means. */
export function liveCandidate<Spec, T, State>(
  { manifest, identity }: Wanted<Spec>,
  { id, tags, item }: Candidate<T>,
  stateOf: (item: T) => State,
  attributesOf: (item: T) => Readonly<Record<string, string>> = () => ({}),
): Live<State> {
  const attributes = { id, ...attributesOf(item) }
  return { key: manifest.key, identity, attributes, tags, state: stateOf(item) }
}

/** EC2's filters that find what is ours: at most 200 values a filter. */
export function ownTagFilters(owner: string, keys: readonly ObjectKey[]) {
  return [
    { Name: 'tag:fairlead:owner', Values: [owner] },
    { Name: 'tag:fairlead:resource', Values: [...keys] },
  ]
}

/** All pages of an EC2-style answer. */
export async function allPages<T>(
  page: (token: string | undefined) => Promise<{ items: readonly T[]; next?: string | undefined }>,
): Promise<T[]> {
  const items: T[] = []
  let token: string | undefined
  do {
    const { items: more, next } = await page(token)
    items.push(...more)
    token = next || undefined
  } while (token)
  return items
}

/** A list of EC2: the operation, the member of the answer, the item's id, and the filter that takes ids. */
export interface Ec2List {
  readonly operation: Operation
  readonly items: string
  readonly id: string
  readonly filter: string
}

interface Ec2Tags {
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[]
}

/**
 * What of a list manifests may mean: those with our tags in one call, those that are named by their ids in another.
 * At most 200 manifests. By filter, since an unknown id would be an error for all.
 */
export async function ec2Candidates<Spec, T extends object>(
  { read, owner }: ObserveContext,
  wanted: readonly Wanted<Spec>[],
  list: Ec2List,
): Promise<Candidate<T>[]> {
  const ids = [...new Set(wanted.flatMap(({ identity }) => identity.parts.id ?? []))]
  const keys = wanted.flatMap(({ manifest, identity }) => (identity.parts.id ? [] : manifest.key))
  const [named, tagged] = await Promise.all([
    ids.length > 0 ? ec2Items<T>(read, list, [{ Name: list.filter, Values: ids }]) : [],
    keys.length > 0 ? ec2Items<T>(read, list, ownTagFilters(owner, keys)) : [],
  ])
  const candidates = [...named, ...tagged].map((item) => ec2Candidate(item, list))
  return [...new Map(candidates.map((candidate) => [candidate.id, candidate])).values()]
}

/** An item as a candidate. */
export function ec2Candidate<T extends object>(item: T, { id }: Ec2List): Candidate<T> {
  return {
    id: String((item as Record<string, unknown>)[id]),
    tags: fromAwsTags((item as Ec2Tags).Tags),
    item,
  }
}

/** All items of a list that match. */
export function ec2Items<T>(
  read: ObserveContext['read'],
  { operation, items }: Ec2List,
  Filters: readonly { readonly Name: string; readonly Values: readonly string[] }[],
): Promise<T[]> {
  return allPages<T>(async (NextToken) => {
    const answer = await read(operation, { Filters, ...(NextToken ? { NextToken } : {}) })
    const { [items]: found = [], NextToken: next } = answer as Record<string, never[]>
    return { items: found, next: next as unknown as string | undefined }
  })
}
