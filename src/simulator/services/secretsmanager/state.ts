/** Secrets, without their values: the state. Records are replaced, never changed in place, so that an older view of the world may share them. */

export type SecretsState = Readonly<Record<string, never>>

export function createSecretsState(): SecretsState {
  return {}
}
