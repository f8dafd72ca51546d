/** The kind ScalableTarget: between which bounds Application Auto Scaling may set a service's number of tasks. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  identify,
  joins,
  named,
  references,
  type ScalableTargetSpec,
  schema,
  source,
  together,
  validate,
} from './manifest.ts'
import { observe, type ScalableTargetState } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'
import { written } from './written.ts'

export const scalableTarget: Kind<ScalableTargetSpec, ScalableTargetState> = {
  name: 'ScalableTarget',
  plural: 'scalabletargets',
  summary:
    'Between which bounds Application Auto Scaling sets the number of tasks of a service; from then on the number is its own.',
  schema,
  source,
  operations,
  references,
  joins,
  taggable: 'application-autoscaling:scalable-target',
  ownName: 'resourceId',
  named,
  identify,
  validate,
  together,
  observe,
  plan,
  written,
  health,
}
