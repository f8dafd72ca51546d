/** The kind TargetGroup: where a load balancer sends requests. Only looked at for now. */
import type { Kind } from '../../kind.ts'
import { observedOnly } from '../../observed-only.ts'
import { health } from './health.ts'
import { identify, schema, source, type TargetGroupSpec } from './manifest.ts'
import { observe, type TargetGroupState } from './observe.ts'
import { operations } from './operations.ts'

export const targetGroup: Kind<TargetGroupSpec, TargetGroupState> = {
  name: 'TargetGroup',
  plural: 'targetgroups',
  summary: 'The tasks that a load balancer sends requests to. Only looked at for now.',
  schema,
  source,
  operations,
  references: {},
  identify,
  ...observedOnly('target groups'),
  observe,
  health,
}
