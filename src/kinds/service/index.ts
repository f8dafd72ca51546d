/** The kind Service: tasks that are kept running. */

import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  identify,
  named,
  references,
  type ServiceSpec,
  schema,
  source,
  together,
  validate,
} from './manifest.ts'
import { observe } from './observe.ts'
import { operations } from './operations.ts'
import { plan, planInPlace } from './plan.ts'
import type { ServiceState } from './state.ts'
import { remember } from './stopped.ts'
import { delegations } from './traffic.ts'
import { written } from './written.ts'

export const service: Kind<ServiceSpec, ServiceState> = {
  name: 'Service',
  plural: 'services',
  summary: 'Keeps a number of tasks of one task definition running, and rolls changes out.',
  schema,
  source,
  operations,
  references,
  joins: delegations,
  taggable: 'ecs:service',
  ownName: 'serviceName',
  named,
  identify,
  validate,
  together,
  observe,
  plan,
  planInPlace,
  remember,
  written,
  health,
}
