/** The kind InternetGateway: a VPC's door to the internet. */
import type { Kind } from '../../kind.ts'
import { among } from './across.ts'
import { health } from './health.ts'
import { identify, named, references, schema, source, validate } from './manifest.ts'
import { type InternetGatewayState, observe } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'
import type { InternetGatewaySpec } from './spec.ts'

export const internetGateway: Kind<InternetGatewaySpec, InternetGatewayState> = {
  name: 'InternetGateway',
  plural: 'internetgateways',
  summary: 'The door of a VPC to the internet; routes lead to it.',
  schema,
  source,
  operations,
  references,
  taggable: 'ec2:internet-gateway',
  named,
  identify,
  validate,
  among,
  observe,
  plan,
  health,
}
