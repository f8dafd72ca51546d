/** The composite Network: a VPC with a public subnet in each of some zones, and the way from them to the internet. */
import type { Composite } from '../../kind.ts'
import { expand } from './expand.ts'
import { type NetworkSpec, references, validate } from './manifest.ts'
import { schema } from './schema.ts'

export const network: Composite<NetworkSpec> = {
  name: 'Network',
  plural: 'networks',
  summary:
    'A VPC, a public subnet in each of some zones, an internet gateway and the route to it: what the console makes.',
  schema: async () => schema,
  references,
  validate,
  expand,
}
