/** Auto Scaling groups and their instance refreshes: the state. Records are replaced, never changed in place, so that an older view of the world may share them. */

export type AutoScalingState = Readonly<Record<string, never>>

export function createAutoScalingState(): AutoScalingState {
  return {}
}
