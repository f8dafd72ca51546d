/** Secrets Manager: secrets, their values and their tags. Nothing is encrypted, nothing rotates. */
import type { ServiceHandlers } from '../../api.ts'
import { secretHandlers } from './secrets.ts'

export const secretsHandlers: ServiceHandlers = secretHandlers
