/** Rules of roles beyond the schema. They rest on CreateRole, PutRolePolicy and the quotas of IAM. */
import { holesIn } from '../../diff.ts'
import {
  checkCount,
  checkRange,
  checkTags,
  type Findings,
  repeated,
} from '../../kit/field-rules.ts'
import { checkIamName, checkPath } from '../../kit/iam-names.ts'
import { documentText } from '../../kit/policy-document.ts'
import { checkDocument } from '../../kit/policy-rules.ts'
import type { Environment, Manifest } from '../../model.ts'
import type { RoleSpec } from './spec.ts'

/** All inline policies of a role together, without the blanks between. */
const mostInline = 10_240

export function checkRole({ spec, name }: Manifest<RoleSpec>, found: Findings): void {
  const { say } = found
  checkIamName(spec.roleName, 'spec.roleName', 64, found)
  if (spec.roleName === undefined) checkIamName(name, 'metadata.name', 64, found)
  checkPath(spec.path, 'spec.path', found)
  checkTags(spec.tags, 'spec.tags', found)
  checkRange(spec.maxSessionDuration, 'spec.maxSessionDuration', [3600, 43_200], found)
  if ((spec.description?.length ?? 0) > 1000) {
    say('spec.description', 'TooLong', 'a description has at most 1000 characters')
  }
  checkDocument(spec.assumeRolePolicyDocument, 'spec.assumeRolePolicyDocument', 'trust', found)
  checkManaged(spec, found)
  checkInline(spec, found)
}

function checkManaged({ managedPolicyArns: arns }: RoleSpec, found: Findings): void {
  const path = 'spec.managedPolicyArns'
  checkCount(arns, path, [0, 10], 'managed policies', found)
  arns?.forEach((arn, index) => {
    if (/^arn:[\w-]+:iam::(\d{12}|aws):policy\/.+$/.test(arn)) return
    const message = `"${arn}" is not the ARN of a managed policy`
    const hint = 'AWS has its own under arn:aws:iam::aws:policy/'
    found.say(`${path}[${index}]`, 'BadArn', message, hint)
  })
  for (const [arn, index] of repeated(arns ?? [], (each) => each)) {
    found.say(`${path}[${index}]`, 'DuplicatePolicy', `${arn} is here a second time`)
  }
}

function checkInline({ policies = [] }: RoleSpec, found: Findings): void {
  policies.forEach(({ policyName, policyDocument }, index) => {
    const path = `spec.policies[${index}]`
    checkIamName(policyName, `${path}.policyName`, 128, found)
    checkDocument(policyDocument, `${path}.policyDocument`, 'permissions', found)
  })
  for (const [{ policyName }, index] of repeated(policies, (each) => each.policyName)) {
    const message = `the policy "${policyName}" is here a second time`
    found.say(`spec.policies[${index}].policyName`, 'DuplicatePolicy', message)
  }
  const texts = policies.map(({ policyDocument }) => documentText(policyDocument ?? ''))
  const size = texts.reduce((sum, text) => sum + text.length, 0)
  if (size <= mostInline || holesIn(policies).length > 0) return
  const message = `the inline policies have ${size} characters together, and IAM takes ${mostInline}`
  found.say('spec.policies', 'TooLong', message, 'make managed policies of some')
}

/** An Environment may say where roles live and how far they can reach at most. */
export function checkPlace(
  { path, permissionsBoundary: boundary }: RoleSpec,
  environment: Pick<Environment, 'name' | 'rolePath' | 'permissionsBoundary'>,
  { say }: Findings,
): void {
  const { name, rolePath, permissionsBoundary } = environment
  if (rolePath !== undefined && path !== undefined && path !== rolePath) {
    const message = `is ${path}, but the Environment ${name} keeps roles under ${rolePath}`
    say('spec.path', 'WrongPath', message, 'leave it out')
  }
  if (
    permissionsBoundary !== undefined &&
    boundary !== undefined &&
    boundary !== permissionsBoundary
  ) {
    const message = `is not the boundary of the Environment ${name}: ${permissionsBoundary}`
    say('spec.permissionsBoundary', 'WrongBoundary', message, 'leave it out')
  }
}
