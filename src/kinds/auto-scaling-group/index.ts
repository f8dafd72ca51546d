/** The kind AutoScalingGroup: EC2 instances, as many as there should be, and as their launch template says. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  type AutoScalingGroupSpec,
  identify,
  named,
  references,
  schema,
  source,
  validate,
} from './manifest.ts'
import { observe, owned } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'
import { remember } from './remember.ts'
import type { GroupState } from './state.ts'
import { written } from './written.ts'

/** Found by its name; the tagging index does not know groups. */
export const autoScalingGroup: Kind<AutoScalingGroupSpec, GroupState> = {
  name: 'AutoScalingGroup',
  plural: 'autoscalinggroups',
  summary: 'A number of EC2 instances that are launched from one template and replaced when lost.',
  schema,
  source,
  operations,
  references,
  ownName: 'autoScalingGroupName',
  named,
  owned,
  identify,
  validate,
  observe,
  plan,
  written,
  remember,
  health,
}
