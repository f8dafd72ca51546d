/** The kind InstanceProfile: hands a role to EC2 instances. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  type InstanceProfileSpec,
  identify,
  named,
  references,
  schema,
  source,
  together,
  validate,
} from './manifest.ts'
import { type InstanceProfileState, observe, owned } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'

export const instanceProfile: Kind<InstanceProfileSpec, InstanceProfileState> = {
  name: 'InstanceProfile',
  plural: 'instanceprofiles',
  summary: 'What hands a role to EC2 instances.',
  schema,
  source,
  operations,
  references,
  ownName: 'instanceProfileName',
  named,
  owned,
  identify,
  validate,
  together,
  observe,
  plan,
  health,
}
