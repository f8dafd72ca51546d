/** Systems Manager as far as the Parameter Store: the account's parameters, and AWS's public ones. */
import type { ServiceHandlers } from '../../api.ts'
import { parameterReadHandlers } from './parameters.ts'
import { parameterWriteHandlers } from './writes.ts'

export const ssmHandlers: ServiceHandlers = { ...parameterReadHandlers, ...parameterWriteHandlers }
