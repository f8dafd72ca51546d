/** EC2 launch templates and instances. */
import type { ServiceHandlers } from '../../api.ts'

export const computeHandlers: ServiceHandlers = {}
