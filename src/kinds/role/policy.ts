/**
 * The fields of a role. None touches running tasks. Rests on CreateRole and on the calls that set what it does not,
 * in the AWS Identity and Access Management API reference.
 */
import type { Fields } from '../../diff.ts'
import { documentField } from '../../kit/policy-document.ts'

export const fields: Fields = {
  path: { default: '/', createOnly: 'the path of a role is part of its ARN for good' },
  assumeRolePolicyDocument: documentField,
  description: { default: '' },
  maxSessionDuration: { default: 3600 },
  permissionsBoundary: {},
  managedPolicyArns: { list: 'set' },
  policies: {
    key: (item) => String(item.policyName),
    fields: { policyName: {}, policyDocument: documentField },
  },
}
