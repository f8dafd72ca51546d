/** IAM's operations: roles, instance profiles and policies. Global: all regions of an account share one state. */
import type { ServiceHandlers } from '../../api.ts'
import { accountHandlers } from './account.ts'
import { instanceProfileHandlers } from './instance-profiles.ts'
import { policyHandlers } from './policies.ts'
import { rolePolicyHandlers } from './role-policies.ts'
import { roleHandlers } from './roles.ts'

export const iamHandlers: ServiceHandlers = {
  ...accountHandlers,
  ...instanceProfileHandlers,
  ...policyHandlers,
  ...rolePolicyHandlers,
  ...roleHandlers,
}
