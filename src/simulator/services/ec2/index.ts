/** Amazon EC2, as far as ECS on EC2 needs it. */
import type { ServiceHandlers } from '../../api.ts'
import { computeHandlers } from './compute.ts'
import { networkHandlers } from './network.ts'

export const ec2Handlers: ServiceHandlers = { ...networkHandlers, ...computeHandlers }
