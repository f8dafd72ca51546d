/** What a task definition needs: nothing, tags, or a new revision. Pure. */
import { withoutAdopted } from '../../adoption.ts'
import { holesIn } from '../../diff.ts'
import type { Draft, PlanInput } from '../../kind.ts'
import { stalls } from '../../kit/planning.ts'
import { missingTags, tagChanges, toTagList } from '../../tags.ts'
import { canonicalDefinition, differences, hashOf } from './canonical.ts'
import { keptTags, missingImage, resolvesDigests, withDigests } from './images.ts'
import { keeping } from './kept.ts'
import type { TaskDefinitionSpec } from './manifest.ts'
import type { TaskDefinitionState } from './state.ts'

export function plan(input: PlanInput<TaskDefinitionSpec, TaskDefinitionState>): Draft {
  const { want, live } = input
  if (!want) return going(live?.state.registered ?? [])
  const digests = live?.state.digests ?? input.facts ?? {}
  const newest = live?.state.newest
  const kept = newest ? keeping(want.spec, newest, want.manifest) : { spec: want.spec, notes: [] }
  const missing = missingImage(kept.spec, digests)
  if (missing) {
    return stalls(
      'ImageNotFound',
      `no revision is registered with an image that is not there: ${missing}`,
    )
  }
  const spec = withDigests(kept.spec, digests)
  const tagged = resolvesDigests(want.manifest) ? keptTags(kept.spec, digests) : []
  const notes = [
    ...kept.notes,
    ...tagged.map((image) => `${image} keeps its tag: it is not in ECR of this region`),
  ]
  const canonical = canonicalDefinition(spec)
  const base = live?.state.base
  const [hole] = holesIn(canonical)
  if (hole) {
    const [, kind, name] = hole.key.split('/')
    const message = `waits for the ${hole.attribute} of ${kind} ${name}: a revision's content must be known to tell whether it is new`
    return { verdict: 'blocked', reason: { code: 'WaitsForReference', message } }
  }
  const tags = { ...input.tags, 'fairlead:hash': hashOf(canonical) }
  if (live?.state.match) return retag(live.state.match, live.tags, tags, notes)

  const fields = base ? differences(canonical, base.definition) : []
  if (base && input.ownership === 'adopt-unchanged') {
    const names = fields.map(({ path }) => path).join(', ')
    const message = `adopting it unchanged is not possible, its newest revision differs: ${names}`
    return {
      verdict: 'blocked',
      stalled: true,
      fields,
      reason: { code: 'AdoptWouldChange', message },
    }
  }
  return {
    verdict: live ? 'update' : 'create',
    fields,
    ...(notes.length > 0 ? { notes } : {}),
    calls: [
      {
        operation: 'ecs:RegisterTaskDefinition',
        input: {
          ...stripped(spec),
          family: want.identity.name,
          tags: toTagList(withoutAdopted(tags)),
        },
        yields: { arn: 'taskDefinition.taskDefinitionArn' },
      },
    ],
  }
}

/** As many as one look takes away; the next takes more. */
const mostAtOnce = 10

/** Deregistered, a revision starts nothing any more; AWS goes on knowing what it was. */
function going(registered: readonly string[]): Draft {
  if (registered.length === 0) return { verdict: 'keep' }
  const calls = registered.slice(0, mostAtOnce).map((taskDefinition) => ({
    operation: 'ecs:DeregisterTaskDefinition' as const,
    input: { taskDefinition },
  }))
  return { verdict: 'delete', calls }
}

function retag(
  { arn, unkept = [] }: NonNullable<TaskDefinitionState['match']>,
  live: Record<string, string>,
  wanted: Record<string, string>,
  remarks: readonly string[],
): Draft {
  const fields = tagChanges(live, wanted)
  const lost = unkept.map((path) => `${path} was registered, but this endpoint does not keep it`)
  const notes = [...remarks, ...lost]
  if (fields.length === 0) return { verdict: 'keep', ...(notes.length > 0 ? { notes } : {}) }
  return {
    verdict: 'update',
    fields,
    notes,
    calls: [
      {
        operation: 'ecs:TagResource',
        input: { resourceArn: arn, tags: toTagList(missingTags(live, wanted)) },
      },
    ],
  }
}

/** The spec as AWS takes it: without tags, which are merged by the caller, and without nulls. */
function stripped(spec: TaskDefinitionSpec): Record<string, unknown> {
  const entries = Object.entries(spec).filter(
    ([name, value]) => name !== 'tags' && value !== undefined && value !== null,
  )
  return Object.fromEntries(entries)
}
