/** Secrets, without their values. */
import type { ServiceHandlers } from '../../api.ts'

export const secretsHandlers: ServiceHandlers = {}
