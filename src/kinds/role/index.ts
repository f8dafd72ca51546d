/** The kind Role: what instances, tasks and AWS's own services may do. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  identify,
  named,
  type RoleSpec,
  references,
  schema,
  source,
  validate,
  within,
} from './manifest.ts'
import { observe, owned, type RoleState } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'

export const role: Kind<RoleSpec, RoleState> = {
  name: 'Role',
  plural: 'roles',
  summary: 'An IAM role: who may take it on, and what it may then do.',
  schema,
  source,
  operations,
  references,
  ownName: 'roleName',
  named,
  owned,
  identify,
  validate,
  within,
  observe,
  plan,
  health,
}
