/** What IAM of the simulator says no to, and that nothing has changed then. */
import { describe, expect, it } from 'vitest'
import { writeSnapshot } from '../../src/simulator/snapshot.ts'
import { aws, type Refusal } from './aws.ts'
import { account, allow, ecsForEc2, furnished, trust, trusting } from './iam-account.ts'

describe('refusals', () => {
  const role = (more: object) => ({ RoleName: 'new', AssumeRolePolicyDocument: trust, ...more })
  const inline = (PolicyDocument: string, more: object = {}) => ({
    RoleName: 'host',
    PolicyName: 'p',
    PolicyDocument,
    ...more,
  })
  const own = { PolicyArn: `${account}:policy/own` }
  const missing = { PolicyArn: `${account}:policy/none` }
  // biome-ignore format: a table reads best with a row on a line
  const rows: readonly Refusal[] = [
    ['iam:GetRole', { RoleName: 'none' }, 'NoSuchEntity (404): The role with name none cannot be found.'],
    ['iam:GetRole', { RoleName: `${account}:role/host` }, /^ValidationError \(400\): The specified value for roleName is invalid/],
    ['iam:CreateRole', role({ RoleName: 'HOST' }), 'EntityAlreadyExists (409): Role with name HOST already exists.'],
    ['iam:CreateRole', role({ RoleName: 'x'.repeat(65) }), /^ValidationError .*less than or equal to 64$/],
    ['iam:CreateRole', role({ RoleName: 'a b' }), /^ValidationError .*roleName is invalid/],
    ['iam:CreateRole', role({ Path: 'team' }), /^ValidationError .*path is invalid/],
    ['iam:CreateRole', role({ Path: '/aws-service-role/x/' }), /^ValidationError .*reserved/],
    ['iam:CreateRole', role({ Description: 'x'.repeat(1001) }), /^ValidationError .*less than or equal to 1000$/],
    ['iam:CreateRole', role({ MaxSessionDuration: 3599 }), /^ValidationError .*greater than or equal to 3600$/],
    ['iam:CreateRole', role({ MaxSessionDuration: 43_201 }), /^ValidationError .*less than or equal to 43200$/],
    ['iam:CreateRole', role({ PermissionsBoundary: missing.PolicyArn }), /^NoSuchEntity \(404\): Scope ARN: .* does not exist or is not attachable\.$/],
    ['iam:CreateRole', role({ AssumeRolePolicyDocument: '{' }), 'MalformedPolicyDocument (400): This policy contains invalid Json'],
    ['iam:CreateRole', role({ AssumeRolePolicyDocument: '{}' }), 'MalformedPolicyDocument (400): Syntax errors in policy.'],
    ['iam:CreateRole', role({ AssumeRolePolicyDocument: allow('s3:*') }), 'MalformedPolicyDocument (400): Has prohibited field Resource'],
    ['iam:CreateRole', role({ AssumeRolePolicyDocument: trusting(undefined) }), 'MalformedPolicyDocument (400): Missing required field Principal'],
    ['iam:CreateRole', role({ AssumeRolePolicyDocument: trusting({ Service: 'ec2' }) }), 'MalformedPolicyDocument (400): Invalid principal in policy: "SERVICE":"ec2"'],
    ['iam:CreateRole', role({ AssumeRolePolicyDocument: trusting({ AWS: `${account}:role/none` }) }), `MalformedPolicyDocument (400): Invalid principal in policy: "AWS":"${account}:role/none"`],
    ['iam:CreateRole', role({ AssumeRolePolicyDocument: trusting({ AWS: `${account}:role/host` }) }), /^MalformedPolicyDocument .*Invalid principal/],
    ['iam:CreateRole', role({ AssumeRolePolicyDocument: trusting({ AWS: Array.from({ length: 200 }, () => '123456789012') }) }), 'LimitExceeded (409): Cannot exceed quota for ACLSizePerRole: 2048'],
    ['iam:CreateRole', role({ Tags: [{ Key: 'a', Value: '' }, { Key: 'A', Value: '' }] }), /^InvalidInput \(400\): Duplicate tag keys found/],
    ['iam:CreateRole', role({ Tags: [{ Key: 'aws:x', Value: '' }] }), /^InvalidInput \(400\)/],
    ['iam:TagRole', { RoleName: 'host', Tags: Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' })) }, /^LimitExceeded \(409\)/],
    ['iam:DeleteRole', { RoleName: 'host' }, 'DeleteConflict (409): Cannot delete entity, must remove roles from instance profile first.'],
    ['iam:DeleteRolePermissionsBoundary', { RoleName: 'host' }, /^NoSuchEntity \(404\)/],
    ['iam:PutRolePolicy', inline('{'), 'MalformedPolicyDocument (400): Syntax errors in policy.'],
    ['iam:PutRolePolicy', inline('{"Version":"2020-01-01","Statement":[]}'), 'MalformedPolicyDocument (400): The policy must contain a valid version string'],
    ['iam:PutRolePolicy', inline(trust), 'MalformedPolicyDocument (400): Policy document should not specify a principal.'],
    ['iam:PutRolePolicy', inline(allow(undefined)), 'MalformedPolicyDocument (400): Policy statement must contain actions.'],
    ['iam:PutRolePolicy', inline(allow('GetObject')), 'MalformedPolicyDocument (400): Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'],
    ['iam:PutRolePolicy', inline(allow('s3:*', [])), 'MalformedPolicyDocument (400): Policy statement must contain resources.'],
    ['iam:PutRolePolicy', inline(allow('s3:*', 'bucket')), 'MalformedPolicyDocument (400): Resource bucket must be in ARN format or "*".'],
    ['iam:PutRolePolicy', inline(allow('s3:*', `arn:aws:s3:::${'x'.repeat(10_240)}`)), 'LimitExceeded (409): Maximum policy size of 10240 bytes exceeded for role host'],
    ['iam:GetRolePolicy', { RoleName: 'host', PolicyName: 'p' }, 'NoSuchEntity (404): The role policy with name p cannot be found.'],
    ['iam:DeleteRolePolicy', { RoleName: 'host', PolicyName: 'p' }, 'NoSuchEntity (404): The role policy with name p cannot be found.'],
    ['iam:AttachRolePolicy', { RoleName: 'host', ...missing }, `NoSuchEntity (404): Policy ${missing.PolicyArn} does not exist or is not attachable.`],
    ['iam:DetachRolePolicy', { RoleName: 'host', ...own }, `NoSuchEntity (404): Policy ${own.PolicyArn} was not found.`],
    ['iam:CreatePolicy', { PolicyName: 'OWN', PolicyDocument: allow('s3:*') }, 'EntityAlreadyExists (409): A policy called OWN already exists. Duplicate names are not allowed.'],
    ['iam:CreatePolicy', { PolicyName: 'big', PolicyDocument: allow('s3:*', `arn:aws:s3:::${'x'.repeat(6144)}`) }, 'LimitExceeded (409): Cannot exceed quota for PolicySize: 6144'],
    ['iam:GetPolicy', missing, `NoSuchEntity (404): Policy ${missing.PolicyArn} was not found.`],
    ['iam:GetPolicyVersion', { ...own, VersionId: 'v2' }, /^NoSuchEntity \(404\): Policy .* version v2 does not exist/],
    ['iam:CreateInstanceProfile', { InstanceProfileName: 'Hosts' }, 'EntityAlreadyExists (409): Instance Profile Hosts already exists.'],
    ['iam:GetInstanceProfile', { InstanceProfileName: 'none' }, 'NoSuchEntity (404): Instance Profile none cannot be found.'],
    ['iam:DeleteInstanceProfile', { InstanceProfileName: 'hosts' }, 'DeleteConflict (409): Cannot delete entity, must remove roles from instance profile first.'],
    ['iam:AddRoleToInstanceProfile', { InstanceProfileName: 'hosts', RoleName: 'host' }, 'LimitExceeded (409): Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1'],
    ['iam:AddRoleToInstanceProfile', { InstanceProfileName: 'hosts', RoleName: 'none' }, /^NoSuchEntity \(404\)/],
    ['iam:CreateServiceLinkedRole', { AWSServiceName: 'none.amazonaws.com' }, /^InvalidInput \(400\)/],
    ['iam:ListRoles', { MaxItems: 1001 }, /^ValidationError \(400\)/],
    ['iam:ListRoles', { Marker: 'x' }, 'ValidationError (400): Invalid Marker.'],
    ['iam:SimulatePrincipalPolicy', { PolicySourceArn: `${account}:role/none`, ActionNames: [] }, /^NoSuchEntity \(404\)/],
    ['iam:SimulatePrincipalPolicy', { PolicySourceArn: 'host', ActionNames: [] }, /^InvalidInput \(400\): Invalid Entity Arn/],
  ]
  it.each(rows)('%s %j', (operation, input, text) => {
    const one = furnished()
    const before = writeSnapshot(one.sim.snapshot())
    if (typeof text === 'string') expect(one.refusal(operation, input)).toBe(text)
    else expect(one.refusal(operation, input)).toMatch(text)
    expect(writeSnapshot(one.sim.snapshot())).toBe(before)
  })

  it('a role with policies is not deleted', () => {
    const { call, refusal } = aws()
    call('iam:CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust })
    call('iam:PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: allow('s3:*') })
    call('iam:AttachRolePolicy', { RoleName: 'r', PolicyArn: ecsForEc2 })
    expect(refusal('iam:DeleteRole', { RoleName: 'r' })).toBe(
      'DeleteConflict (409): Cannot delete entity, must detach all policies first.',
    )
    call('iam:DetachRolePolicy', { RoleName: 'r', PolicyArn: ecsForEc2 })
    expect(refusal('iam:DeleteRole', { RoleName: 'r' })).toBe(
      'DeleteConflict (409): Cannot delete entity, must delete policies first.',
    )
    call('iam:DeleteRolePolicy', { RoleName: 'r', PolicyName: 'p' })
    call('iam:DeleteRole', { RoleName: 'r' })
  })

  it('an attached policy is not deleted, and a role takes ten', () => {
    const { call, refusal } = furnished()
    call('iam:AttachRolePolicy', { RoleName: 'host', PolicyArn: `${account}:policy/own` })
    expect(refusal('iam:DeletePolicy', { PolicyArn: `${account}:policy/own` })).toBe(
      'DeleteConflict (409): Cannot delete a policy attached to entities.',
    )
    for (let i = 1; i < 10; i++) {
      call('iam:AttachRolePolicy', { RoleName: 'host', PolicyArn: `arn:aws:iam::aws:policy/P${i}` })
    }
    expect(
      refusal('iam:AttachRolePolicy', {
        RoleName: 'host',
        PolicyArn: 'arn:aws:iam::aws:policy/P10',
      }),
    ).toBe('LimitExceeded (409): Cannot exceed quota for PoliciesPerRole: 10')
  })
})
