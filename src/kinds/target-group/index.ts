/** The kind TargetGroup: where a load balancer sends requests. ECS alone registers its targets. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  identify,
  named,
  references,
  schema,
  source,
  type TargetGroupSpec,
  validate,
  within,
} from './manifest.ts'
import { observe, type TargetGroupState } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'

export const targetGroup: Kind<TargetGroupSpec, TargetGroupState> = {
  name: 'TargetGroup',
  plural: 'targetgroups',
  summary: 'The tasks that a load balancer sends requests to, and how it checks their health.',
  schema,
  source,
  operations,
  references,
  taggable: 'elasticloadbalancing:targetgroup',
  ownName: 'name',
  named,
  identify,
  validate,
  within,
  observe,
  plan,
  health,
}
