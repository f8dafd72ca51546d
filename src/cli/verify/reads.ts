/** The AWS operations that `fairlead verify` reads with, besides those of the kinds. */
import type { Operation } from '../../model.ts'

export const verifyReads: readonly Operation[] = [
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ecr:DescribeImages',
  'elasticloadbalancing:DescribeTargetGroups',
  'iam:GetRole',
  'iam:SimulatePrincipalPolicy',
  'logs:DescribeLogGroups',
  'secretsmanager:DescribeSecret',
  'ssm:GetParameters',
]
