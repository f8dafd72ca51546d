/** The kind Vpc: a network of the account's own. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import { identify, named, references, schema, source, validate } from './manifest.ts'
import { observe, type VpcState } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'
import type { VpcSpec } from './spec.ts'

export const vpc: Kind<VpcSpec, VpcState> = {
  name: 'Vpc',
  plural: 'vpcs',
  summary: 'A private network, in which subnets, gateways and security groups lie.',
  schema,
  source,
  operations,
  references,
  taggable: 'ec2:vpc',
  named,
  identify,
  validate,
  observe,
  plan,
  health,
}
