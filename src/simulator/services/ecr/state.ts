/** Private image repositories: the state. Records are replaced, never changed in place, so that an older view of the world may share them. */

export type EcrState = Readonly<Record<string, never>>

export function createEcrState(): EcrState {
  return {}
}
