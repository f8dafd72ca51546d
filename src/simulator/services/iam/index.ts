/** IAM roles and instance profiles; global: all regions of an account share one state. */
import type { ServiceHandlers } from '../../api.ts'

export const iamHandlers: ServiceHandlers = {}
