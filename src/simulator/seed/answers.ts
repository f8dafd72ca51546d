/** What is loaded into a world: answers of AWS to reads, as they came; and how the seeds read them. */
import type { World } from '../world.ts'

/** One read: `ecs:DescribeServices`, what it was asked and what it answered, in the SDK's shape. */
export interface Answer {
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly output: Readonly<Record<string, unknown>>
}

/** The answers by operation, so that each seed takes its own. */
export type Answers = ReadonlyMap<string, readonly Answer[]>

export function byOperation(answers: readonly Answer[]): Answers {
  const sorted = new Map<string, Answer[]>()
  for (const answer of answers) {
    const present = sorted.get(answer.operation)
    if (present) present.push(answer)
    else sorted.set(answer.operation, [answer])
  }
  return sorted
}

/** All items that answers to an operation list under a member. What was read twice comes twice. */
export function listed<Item>(answers: Answers, operation: string, member: string): Item[] {
  return (answers.get(operation) ?? []).flatMap(({ output }) => (output[member] ?? []) as Item[])
}

interface AnyTag {
  readonly key?: string | undefined
  readonly value?: string | undefined
  readonly Key?: string | undefined
  readonly Value?: string | undefined
}

/** Gives a resource the tags that an answer shows; an empty list is none. */
export function keepTags(world: World, arn: string, tags: readonly AnyTag[] | undefined): void {
  if (!tags || tags.length === 0) return
  const kept = tags.map((tag) => [tag.key ?? tag.Key ?? '', tag.value ?? tag.Value ?? ''] as const)
  world.tags.set(arn, Object.fromEntries(kept))
}

/** Times that came over a wire may be texts. */
export function dateOf(value: unknown): Date | undefined {
  if (value === undefined || value === null) return undefined
  const date = value instanceof Date ? value : new Date(value as string | number)
  return Number.isNaN(date.getTime()) ? undefined : date
}
