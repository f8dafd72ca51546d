/** The operations of `ecr` that fairlead sends; named one by one, so that the bundle holds no others. */
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr'

export const Client = ECRClient

export const commands = {
  DescribeImages: DescribeImagesCommand,
}
