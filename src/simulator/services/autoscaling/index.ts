/** Auto Scaling groups and their instance refreshes. */
import type { ServiceHandlers } from '../../api.ts'
import { capacityHandlers } from './capacity.ts'
import { groupHandlers } from './groups.ts'
import { policyHandlers } from './policies.ts'
import { groupReadHandlers } from './reads.ts'
import { refreshHandlers } from './refreshes.ts'

export const autoScalingHandlers: ServiceHandlers = {
  ...capacityHandlers,
  ...groupHandlers,
  ...groupReadHandlers,
  ...policyHandlers,
  ...refreshHandlers,
}
