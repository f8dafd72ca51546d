/**
 * Finds the revision that runs what Git asks for. The tagging index says which revision carries which hash, so a
 * family that has not changed costs no read; a miss is confirmed against the family's newest revisions.
 */
import { holesIn } from '../../diff.ts'
import { AwsFailure } from '../../errors.ts'
import { unread } from '../../finding.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import type { Live, ObjectKey, Observation } from '../../model.ts'
import { type EcsTag, fromTagList } from '../../tags.ts'
import { canonicalDefinition, differences, hashOf, lacksOnly } from './canonical.ts'
import { type Digests, digestsFor, withDigests } from './images.ts'
import type { TaskDefinitionSpec } from './manifest.ts'
import { rememberedKey } from './remember.ts'

type Tags = Readonly<Record<string, string>>

export interface TaskDefinitionState {
  /** The active revision that runs what Git asks for; `unkept` names what this endpoint did not keep of it. */
  readonly match?: { readonly arn: string; readonly unkept?: readonly string[] }
  /** Without a match: the newest active revision, and its content in canonical form. */
  readonly base?: { readonly arn: string; readonly definition: Readonly<Record<string, unknown>> }
  /** Where digests are asked for: what its images are now. */
  readonly digests?: Digests
}

/** A revision as this process knows it. `definition` is missing where the index alone vouches for it. */
interface Revision {
  readonly arn: string
  readonly tags: Tags
  readonly definition?: Record<string, unknown>
}

/** One manifest on its way to an answer. */
interface Search {
  readonly key: ObjectKey
  readonly family: string
  readonly canonical: Record<string, unknown>
  /** Undefined while a reference has no value: then nothing can be equal. */
  readonly hash?: string
  trusted?: Revision
}

interface Described {
  readonly taskDefinition?: { readonly taskDefinitionArn?: string; readonly status?: string }
  readonly tags?: readonly EcsTag[]
}

const newestLooked = 5
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
  const searches = readable.map((want) => {
    const digests = images.get(want.manifest.key) as Digests | undefined
    return begin(
      digests ? { ...want, spec: withDigests(want.spec, digests) } : want,
      index,
      context,
    )
  })
  await verify(searches, context)
  const answers = await Promise.all(
    searches.map(async (search) => {
      const family = index.get(search.family) ?? []
      const digests = images.get(search.key) as Digests | undefined
      return [search.key, knowing(await answer(search, family, context), digests)] as const
    }),
  )
  return new Map([...failed, ...answers])
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

/** Family and revision in `arn:aws:ecs:eu-central-1:123456789012:task-definition/web:7`. */
export function parseArn(arn: string): { family: string; revision: number } | undefined {
  const match = /:task-definition\/([^/:]+):(\d+)$/.exec(arn)
  return match ? { family: match[1]!, revision: Number(match[2]) } : undefined
}

function begin(
  { manifest, identity, spec }: Wanted<TaskDefinitionSpec>,
  index: ReadonlyMap<string, readonly Revision[]>,
  { memory, now }: ObserveContext,
): Search {
  const canonical = canonicalDefinition(spec)
  const search: Search = { key: manifest.key, family: identity.name, canonical }
  if (holesIn(canonical).length > 0) return search
  const hash = hashOf(canonical)
  const candidates = (index.get(identity.name) ?? [])
    .filter(({ tags }) => tags['fairlead:hash'] === hash)
    .filter(({ tags }) => tags['fairlead:resource'] === manifest.key)
    .filter(({ arn }) => !memory.has(`distrusted:${arn}`))
    .sort((a, b) => parseArn(a.arn)!.revision - parseArn(b.arn)!.revision)
  const remembered = memory.get(rememberedKey(identity.name, hash)) as Revision | undefined
  const believed =
    remembered && !memory.has(`distrusted:${remembered.arn}`) ? remembered : undefined
  const trusted = candidates[0] ?? believed
  if (!trusted) return { ...search, hash }
  // What this process registered itself needs no check at once, and may be invisible for seconds.
  if (!candidates[0] && !memory.has(`verified:${trusted.arn}`)) {
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
      memory.set(`distrusted:${arn}`, true)
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
  { memory }: ObserveContext,
): Observation<TaskDefinitionState> {
  const { arn } = revision
  const known = memory.get(`definition:${arn}`) as Revision | undefined
  const fields = known?.definition ? differences(search.canonical, known.definition) : []
  const unkept = fields.map(({ path }) => path)
  return found(search, revision, { match: { arn, ...(unkept.length > 0 ? { unkept } : {}) } })
}

function found(
  { key, family }: Search,
  { arn, tags }: Revision,
  state: TaskDefinitionState,
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
    state,
  }
  return { found: 'yes', live }
}

/** The newest active revision with the wanted content, else the newest of all. */
async function searchFamily(
  search: Search,
  context: ObserveContext,
): Promise<{ match?: Revision; newest?: Revision }> {
  const arns = await newestArns(search.family, context)
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

/** The newest active revisions of exactly this family, newest first. Some emulators match longer names too. */
async function newestArns(family: string, { read }: ObserveContext): Promise<string[]> {
  const arns: string[] = []
  let nextToken: string | undefined
  do {
    const page = await read<{ taskDefinitionArns?: string[]; nextToken?: string }>(
      'ecs:ListTaskDefinitions',
      {
        familyPrefix: family,
        status: 'ACTIVE',
        sort: 'DESC',
        maxResults: newestLooked,
        ...(nextToken ? { nextToken } : {}),
      },
    )
    for (const arn of page.taskDefinitionArns ?? []) {
      if (parseArn(arn)?.family === family) arns.push(arn)
    }
    nextToken = page.nextToken || undefined
  } while (nextToken && arns.length < newestLooked)
  return arns.sort((a, b) => parseArn(b)!.revision - parseArn(a)!.revision).slice(0, newestLooked)
}

/** A revision's content never changes, so it is read once per process. */
async function describeOnce(arn: string, context: ObserveContext): Promise<Revision | undefined> {
  const known = context.memory.get(`definition:${arn}`) as Revision | undefined
  return known ?? (await describe(arn, context))
}

/** A revision with its tags; undefined when it is no longer active. Rejects with AwsFailure. */
async function describe(
  arn: string,
  { read, memory }: ObserveContext,
): Promise<Revision | undefined> {
  const { taskDefinition, tags } = await read<Described>('ecs:DescribeTaskDefinition', {
    taskDefinition: arn,
    include: ['TAGS'],
  })
  if (taskDefinition?.status !== 'ACTIVE') return undefined
  const revision: Revision = {
    arn,
    tags: fromTagList(tags),
    definition: canonicalDefinition(taskDefinition),
  }
  memory.set(`definition:${arn}`, revision)
  return revision
}
