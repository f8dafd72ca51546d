/** What the tests of IAM start from: documents, and an account that holds one of each. */
import type { SimulatorOptions } from '../../src/simulator/index.ts'
import { type Aws, aws } from './aws.ts'

export const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
})
export const allow = (Action: unknown, Resource: unknown = '*', more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource, ...more }],
  })
export const trusting = (Principal: unknown) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] })
export const ecsForEc2 = 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role'
export const account = 'arn:aws:iam::123456789012'

/** A role `host` in the profile `hosts`, and a policy `own`. */
export function furnished(options: Partial<SimulatorOptions> = {}): Aws {
  const one = aws(options)
  one.call('iam:CreateRole', { RoleName: 'host', AssumeRolePolicyDocument: trust })
  one.call('iam:CreateInstanceProfile', { InstanceProfileName: 'hosts' })
  one.call('iam:AddRoleToInstanceProfile', { InstanceProfileName: 'hosts', RoleName: 'host' })
  one.call('iam:CreatePolicy', { PolicyName: 'own', PolicyDocument: allow('s3:GetObject') })
  return one
}
