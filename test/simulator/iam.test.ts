/** IAM of the simulator: roles, profiles and policies. */
import { describe, expect, it } from 'vitest'
import { aws } from './aws.ts'
import { account, allow, ecsForEc2, furnished, trust, trusting } from './iam-account.ts'

describe('roles', () => {
  it('are shown as AWS shows them, the trust policy URL-encoded', () => {
    const { call, now } = aws()
    const created = call('iam:CreateRole', {
      RoleName: 'host',
      Path: '/team/',
      AssumeRolePolicyDocument: `${trust} `,
      Description: "it's a (host)",
      MaxSessionDuration: 7200,
      PermissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess',
      Tags: [{ Key: 'team', Value: 'a' }],
    }).Role
    const brief = {
      Path: '/team/',
      RoleName: 'host',
      RoleId: expect.stringMatching(/^AROA[A-Z0-9]{17}$/),
      Arn: `${account}:role/team/host`,
      CreateDate: new Date(now()),
      AssumeRolePolicyDocument: encodeURIComponent(`${trust} `),
    }
    const boundary = {
      PermissionsBoundary: {
        PermissionsBoundaryType: 'Policy',
        PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/PowerUserAccess',
      },
    }
    const tags = { Tags: [{ Key: 'team', Value: 'a' }] }
    expect(created).toEqual({ ...brief, ...boundary, ...tags })
    const full = { ...brief, Description: "it's a (host)", MaxSessionDuration: 7200 }
    expect(call('iam:GetRole', { RoleName: 'HOST' }).Role).toEqual({
      ...full,
      ...boundary,
      ...tags,
      RoleLastUsed: {},
    })
    expect(call('iam:ListRoles').Roles).toEqual([full])
  })

  it('encode by RFC 3986, where encodeURIComponent leaves more as it is', () => {
    const { call } = furnished()
    call('iam:PutRolePolicy', {
      RoleName: 'host',
      PolicyName: 'p',
      PolicyDocument: allow('s3:*', "arn:aws:s3:::it's/(x)!"),
    })
    const { PolicyDocument: text } = call('iam:GetRolePolicy', {
      RoleName: 'host',
      PolicyName: 'p',
    })
    expect(text).not.toMatch(/[!'()*]/)
    expect(decodeURIComponent(text)).toBe(allow('s3:*', "arn:aws:s3:::it's/(x)!"))
  })

  it('change by update, and keep what an update leaves out', () => {
    const { call } = furnished()
    call('iam:UpdateRoleDescription', { RoleName: 'host', Description: 'old' })
    expect(call('iam:GetRole', { RoleName: 'host' }).Role.Description).toBe('old')
    call('iam:UpdateRole', { RoleName: 'host', Description: 'new' })
    call('iam:UpdateRole', { RoleName: 'host', MaxSessionDuration: 3601 })
    const other = trusting({ Service: ['ecs-tasks.amazonaws.com'] })
    call('iam:UpdateAssumeRolePolicy', { RoleName: 'host', PolicyDocument: other })
    call('iam:PutRolePermissionsBoundary', {
      RoleName: 'host',
      PermissionsBoundary: `${account}:policy/own`,
    })
    expect(call('iam:GetRole', { RoleName: 'host' }).Role).toMatchObject({
      Description: 'new',
      MaxSessionDuration: 3601,
      AssumeRolePolicyDocument: encodeURIComponent(other),
      PermissionsBoundary: { PermissionsBoundaryArn: `${account}:policy/own` },
    })
    call('iam:DeleteRolePermissionsBoundary', { RoleName: 'host' })
    expect(call('iam:GetRole', { RoleName: 'host' }).Role).not.toHaveProperty('PermissionsBoundary')
  })

  it('list by path prefix and in pages', () => {
    const { call } = aws()
    for (const [name, path] of [
      ['c', '/x/'],
      ['a', '/x/'],
      ['b', '/x/y/'],
      ['d', '/'],
    ]) {
      call('iam:CreateRole', { RoleName: name, Path: path, AssumeRolePolicyDocument: trust })
    }
    const names = (answer: { Roles: { RoleName: string }[] }) =>
      answer.Roles.map(({ RoleName }) => RoleName)
    const first = call('iam:ListRoles', { PathPrefix: '/x/', MaxItems: 2 })
    expect([names(first), first.IsTruncated]).toEqual([['a', 'b'], true])
    const rest = call('iam:ListRoles', { PathPrefix: '/x/', MaxItems: 2, Marker: first.Marker })
    expect([names(rest), rest.IsTruncated, rest.Marker]).toEqual([['c'], false, undefined])
  })

  it('take tags whose keys differ by more than their case', () => {
    const { call } = furnished()
    call('iam:TagRole', { RoleName: 'host', Tags: [{ Key: 'Team', Value: 'a' }] })
    call('iam:TagRole', { RoleName: 'host', Tags: [{ Key: 'team', Value: 'b' }] })
    expect(call('iam:ListRoleTags', { RoleName: 'host' }).Tags).toEqual([
      { Key: 'team', Value: 'b' },
    ])
    call('iam:UntagRole', { RoleName: 'host', TagKeys: ['TEAM'] })
    expect(call('iam:ListRoleTags', { RoleName: 'host' }).Tags).toEqual([])
    expect(call('iam:GetRole', { RoleName: 'host' }).Role).not.toHaveProperty('Tags')
  })

  it('are not in the tagging index, as on AWS', () => {
    const { call, later } = aws()
    call('iam:CreateRole', {
      RoleName: 'host',
      AssumeRolePolicyDocument: trust,
      Tags: [{ Key: 'a', Value: 'b' }],
    })
    later(60)
    expect(call('tag:GetResources').ResourceTagMappingList).toEqual([])
  })

  it('come back under another id when they are made again', () => {
    const { call } = aws()
    const make = () =>
      call('iam:CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust }).Role.RoleId
    const first = make()
    call('iam:DeleteRole', { RoleName: 'r' })
    expect(make()).not.toBe(first)
  })
})

describe('policies of a role', () => {
  it('are inline and attached ones', () => {
    const { call } = furnished()
    call('iam:AttachRolePolicy', { RoleName: 'host', PolicyArn: ecsForEc2 })
    call('iam:AttachRolePolicy', { RoleName: 'host', PolicyArn: ecsForEc2 })
    call('iam:AttachRolePolicy', { RoleName: 'host', PolicyArn: `${account}:policy/own` })
    call('iam:PutRolePolicy', {
      RoleName: 'host',
      PolicyName: 'p',
      PolicyDocument: allow('ecs:Poll'),
    })
    const attached = [
      { PolicyName: 'AmazonEC2ContainerServiceforEC2Role', PolicyArn: ecsForEc2 },
      { PolicyName: 'own', PolicyArn: `${account}:policy/own` },
    ]
    expect(call('iam:ListAttachedRolePolicies', { RoleName: 'host' })).toEqual({
      AttachedPolicies: [attached[1], attached[0]],
      IsTruncated: false,
    })
    const services = { RoleName: 'host', PathPrefix: '/service-role/' }
    expect(call('iam:ListAttachedRolePolicies', services).AttachedPolicies).toEqual([attached[0]])
    expect(call('iam:ListRolePolicies', { RoleName: 'host' }).PolicyNames).toEqual(['p'])
    const { RoleDetailList } = call('iam:GetAccountAuthorizationDetails', { Filter: ['Role'] })
    expect(RoleDetailList).toMatchObject([
      {
        RoleName: 'host',
        InstanceProfileList: [{ InstanceProfileName: 'hosts' }],
        RolePolicyList: [
          { PolicyName: 'p', PolicyDocument: expect.stringContaining('ecs%3APoll') },
        ],
        AttachedManagedPolicies: attached,
      },
    ])
    expect(call('iam:GetPolicy', { PolicyArn: ecsForEc2 }).Policy.AttachmentCount).toBe(1)
    call('iam:DetachRolePolicy', { RoleName: 'host', PolicyArn: ecsForEc2 })
    call('iam:DeleteRolePolicy', { RoleName: 'host', PolicyName: 'p' })
    expect(call('iam:ListRolePolicies', { RoleName: 'host' }).PolicyNames).toEqual([])
    expect(call('iam:GetPolicy', { PolicyArn: ecsForEc2 }).Policy.AttachmentCount).toBe(0)
  })

  it('decide what is allowed: the role, its boundary, and denials above all', () => {
    const { call } = furnished()
    const decide = (action: string, resource?: string, more: object = {}) =>
      call('iam:SimulatePrincipalPolicy', {
        PolicySourceArn: `${account}:role/host`,
        ActionNames: [action],
        ...(resource && { ResourceArns: [resource] }),
        ...more,
      }).EvaluationResults[0].EvalDecision
    expect(decide('ecs:Poll')).toBe('implicitDeny')
    call('iam:AttachRolePolicy', { RoleName: 'host', PolicyArn: ecsForEc2 })
    expect(decide('ecs:poll')).toBe('allowed')
    expect(decide('ecs:SubmitTaskStateChange')).toBe('allowed')
    const put = (PolicyDocument: string) =>
      call('iam:PutRolePolicy', { RoleName: 'host', PolicyName: 'p', PolicyDocument })
    put(allow('s3:Get*', 'arn:aws:s3:::shop/*'))
    expect(decide('s3:GetObject', 'arn:aws:s3:::shop/a/b')).toBe('allowed')
    expect(decide('s3:GetObject', 'arn:aws:s3:::other/a')).toBe('implicitDeny')
    put(allow('s3:GetObject', '*', { Condition: { StringEquals: { 'aws:RequestedRegion': 'x' } } }))
    expect(decide('s3:GetObject')).toBe('implicitDeny')
    const entry = {
      ContextKeyName: 'aws:requestedregion',
      ContextKeyValues: ['x'],
      ContextKeyType: 'string',
    }
    expect(decide('s3:GetObject', undefined, { ContextEntries: [entry] })).toBe('allowed')
    put(allow('s3:*').replace('Allow', 'Deny'))
    call('iam:AttachRolePolicy', {
      RoleName: 'host',
      PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    })
    expect(decide('s3:GetObject')).toBe('explicitDeny')
    expect(decide('ec2:RunInstances')).toBe('allowed')
    call('iam:PutRolePermissionsBoundary', {
      RoleName: 'host',
      PermissionsBoundary: `${account}:policy/own`,
    })
    expect(decide('ec2:RunInstances')).toBe('implicitDeny')
  })
})

it('policies of the account: created, read, listed, deleted', () => {
  const { call } = furnished()
  const PolicyArn = `${account}:policy/own`
  expect(call('iam:GetPolicy', { PolicyArn }).Policy).toMatchObject({
    PolicyName: 'own',
    Arn: PolicyArn,
    DefaultVersionId: 'v1',
    AttachmentCount: 0,
    Tags: [],
  })
  const { PolicyVersion } = call('iam:GetPolicyVersion', { PolicyArn, VersionId: 'v1' })
  expect(decodeURIComponent(PolicyVersion.Document)).toBe(allow('s3:GetObject'))
  expect(call('iam:ListPolicyVersions', { PolicyArn }).Versions).toMatchObject([
    { VersionId: 'v1', IsDefaultVersion: true },
  ])
  expect(call('iam:ListPolicies', { Scope: 'Local' }).Policies).toHaveLength(1)
  call('iam:DeletePolicy', { PolicyArn })
  expect(call('iam:ListPolicies', { Scope: 'Local' }).Policies).toEqual([])
})

it('instance profiles show their role, tags and paths', () => {
  const { call, now } = furnished()
  call('iam:TagInstanceProfile', {
    InstanceProfileName: 'hosts',
    Tags: [{ Key: 'a', Value: 'b' }],
  })
  const profile = call('iam:GetInstanceProfile', { InstanceProfileName: 'hosts' }).InstanceProfile
  expect(profile).toEqual({
    Path: '/',
    InstanceProfileName: 'hosts',
    InstanceProfileId: expect.stringMatching(/^AIPA/),
    Arn: `${account}:instance-profile/hosts`,
    CreateDate: new Date(now()),
    Roles: [expect.objectContaining({ RoleName: 'host' })],
    Tags: [{ Key: 'a', Value: 'b' }],
  })
  expect(
    call('iam:ListInstanceProfilesForRole', { RoleName: 'host' }).InstanceProfiles,
  ).toHaveLength(1)
  call('iam:RemoveRoleFromInstanceProfile', { InstanceProfileName: 'hosts', RoleName: 'host' })
  call('iam:UntagInstanceProfile', { InstanceProfileName: 'hosts', TagKeys: ['a'] })
  expect(call('iam:ListInstanceProfileTags', { InstanceProfileName: 'hosts' }).Tags).toEqual([])
  expect(call('iam:ListInstanceProfiles').InstanceProfiles).toMatchObject([{ Roles: [] }])
  call('iam:DeleteInstanceProfile', { InstanceProfileName: 'hosts' })
  expect(call('iam:ListInstanceProfiles').InstanceProfiles).toEqual([])
})

it('service-linked roles are AWS’s own', () => {
  const one = aws()
  const input = { AWSServiceName: 'ecs.amazonaws.com' }
  const { Role } = one.call('iam:CreateServiceLinkedRole', input)
  const name = 'AWSServiceRoleForECS'
  expect(Role.Arn).toBe(`${account}:role/aws-service-role/ecs.amazonaws.com/${name}`)
  expect(one.refusal('iam:CreateServiceLinkedRole', input)).toBe(
    `InvalidInput (400): Service role name ${name} has been taken in this account, please try a different suffix.`,
  )
  expect(one.refusal('iam:DeleteRole', { RoleName: name })).toBe(
    `UnmodifiableEntity (400): Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  )
})
