/** The kind Subnet: a part of a VPC in one zone. */
import type { Kind } from '../../kind.ts'
import { among, together } from './across.ts'
import { health } from './health.ts'
import { identify, named, references, schema, source, validate } from './manifest.ts'
import { observe, type SubnetState } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'
import type { SubnetSpec } from './spec.ts'

export const subnet: Kind<SubnetSpec, SubnetState> = {
  name: 'Subnet',
  plural: 'subnets',
  summary: 'A part of a VPC in one availability zone, where instances and tasks get addresses.',
  schema,
  source,
  operations,
  references,
  taggable: 'ec2:subnet',
  named,
  identify,
  validate,
  together,
  among,
  observe,
  plan,
  health,
}
