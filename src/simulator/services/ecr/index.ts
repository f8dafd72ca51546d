/** Private image repositories. */
import type { ServiceHandlers } from '../../api.ts'

export const ecrHandlers: ServiceHandlers = {}
