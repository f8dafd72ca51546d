/** The kind ScalingPolicy: when Application Auto Scaling adds tasks to a service, and takes some away. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  identify,
  references,
  type ScalingPolicySpec,
  schema,
  source,
  together,
  validate,
} from './manifest.ts'
import { observe, type ScalingPolicyState } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'
import { among } from './rules.ts'
import { written } from './written.ts'

export const scalingPolicy: Kind<ScalingPolicySpec, ScalingPolicyState> = {
  name: 'ScalingPolicy',
  plural: 'scalingpolicies',
  summary:
    'When tasks are added to a service and taken away: a metric that is kept at a value, steps, or a forecast. It has no tags: it belongs to its ScalableTarget.',
  schema,
  source,
  operations,
  references,
  identify,
  validate,
  together,
  among,
  observe,
  plan,
  written,
  health,
}
