/**
 * Finds the revision that runs what Git asks for. The tagging index says which revision carries which hash, so a
 * family that has not changed costs no read; a miss is confirmed against the family's newest revisions.
 */
import { holesIn } from '../../diff.ts'
import { AwsFailure } from '../../errors.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import type { Digests } from '../../kit/ecr-images.ts'
import { unread } from '../../kit/finding.ts'
import type { Live, ObjectKey, Observation } from '../../model.ts'
import { canonicalDefinition, differences, hashOf, lacksOnly } from './canonical.ts'
import { digestsFor, withDigests } from './images.ts'
import { isOurFamily, type Kept, keptIn } from './kept.ts'
import type { TaskDefinitionSpec } from './manifest.ts'
import { withRegistered } from './registered.ts'
import { distrustedKey, rememberedKey } from './remember.ts'
import { describe, describeOnce, newestArns, parseArn, type Revision } from './revisions.ts'
import type { TaskDefinitionState } from './state.ts'

/** One manifest on its way to an answer. */
interface Search {
  readonly key: ObjectKey
  readonly family: string
  readonly canonical: Record<string, unknown>
  /** Undefined while a reference has no value: then nothing can be equal. */
  readonly hash?: string
  trusted?: Revision
  /** See TaskDefinitionState. */
  readonly newest?: Revision
  /** The newest revisions, where they have been asked for. */
  readonly arns?: readonly string[]
}

const verifiedPerPass = 10
/** A trusted revision is looked at again after this time at the earliest, milliseconds. */
const verifyAfter = 60_000
/** A revision that reads do not know is believed to be gone after this time, milliseconds. */
const believedGoneAfter = 30_000

