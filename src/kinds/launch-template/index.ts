/** The kind LaunchTemplate: how instances are made. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  identify,
  type LaunchTemplateSpec,
  named,
  references,
  schema,
  source,
  validate,
  within,
} from './manifest.ts'
import { type LaunchTemplateState, observe } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'
import { written } from './written.ts'

export const launchTemplate: Kind<LaunchTemplateSpec, LaunchTemplateState> = {
  name: 'LaunchTemplate',
  plural: 'launchtemplates',
  summary: 'How EC2 instances are made: image, instance type, disks, network, user data.',
  schema,
  source,
  operations,
  references,
  taggable: 'ec2:launch-template',
  ownName: 'launchTemplateName',
  named,
  identify,
  validate,
  within,
  observe,
  plan,
  written,
  health,
}
