/** EC2 launch templates and instances: the state. Records are replaced, never changed in place, so that an older view of the world may share them. */

export type ComputeState = Readonly<Record<string, never>>

export function createComputeState(): ComputeState {
  return {}
}
