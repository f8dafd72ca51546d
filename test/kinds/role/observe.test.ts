/** How roles are read: no more than their manifests declare. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../../src/errors.ts'
import { role } from '../../../src/kinds/role/index.ts'
import { createAccount } from '../looking.ts'

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
})
const policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] })

async function account() {
  const it = createAccount(role)
  await it.aws('iam:CreateRole', {
    RoleName: 'web',
    AssumeRolePolicyDocument: trust,
    Tags: [{ Key: 'team', Value: 'shop' }],
  })
  await it.aws('iam:AttachRolePolicy', { RoleName: 'web', PolicyArn: 'arn:aws:iam::aws:policy/A' })
  await it.aws('iam:PutRolePolicy', { RoleName: 'web', PolicyName: 'p', PolicyDocument: policy })
  return it
}

test('one read, where no policies are declared', async () => {
  const it = await account()
  const found = await it.look({ web: {}, never: {} })
  expect(it.reads).toEqual(['iam:GetRole', 'iam:GetRole'])
  expect(found.get('default/Role/never')).toEqual({ found: 'no' })
  const live = found.get('default/Role/web')
  expect(live).toMatchObject({
    found: 'yes',
    live: {
      tags: { team: 'shop' },
      attributes: { name: 'web', id: expect.stringMatching(/^AROA/) },
    },
  })
  expect(live).not.toHaveProperty('live.state.policies')
  expect(live).not.toHaveProperty('live.state.managedPolicyArns')
})

test('declared policies are read, in as many pages as there are', async () => {
  const it = await account()
  for (let n = 0; n < 120; n++) {
    await it.aws('iam:PutRolePolicy', {
      RoleName: 'web',
      PolicyName: `p${n}`,
      PolicyDocument: '{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}',
    })
  }
  const found = await it.look({ web: { policies: [], managedPolicyArns: [] } })
  expect(found.get('default/Role/web')).toMatchObject({
    live: { state: { managedPolicyArns: ['arn:aws:iam::aws:policy/A'] } },
  })
  expect(found.get('default/Role/web')).toHaveProperty('live.state.policies.length', 121)
  expect(it.reads.filter((name) => name === 'iam:ListRolePolicies')).toHaveLength(2)
})

test('for a teardown the names are enough, of all that is attached', async () => {
  const it = await account()
  const found = await it.look({ web: {} }, [], { teardown: true })
  expect(it.reads.sort()).toEqual([
    'iam:GetRole',
    'iam:ListAttachedRolePolicies',
    'iam:ListRolePolicies',
  ])
  expect(found.get('default/Role/web')).toMatchObject({
    live: {
      state: {
        managedPolicyArns: ['arn:aws:iam::aws:policy/A'],
        policies: [{ policyName: 'p' }],
      },
    },
  })
})

test('a failed read leaves its own role unknown, and no other', async () => {
  const it = await account()
  it.failWith((operation, input) =>
    input.RoleName === 'web'
      ? new AwsFailure(operation, 'denied', 'AccessDenied', 'not you')
      : undefined,
  )
  const found = await it.look({ web: {}, never: {} })
  expect([...found.values()].map((answer) => answer.found)).toEqual(['unknown', 'no'])
})
