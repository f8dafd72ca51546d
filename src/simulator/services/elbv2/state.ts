/** The state of Elastic Load Balancing. Records are replaced, never changed in place. */
import type {
  Listener,
  LoadBalancer,
  Rule,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'

/** Attributes by their dotted keys. */
export type Attributes = Readonly<Record<string, string>>

export interface TargetGroupRecord {
  /** As the API shows it, without `LoadBalancerArns`, which follow from listeners and rules. */
  readonly group: TargetGroup
  readonly attributes: Attributes
}

export interface LoadBalancerRecord {
  /** As the API shows it, without its state. */
  readonly balancer: LoadBalancer
  readonly attributes: Attributes
  /** When it turns from provisioning to active, milliseconds since the epoch. */
  readonly activeAt: number
}

export interface ListenerRecord {
  readonly listener: Listener
  readonly attributes: Attributes
}

export interface RuleRecord {
  readonly rule: Rule
  readonly listenerArn: string
}

export interface Elbv2State {
  /** Each by its ARN. */
  readonly targetGroups: Map<string, TargetGroupRecord>
  readonly loadBalancers: Map<string, LoadBalancerRecord>
  readonly listeners: Map<string, ListenerRecord>
  readonly rules: Map<string, RuleRecord>
  /** ARNs of deleted target groups: of these alone ECS knows that they are gone. */
  readonly deleted: Map<string, true>
}

export function createElbv2State(): Elbv2State {
  return {
    targetGroups: new Map(),
    loadBalancers: new Map(),
    listeners: new Map(),
    rules: new Map(),
    deleted: new Map(),
  }
}
