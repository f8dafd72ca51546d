/** The kind TaskDefinition: a family whose revisions never change, so a change registers a new one. */
import type { Kind } from '../../kind.ts'
import {
  identify,
  references,
  schema,
  source,
  type TaskDefinitionSpec,
  together,
  validate,
} from './manifest.ts'
import { observe } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'
import { remember } from './remember.ts'
import type { TaskDefinitionState } from './state.ts'
import { written } from './written.ts'

export const taskDefinition: Kind<TaskDefinitionSpec, TaskDefinitionState> & {
  readonly remember: typeof remember
} = {
  name: 'TaskDefinition',
  plural: 'taskdefinitions',
  summary:
    'What to run: containers, their sizes, volumes and roles. Each change becomes a new revision.',
  schema,
  source,
  operations,
  references,
  taggable: 'ecs:task-definition',
  identify,
  validate,
  together,
  observe,
  plan,
  written,
  remember,
  health: ({ state }) =>
    state.match
      ? {
          state: 'Ready',
          reason: 'Registered',
          message: `revision ${state.match.arn.split('/').pop()}`,
        }
      : {
          state: 'Progressing',
          reason: 'NotRegistered',
          message: 'no revision with this content yet',
        },
}
