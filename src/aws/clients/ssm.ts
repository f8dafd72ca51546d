/** The operations of `ssm` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'

export const Client = SSMClient

export const commands = {
  AddTagsToResource: AddTagsToResourceCommand,
  DeleteParameter: DeleteParameterCommand,
  DescribeParameters: DescribeParametersCommand,
  GetParameters: GetParametersCommand,
  PutParameter: PutParameterCommand,
}
