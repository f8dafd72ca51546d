/** The kind SecurityGroup: who may speak with whom. */
import type { Kind } from '../../kind.ts'
import { together } from './across.ts'
import { health } from './health.ts'
import { identify, named, references, schema, source, validate } from './manifest.ts'
import { observe, type SecurityGroupState } from './observe.ts'
import { operations } from './operations.ts'
import { plan, release } from './plan.ts'
import type { SecurityGroupSpec } from './spec.ts'

export const securityGroup: Kind<SecurityGroupSpec, SecurityGroupState> = {
  name: 'SecurityGroup',
  plural: 'securitygroups',
  summary: 'Rules for the traffic of what carries the group: who may come in, and where it may go.',
  schema,
  source,
  operations,
  references,
  taggable: 'ec2:security-group',
  ownName: 'groupName',
  named,
  identify,
  validate,
  together,
  observe,
  plan,
  release,
  health,
}
