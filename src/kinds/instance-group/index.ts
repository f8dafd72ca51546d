/** The composite InstanceGroup: EC2 instances that join a cluster, with all that it takes to launch and scale them. */
import type { Composite } from '../../kind.ts'
import { expand } from './expand.ts'
import { references, validate } from './manifest.ts'
import { schema } from './schema.ts'
import type { InstanceGroupSpec } from './spec.ts'

export const instanceGroup: Composite<InstanceGroupSpec> = {
  name: 'InstanceGroup',
  plural: 'instancegroups',
  summary:
    'EC2 instances of a cluster: launch template, Auto Scaling group, capacity provider, instance role and profile.',
  schema: async () => schema,
  references,
  validate,
  expand,
}
