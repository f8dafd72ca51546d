/** Parameters of Systems Manager: those of the account, and the public ones that name AMIs: the state. Records are replaced, never changed in place, so that an older view of the world may share them. */

export type SsmState = Readonly<Record<string, never>>

export function createSsmState(): SsmState {
  return {}
}
