/** What this process remembers of its own registrations: AWS's index and lists show them only after a while. Pure. */
import type { Call } from '../../model.ts'

/** Where it stands that a revision is not what its tags said, or no longer has the tags that are remembered. */
export const distrustedKey = (arn: string) => `distrusted:${arn}`

/** Where the revision with this content is remembered. */
export const rememberedKey = (family: string, hash: string) => `registered:${family}:${hash}`

interface Registration {
  readonly family?: string
  readonly tags?: readonly { readonly key: string; readonly value: string }[]
}

/**
 * What a successful call leaves to remember: a key for `ObserveContext.memory` and the value under it.
 * Undefined for calls that register and release nothing.
 */
export function remember(
  call: Pick<Call, 'operation' | 'input'>,
  yielded: Readonly<Record<string, string>>,
): readonly [key: string, value: unknown] | undefined {
  if (call.operation === 'ecs:UntagResource') {
    return [distrustedKey(String(call.input.resourceArn)), 'tags']
  }
  if (call.operation === 'ecs:DeregisterTaskDefinition') {
    return [distrustedKey(String(call.input.taskDefinition)), true]
  }
  if (call.operation !== 'ecs:RegisterTaskDefinition' || !yielded.arn) return undefined
  const { family, tags: list } = call.input as Registration
  const tags = Object.fromEntries((list ?? []).map(({ key, value }) => [key, value]))
  const hash = tags['fairlead:hash']
  if (!family || !hash) return undefined
  return [rememberedKey(family, hash), { arn: yielded.arn, tags }]
}

/** Whether this process registered a revision of the family. */
export const isRemembered = (memory: ReadonlyMap<string, unknown>, family: string): boolean =>
  [...memory.keys()].some((key) => key.startsWith(rememberedKey(family, '')))
