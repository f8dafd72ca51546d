/**
 * Two revisions of a task definition that run the same: one was registered by a process that died before it knew, or
 * copied in the console. A roll-out from one to the other would replace every task for nothing.
 */
import type { Tag, TaskDefinition } from '@aws-sdk/client-ecs'
import { stableJson } from '../../diff.ts'
import { AwsFailure } from '../../errors.ts'
import type { IndexEntry, ObserveContext } from '../../kind.ts'

type Members = Readonly<Record<string, unknown>>

/** What AWS adds to a revision that was registered. */
const added: readonly string[] = [
  'taskDefinitionArn',
  'revision',
  'status',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
]

/** The members, with the wanted revision in the place of one that runs the same. Rejects with AwsFailure. */
export async function asWanted(
  context: ObserveContext,
  want: Members,
  members: Members,
): Promise<Members> {
  const [wanted, other] = [want.taskDefinition, members.taskDefinition]
  if (typeof wanted !== 'string' || typeof other !== 'string' || wanted === other) return members
  return (await areTwins(context, wanted, other)) ? { ...members, taskDefinition: wanted } : members
}

/** The hash in the tags says that it may be so; tags can be copied, so the content decides. */
async function areTwins(context: ObserveContext, a: string, b: string): Promise<boolean> {
  const { index, memory } = context
  const hash = hashOf(index, a)
  if (hash === undefined || hash !== hashOf(index, b)) return false
  const place = `twins:${[a, b].toSorted().join(' ')}`
  const known = memory.get(place) as boolean | undefined
  if (known !== undefined) return known
  try {
    const [one, other] = await Promise.all([contentOf(context, a), contentOf(context, b)])
    memory.set(place, one === other)
    return one === other
  } catch (error) {
    if (error instanceof AwsFailure && error.class === 'denied') return false
    throw error
  }
}

const hashOf = (index: readonly IndexEntry[], arn: string) =>
  index.find((entry) => entry.arn === arn)?.tags['fairlead:hash']

/**
 * The hash that a revision carries. The index may not show one yet that was registered a moment ago: then its own tags
 * say it, read once.
 */
export async function definitionHash(
  { index, memory, read }: ObserveContext,
  definition: unknown,
): Promise<string | undefined> {
  if (typeof definition !== 'string') return undefined
  const place = `hash:${definition}`
  const shown = index.find(({ arn }) => arn === definition)
  if (shown) return shown.tags['fairlead:hash']
  if (!memory.has(place)) {
    const { tags = [] } = await read<{ tags?: Tag[] }>('ecs:DescribeTaskDefinition', {
      taskDefinition: definition,
      include: ['TAGS'],
    })
    memory.set(place, tags.find(({ key }) => key === 'fairlead:hash')?.value)
  }
  return memory.get(place) as string | undefined
}

async function contentOf({ read }: ObserveContext, arn: string): Promise<string> {
  const answer = await read<{ taskDefinition?: TaskDefinition }>('ecs:DescribeTaskDefinition', {
    taskDefinition: arn,
  })
  const members = Object.entries(answer.taskDefinition ?? {})
  return stableJson(Object.fromEntries(members.filter(([name]) => !added.includes(name))))
}
