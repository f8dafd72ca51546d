/** The kind Cluster: where tasks run. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  type ClusterSpec,
  identify,
  named,
  references,
  schema,
  source,
  validate,
} from './manifest.ts'
import { type ClusterState, observe } from './observe.ts'
import { operations } from './operations.ts'
import { plan, release } from './plan.ts'
import { remember } from './remember.ts'
import { written } from './written.ts'

export const cluster: Kind<ClusterSpec, ClusterState> = {
  name: 'Cluster',
  plural: 'clusters',
  summary: 'A group of capacity that tasks and services run on.',
  schema,
  source,
  operations,
  references,
  taggable: 'ecs:cluster',
  ownName: 'clusterName',
  named,
  identify,
  validate,
  observe,
  plan,
  written,
  remember,
  release,
  health,
}
