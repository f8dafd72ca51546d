/** When an instance was last replaced: kept in memory, so that the next one waits for its successor. */
import type { Kind, ObserveContext } from '../../kind.ts'

const replaced = (cluster: unknown) => `replaced ${cluster}`

/** The call by which a replacement ends. It is not known when it was made; the next look takes the time. */
export const remember: NonNullable<Kind['remember']> = ({ operation, input }) =>
  operation === 'ecs:DeregisterContainerInstance' ? [replaced(input.cluster), 'now'] : undefined

export function replacedAt(
  cluster: string,
  { memory, now }: Pick<ObserveContext, 'memory' | 'now'>,
): number | undefined {
  const known = memory.get(replaced(cluster))
  if (known === 'now') memory.set(replaced(cluster), now)
  return known === 'now' ? now : (known as number | undefined)
}
