/** The operations of `iam` that fairlead sends; named one by one, so that the bundle holds no others. */
import { IAMClient } from '@aws-sdk/client-iam'

export const Client = IAMClient

export const commands = {}
