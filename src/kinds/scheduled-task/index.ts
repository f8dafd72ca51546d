/** The kind ScheduledTask: starts tasks at its times, by EventBridge Scheduler. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  identify,
  named,
  references,
  type ScheduledTaskSpec,
  schema,
  source,
  together,
  validate,
  within,
} from './manifest.ts'
import { observe } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'
import type { ScheduledTaskState } from './state.ts'

export const scheduledTask: Kind<ScheduledTaskSpec, ScheduledTaskState> = {
  name: 'ScheduledTask',
  plural: 'scheduledtasks',
  summary:
    'Starts tasks at its times (EventBridge Scheduler). Each takes one of the 500 schedule groups of a region.',
  schema,
  source,
  operations,
  references,
  taggable: 'scheduler:schedule-group',
  ownName: 'name',
  named,
  identify,
  validate,
  within,
  together,
  observe,
  plan,
  health,
}
