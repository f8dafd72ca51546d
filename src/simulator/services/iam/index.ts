/** IAM's operations: roles, instance profiles and policies. Global: all regions of an account share one state. */
import type { ServiceHandlers } from '../../api.ts'
import { instanceProfileHandlers } from './instance-profiles.ts'
import { roleHandlers } from './roles.ts'

export const iamHandlers: ServiceHandlers = {
  ...instanceProfileHandlers,
  ...roleHandlers,
}
