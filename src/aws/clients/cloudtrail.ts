/** Who else writes what fairlead keeps: asked only where two keep setting one field. */
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'

export const Client = CloudTrailClient

export const commands = { LookupEvents: LookupEventsCommand }
