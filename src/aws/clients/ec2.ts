/** The operations of `ec2` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'

export const Client = EC2Client

export const commands = {
  DescribeSecurityGroups: DescribeSecurityGroupsCommand,
  DescribeSubnets: DescribeSubnetsCommand,
}
