/** An InstanceGroup as people write it: the references it takes, and its rules. */

import type { Composite, ReferenceField } from '../../kind.ts'
import { findings } from '../../kit/field-rules.ts'
import { checkInstanceGroup, remarks } from './rules.ts'
import type { InstanceGroupSpec } from './spec.ts'

export const references: Readonly<Record<string, ReferenceField>> = {
  cluster: { kind: 'Cluster', attribute: 'name' },
  network: { kind: 'Network', attribute: 'id' },
  'subnets[]': { kind: 'Subnet', attribute: 'id' },
  'securityGroups[]': { kind: 'SecurityGroup', attribute: 'id' },
  role: { kind: 'Role', attribute: 'name' },
}

export const validate: Composite<InstanceGroupSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkInstanceGroup(spec, found)
  return [...found.problems, ...remarks(spec, at)]
}
