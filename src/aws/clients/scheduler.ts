/** The operations of `scheduler` that fairlead sends; named one by one, so that the bundle holds no others. */
import { SchedulerClient } from '@aws-sdk/client-scheduler'

export const Client = SchedulerClient

export const commands = {}
