/** The kind Task: runs to completion, once for each content. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  identify,
  named,
  references,
  schema,
  source,
  type TaskSpec,
  together,
  validate,
} from './manifest.ts'
import { observe } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'
import { remember } from './remember.ts'
import type { TaskState } from './state.ts'

export const task: Kind<TaskSpec, TaskState> & { readonly remember: typeof remember } = {
  name: 'Task',
  plural: 'tasks',
  summary: 'Runs a task definition to completion, once for each content: a migration, a job.',
  schema,
  source,
  operations,
  references,
  taggable: 'ssm:parameter',
  servesUsers: true,
  named,
  identify,
  validate,
  together,
  observe,
  plan,
  remember,
  health,
}
