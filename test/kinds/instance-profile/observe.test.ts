/** How instance profiles are read: with their role and their tags, in one read each. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../../src/errors.ts'
import { instanceProfile } from '../../../src/kinds/instance-profile/index.ts'
import { createAccount } from '../looking.ts'

async function account() {
  const it = createAccount(instanceProfile)
  await it.aws('iam:CreateInstanceProfile', {
    InstanceProfileName: 'web',
    Path: '/team/',
    Tags: [{ Key: 'team', Value: 'shop' }],
  })
  return it
}

test('its path, its role and its tags', async () => {
  const it = await account()
  const before = await it.look({ web: {}, never: {} })
  expect(it.reads).toEqual(['iam:GetInstanceProfile', 'iam:GetInstanceProfile'])
  expect(before.get('default/InstanceProfile/never')).toEqual({ found: 'no' })
  expect(before.get('default/InstanceProfile/web')).toMatchObject({
    live: {
      state: { path: '/team/', roles: [] },
      tags: { team: 'shop' },
      attributes: { arn: 'arn:aws:iam::123456789012:instance-profile/team/web', name: 'web' },
    },
  })
  const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' } }
  await it.aws('iam:CreateRole', {
    RoleName: 'web',
    AssumeRolePolicyDocument: JSON.stringify({
      Statement: [{ ...trust, Action: 'sts:AssumeRole' }],
    }),
  })
  const names = { InstanceProfileName: 'web', RoleName: 'web' }
  await it.aws('iam:AddRoleToInstanceProfile', names)
  expect((await it.look({ web: {} })).get('default/InstanceProfile/web')).toMatchObject({
    live: { state: { roles: ['web'] } },
  })
})

test('a failed read is not taken for absence', async () => {
  const it = await account()
  it.failWith((operation) => new AwsFailure(operation, 'throttled', 'Throttling', 'slow down'))
  const found = await it.look({ web: {} })
  expect(found.get('default/InstanceProfile/web')).toMatchObject({
    found: 'unknown',
    reason: 'throttled',
  })
})
