/** The revisions of a family as AWS shows them: the newest, and what one holds, read once since it never changes. */
import type { ObserveContext } from '../../kind.ts'
import { type EcsTag, fromTagList } from '../../tags.ts'
import { canonicalDefinition } from './canonical.ts'
import { distrustedKey } from './remember.ts'

type Tags = Readonly<Record<string, string>>

/** A revision as this process knows it. `definition` is missing where the index alone vouches for it. */
export interface Revision {
  readonly arn: string
  readonly tags: Tags
  readonly definition?: Record<string, unknown>
}

interface Described {
  readonly taskDefinition?: { readonly taskDefinitionArn?: string; readonly status?: string }
  readonly tags?: readonly EcsTag[]
}

const newestLooked = 5

/** Family and revision in `arn:aws:ecs:eu-central-1:123456789012:task-definition/web:7`. */
export function parseArn(arn: string): { family: string; revision: number } | undefined {
  const match = /:task-definition\/([^/:]+):(\d+)$/.exec(arn)
  return match ? { family: match[1]!, revision: Number(match[2]) } : undefined
}

/** The newest active revisions of exactly this family, newest first. Some emulators match longer names too. */
export async function newestArns(family: string, { read }: ObserveContext): Promise<string[]> {
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

/** A revision's content never changes, so it is read once per process, unless its tags are in doubt. */
export async function describeOnce(
  arn: string,
  context: ObserveContext,
): Promise<Revision | undefined> {
  const { memory } = context
  const doubtful = memory.get(distrustedKey(arn)) === 'tags'
  const known = doubtful ? undefined : (memory.get(`definition:${arn}`) as Revision | undefined)
  return known ?? (await describe(arn, context))
}

/** A revision with its tags; undefined when it is no longer active. Rejects with AwsFailure. */
export async function describe(
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
