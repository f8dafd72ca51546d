/** The operations of `ssm` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  DescribeParametersCommand,
  GetParametersCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'

export const Client = SSMClient

export const commands = {
  DescribeParameters: DescribeParametersCommand,
  GetParameters: GetParametersCommand,
}