export async function observe(
  context: ObserveContext,
  wanted: readonly Wanted<TaskDefinitionSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<TaskDefinitionState>>> {
  const index = byFamily(context)
  const images = await digestsFor(wanted, context)
  const failed = [...images].flatMap(([key, digests]) =>
    digests instanceof AwsFailure ? [[key, unread(digests)] as const] : [],
  )
  const readable = wanted.filter(({ manifest }) => !failed.some(([key]) => key === manifest.key))
  const searches: Search[] = []
  const unreadable: [ObjectKey, Observation<TaskDefinitionState>][] = []
  await Promise.all(
    readable.map(async (want) => {
      const digests = images.get(want.manifest.key) as Digests | undefined
      const kept = await keptIn(want, context)
      if ('found' in kept) return void unreadable.push([want.manifest.key, kept])
      const spec = digests ? withDigests(kept.want.spec, digests) : kept.want.spec
      searches.push(begin({ ...kept, want: { ...kept.want, spec } }, index, context))
    }),
  )
  await verify(searches, context)
  const answers = await Promise.all(
    searches.map(async (search) => {
      const family = index.get(search.family) ?? []
      const digests = images.get(search.key) as Digests | undefined
      return [search.key, knowing(await answer(search, family, context), digests)] as const
    }),
  )
  const seen = new Map([...failed, ...unreadable, ...answers])
  return context.teardown ? withRegistered(seen, context) : seen
}

/** The answer with what is known of the images, which planning needs whether there is a revision or not. */
function knowing(
  seen: Observation<TaskDefinitionState>,
  digests: Digests | undefined,
): Observation<TaskDefinitionState> {
  if (!digests || seen.found === 'unknown') return seen
  if (seen.found === 'no') return { ...seen, facts: digests }
  return { found: 'yes', live: { ...seen.live, state: { ...seen.live.state, digests } } }
}

/** One index serves many passes. */
const sorted = new WeakMap<ObserveContext['index'], Map<string, Revision[]>>()

function byFamily(context: ObserveContext): Map<string, Revision[]> {
  const known = sorted.get(context.index)
  if (known) return known
  const families = new Map<string, Revision[]>()
  sorted.set(context.index, families)
  for (const { arn, tags } of context.index) {
    const at = parseArn(arn)
    if (!at) continue
    const revisions = families.get(at.family) ?? []
    revisions.push({ arn, tags })
    families.set(at.family, revisions)
  }
  return families
}

function begin(
  { want: { manifest, identity, spec }, newest, arns }: Kept,
  index: ReadonlyMap<string, readonly Revision[]>,
  { memory, now }: ObserveContext,
): Search {
  const canonical = canonicalDefinition(spec)
  const search: Search = {
    key: manifest.key,
    family: identity.name,
    canonical,
    ...(newest ? { newest } : {}),
    ...(arns ? { arns } : {}),
  }
  if (holesIn(canonical).length > 0) return search
  const hash = hashOf(canonical)
  // What others roll out is not moved to an older revision of the same content.
  if (newest?.definition && differences(canonical, newest.definition).length === 0) {
    return { ...search, hash }
  }
  const family = index.get(identity.name) ?? []
  const candidates = family
    .filter(({ tags }) => tags['fairlead:hash'] === hash)
    .filter(({ tags }) => tags['fairlead:resource'] === manifest.key)
    .filter(({ arn }) => !memory.has(distrustedKey(arn)))
    .sort((a, b) => parseArn(a.arn)!.revision - parseArn(b.arn)!.revision)
  const remembered = memory.get(rememberedKey(identity.name, hash)) as Revision | undefined
  const believed = remembered && !memory.has(distrustedKey(remembered.arn)) ? remembered : undefined
  // A twin that a process which died has registered turns up late: what this one registered stays what is rolled out.
  const shown = family.some(({ arn }) => arn === believed?.arn)
  const own = shown ? candidates.find(({ arn }) => arn === believed?.arn) : believed
  const trusted = own ?? candidates[0]
  if (!trusted) return { ...search, hash }
  // What this process registered itself needs no check at once, and may be invisible for seconds.
  if (trusted === believed && !memory.has(`verified:${trusted.arn}`)) {
    memory.set(`verified:${trusted.arn}`, now)
  }
  return { ...search, hash, trusted }
}

/** Looks at the trusted revisions that were verified longest ago: tags can be copied, revisions deregistered. */
async function verify(searches: readonly Search[], context: ObserveContext): Promise<void> {
  const { memory, now } = context
  const age = (search: Search) =>
    now - Number(memory.get(`verified:${search.trusted!.arn}`) ?? -Infinity)
  const due = searches
    .filter((search) => search.trusted && age(search) >= verifyAfter)
    .sort((a, b) => age(b) - age(a) || (a.key < b.key ? -1 : 1))
    .slice(0, verifiedPerPass)
  await Promise.all(
    due.map(async (search) => {
      const { arn } = search.trusted!
      const seen = await describe(arn, context).catch((error) => {
        // A read that fails for reasons of its own says nothing about the revision.
        if (error instanceof AwsFailure) {
          return saysGone(error) && isGone(arn, context) ? undefined : search.trusted
        }
        throw error
      })
      // Trust alone has no content: the read failed.
      if (seen && !seen.definition) return
      if (seen && runs(seen, search)) {
        memory.set(`verified:${arn}`, now)
        memory.delete(`gone:${arn}`)
        search.trusted = seen
        return
      }
      memory.set(distrustedKey(arn), true)
      search.trusted = undefined
    }),
  )
}

/** Reads lag: a revision that was registered a moment ago is not gone because one of them does not know it yet. */
function isGone(arn: string, { memory, now }: ObserveContext): boolean {
  const sinceMs = Number(memory.get(`gone:${arn}`) ?? now)
  memory.set(`gone:${arn}`, sinceMs)
  return now - sinceMs >= believedGoneAfter
}

const saysGone = (error: AwsFailure) => error.class === 'notFound' || error.class === 'invalid'

async function answer(
  search: Search,
  inIndex: readonly Revision[],
  context: ObserveContext,
): Promise<Observation<TaskDefinitionState>> {
  if (search.trusted) return matched(search, search.trusted, context)
  try {
    const { match, newest } = await searchFamily(search, context)
    if (match) return matched(search, match, context)
    if (!newest) return { found: 'no' }
    // The family is ours when any of its revisions is, whoever registered the newest.
    const ours = inIndex.find(({ tags }) => tags['fairlead:resource'] === search.key)
    const base = { arn: newest.arn, definition: newest.definition ?? {} }
    return found(search, { arn: newest.arn, tags: ours?.tags ?? newest.tags }, { base })
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    return {
      found: 'unknown',
      reason: error.class,
      message: `${error.operation}: ${error.message}`,
    }
  }
}

function matched(
  search: Search,
  revision: Revision,
  context: ObserveContext,
): Observation<TaskDefinitionState> {
  const { arn, tags } = revision
  const { memory, owner, index } = context
  const known = memory.get(`definition:${arn}`) as Revision | undefined
  const fields = known?.definition ? differences(search.canonical, known.definition) : []
  const unkept = fields.map(({ path }) => path)
  const state = { match: { arn, ...(unkept.length > 0 ? { unkept } : {}) } }
  const { key, family, newest } = search
  const strange = newest !== undefined && tags['fairlead:owner'] === undefined
  const ours = strange && isOurFamily(key, family, index, context)
  return found(search, revision, state, ours ? { ownedAs: owner } : {})
}

function found(
  { key, family, newest }: Search,
  { arn, tags }: Revision,
  state: TaskDefinitionState,
  more: Pick<Live, 'ownedAs'> = {},
): Observation<TaskDefinitionState> {
  // Without a match there is no revision that others may be pointed at, so none is offered.
  const revision: Record<string, string> = state.match
    ? { arn, revision: String(parseArn(arn)?.revision) }
    : {}
  const live: Live<TaskDefinitionState> = {
    key,
    identity: { name: family, parts: {} },
    attributes: { name: family, family, ...revision },
    tags,
    state: { ...state, ...(newest?.definition ? { newest: newest.definition } : {}) },
    ...more,
  }
  return { found: 'yes', live }
}

/** The newest active revision with the wanted content, else the newest of all. */
async function searchFamily(
  search: Search,
  context: ObserveContext,
): Promise<{ match?: Revision; newest?: Revision }> {
  const arns = search.arns ?? (await newestArns(search.family, context))
  let newest: Revision | undefined
  for (const arn of arns) {
    const revision = await describeOnce(arn, context)
    if (!revision) continue
    newest ??= revision
    if (!search.hash) break
    if (!runs(revision, search)) continue
    const match = isTagged(revision, search) ? revision : await describe(arn, context)
    if (!match) continue
    // Tags change, content does not: what is tagged as ours is trusted from now on.
    if (isTagged(match, search)) {
      context.memory.set(rememberedKey(search.family, search.hash), { arn, tags: match.tags })
    }
    return { match, newest }
  }
  return newest ? { newest } : {}
}

/** A revision of ours that lacks something has lost it on its way to this endpoint: see lacksOnly. */
function runs(revision: Revision, search: Search): boolean {
  const definition = revision.definition ?? {}
  if (differences(search.canonical, definition).length === 0) return true
  return isTagged(revision, search) && lacksOnly(search.canonical, definition)
}

const isTagged = ({ tags }: Revision, { key, hash }: Search) =>
  tags['fairlead:hash'] === hash && tags['fairlead:resource'] === key
