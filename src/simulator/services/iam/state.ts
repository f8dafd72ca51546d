/** IAM roles and instance profiles; global: all regions of an account share one state: the state. Records are replaced, never changed in place, so that an older view of the world may share them. */

export type IamState = Readonly<Record<string, never>>

export function createIamState(): IamState {
  return {}
}
