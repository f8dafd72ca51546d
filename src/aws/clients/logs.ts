/** The operations of `logs` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'

export const Client = CloudWatchLogsClient

export const commands = {
  DescribeLogGroups: DescribeLogGroupsCommand,
  GetLogEvents: GetLogEventsCommand,
}
