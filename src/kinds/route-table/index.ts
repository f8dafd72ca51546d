/** The kind RouteTable: where the traffic of subnets goes. */
import type { Kind } from '../../kind.ts'
import { among, together } from './across.ts'
import { health } from './health.ts'
import { identify, named, references, schema, source, validate } from './manifest.ts'
import { observe, type RouteTableState } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'
import type { RouteTableSpec } from './spec.ts'

export const routeTable: Kind<RouteTableSpec, RouteTableState> = {
  name: 'RouteTable',
  plural: 'routetables',
  summary: 'Where the traffic of subnets goes, and which subnets go by it.',
  schema,
  source,
  operations,
  references,
  taggable: 'ec2:route-table',
  named,
  identify,
  validate,
  together,
  among,
  observe,
  plan,
  health,
}
