/** Load balancers, listeners, rules and target groups, as far as services need them: the state. Records are replaced, never changed in place, so that an older view of the world may share them. */

export type Elbv2State = Readonly<Record<string, never>>

export function createElbv2State(): Elbv2State {
  return {}
}
