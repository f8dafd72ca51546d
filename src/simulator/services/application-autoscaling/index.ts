/** Application Auto Scaling of ECS services: scalable targets, their policies, and what they did. */
import type { ServiceHandlers } from '../../api.ts'
import { policyHandlers } from './policies.ts'
import { targetHandlers } from './targets.ts'

export const applicationAutoScalingHandlers: ServiceHandlers = {
  ...targetHandlers,
  ...policyHandlers,
}
