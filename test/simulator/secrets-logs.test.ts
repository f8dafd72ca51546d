/** Secrets Manager and CloudWatch Logs of the simulator: secrets, log groups, and what is refused. */
import { describe, expect, it } from 'vitest'
import { type Aws, aws, type Refusal } from './aws.ts'

const day = 86_400
const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db'

/** A secret `db` with a value, another without, and a log group. */
function furnished(): Aws {
  const one = aws()
  one.call('secretsmanager:CreateSecret', {
    Name: 'db',
    SecretString: 'one',
    Description: 'the password',
    Tags: [{ Key: 'team', Value: 'a' }],
  })
  one.call('secretsmanager:CreateSecret', { Name: 'empty' })
  one.call('logs:CreateLogGroup', { logGroupName: '/ecs/web', tags: { team: 'a' } })
  return one
}

describe('secrets', () => {
  it('are found by name, by ARN, and by ARN without its end', () => {
    const { call, now } = furnished()
    const shown = call('secretsmanager:DescribeSecret', { SecretId: 'db' })
    expect(shown).toEqual({
      ARN: expect.stringMatching(/:secret:db-[a-z0-9]{6}$/),
      Name: 'db',
      Description: 'the password',
      CreatedDate: new Date(now()),
      LastChangedDate: new Date(now()),
      Tags: [{ Key: 'team', Value: 'a' }],
      VersionIdsToStages: { [Object.keys(shown.VersionIdsToStages)[0] ?? '']: ['AWSCURRENT'] },
    })
    for (const SecretId of ['db', shown.ARN, arn]) {
      expect(call('secretsmanager:GetSecretValue', { SecretId })).toMatchObject({
        ARN: shown.ARN,
        SecretString: 'one',
        VersionStages: ['AWSCURRENT'],
      })
    }
  })

  it('keep the value before', () => {
    const { call, refusal } = furnished()
    const put = { SecretId: 'db', SecretString: 'two', ClientRequestToken: 'v2' }
    call('secretsmanager:PutSecretValue', put)
    expect(call('secretsmanager:PutSecretValue', put).VersionId).toBe('v2')
    expect(refusal('secretsmanager:PutSecretValue', { ...put, SecretString: 'x' })).toMatch(
      /^ResourceExistsException \(400\): You can't modify an existing version/,
    )
    const value = (more: object) =>
      call('secretsmanager:GetSecretValue', { SecretId: 'db', ...more }).SecretString
    expect(value({})).toBe('two')
    expect(value({ VersionStage: 'AWSPREVIOUS' })).toBe('one')
    expect(value({ VersionId: 'v2' })).toBe('two')
    call('secretsmanager:UpdateSecret', { SecretId: 'db', Description: 'new' })
    expect(value({})).toBe('two')
    call('secretsmanager:UpdateSecret', { SecretId: 'db', SecretString: 'three' })
    expect(value({})).toBe('three')
    expect(call('secretsmanager:DescribeSecret', { SecretId: 'db' }).Description).toBe('new')
  })

  it('are listed with filters, and tagged', () => {
    const { call, later } = furnished()
    const names = (...Filters: object[]) =>
      call('secretsmanager:ListSecrets', { Filters }).SecretList.map(
        ({ Name }: { Name: string }) => Name,
      )
    expect(names()).toEqual(['db', 'empty'])
    expect(names({ Key: 'name', Values: ['e'] })).toEqual(['empty'])
    expect(names({ Key: 'tag-key', Values: ['team'] })).toEqual(['db'])
    call('secretsmanager:TagResource', { SecretId: 'db', Tags: [{ Key: 'x', Value: 'y' }] })
    call('secretsmanager:UntagResource', { SecretId: 'db', TagKeys: ['team'] })
    later(60)
    const filter = { ResourceTypeFilters: ['secretsmanager:secret'] }
    expect(call('tag:GetResources', filter).ResourceTagMappingList).toMatchObject([
      { Tags: [{ Key: 'x', Value: 'y' }] },
    ])
  })

  it('go after a window in which they can be had back', () => {
    const { call, refusal, later, now } = furnished()
    const gone = call('secretsmanager:DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 7 })
    expect(gone.DeletionDate).toEqual(new Date(now() + 7 * day * 1000))
    expect(refusal('secretsmanager:GetSecretValue', { SecretId: 'db' })).toBe(
      "InvalidRequestException (400): You can't perform this operation on the secret because it was marked for deletion.",
    )
    expect(refusal('secretsmanager:CreateSecret', { Name: 'db' })).toBe(
      "InvalidRequestException (400): You can't create this secret because a secret with this name is already scheduled for deletion.",
    )
    expect(call('secretsmanager:DescribeSecret', { SecretId: 'db' }).DeletedDate).toBeDefined()
    expect(call('secretsmanager:ListSecrets').SecretList).toHaveLength(1)
    call('secretsmanager:RestoreSecret', { SecretId: 'db' })
    expect(call('secretsmanager:GetSecretValue', { SecretId: 'db' }).SecretString).toBe('one')
    call('secretsmanager:DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 7 })
    later(7 * day)
    expect(refusal('secretsmanager:DescribeSecret', { SecretId: 'db' })).toMatch(/NotFound/)
    call('secretsmanager:CreateSecret', { Name: 'db' })
    const now2 = { SecretId: 'db', ForceDeleteWithoutRecovery: true }
    call('secretsmanager:DeleteSecret', now2)
    call('secretsmanager:CreateSecret', { Name: 'db' })
  })
})

describe('log groups', () => {
  it('are described in order, with their retention', () => {
    const { call, now } = furnished()
    call('logs:CreateLogGroup', { logGroupName: '/ecs/api' })
    call('logs:PutRetentionPolicy', { logGroupName: '/ecs/web', retentionInDays: 14 })
    const describe = (input: object) => call('logs:DescribeLogGroups', { ...input }).logGroups
    const base = 'arn:aws:logs:us-east-1:123456789012:log-group:/ecs/web'
    expect(describe({ logGroupNamePrefix: '/ecs/w' })).toEqual([
      {
        logGroupName: '/ecs/web',
        creationTime: now(),
        retentionInDays: 14,
        metricFilterCount: 0,
        arn: `${base}:*`,
        storedBytes: 0,
        logGroupClass: 'STANDARD',
        logGroupArn: base,
      },
    ])
    expect(describe({ logGroupNamePattern: 'API' })).toHaveLength(1)
    const first = call('logs:DescribeLogGroups', { limit: 1 })
    expect(first.logGroups[0].logGroupName).toBe('/ecs/api')
    expect(describe({ limit: 1, nextToken: first.nextToken })[0].logGroupName).toBe('/ecs/web')
    call('logs:DeleteRetentionPolicy', { logGroupName: '/ecs/web' })
    expect(describe({})[1]).not.toHaveProperty('retentionInDays')
    call('logs:DeleteLogGroup', { logGroupName: '/ecs/web' })
    expect(describe({})).toHaveLength(1)
  })

  it('have tags, by name and by either form of their ARN', () => {
    const { call } = furnished()
    const resourceArn = 'arn:aws:logs:us-east-1:123456789012:log-group:/ecs/web'
    call('logs:TagResource', { resourceArn, tags: { x: 'y' } })
    call('logs:UntagResource', { resourceArn, tagKeys: ['team'] })
    const by = { logGroupName: '/ecs/web' }
    expect(call('logs:ListTagsForResource', { resourceArn: `${resourceArn}:*` }).tags).toEqual({
      x: 'y',
    })
    expect(call('logs:ListTagsLogGroup', by).tags).toEqual({ x: 'y' })
  })
})

const none = { SecretId: 'none' }
const missing = "ResourceNotFoundException (400): Secrets Manager can't find the specified secret."
const noGroup = 'ResourceNotFoundException (400): The specified log group does not exist.'
// biome-ignore format: a table reads best with a row on a line
const rows: readonly Refusal[] = [
  ['secretsmanager:CreateSecret', { Name: 'db' }, 'ResourceExistsException (400): The operation failed because the secret db already exists.'],
  ['secretsmanager:CreateSecret', { Name: 'a b' }, /^ValidationException \(400\): Invalid name/],
  ['secretsmanager:CreateSecret', { Name: 'new', SecretString: 'a', SecretBinary: new Uint8Array() }, /^InvalidParameterException .*both/],
  ['secretsmanager:CreateSecret', { Name: 'new', SecretString: 'x'.repeat(65_537) }, /^InvalidParameterException .*65536/],
  ['secretsmanager:CreateSecret', { Name: 'new', Tags: [{ Key: 'aws:x', Value: '' }] }, /^InvalidParameterException/],
  ['secretsmanager:DescribeSecret', none, missing],
  ['secretsmanager:GetSecretValue', none, missing],
  ['secretsmanager:GetSecretValue', { SecretId: 'empty' }, "ResourceNotFoundException (400): Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"],
  ['secretsmanager:GetSecretValue', { SecretId: 'db', VersionId: 'x' }, /^ResourceNotFoundException .*VersionId: x$/],
  ['secretsmanager:PutSecretValue', { SecretId: 'db' }, /^InvalidParameterException/],
  ['secretsmanager:DeleteSecret', none, missing],
  ['secretsmanager:DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 6 }, /^InvalidParameterException .*between 7 and 30/],
  ['secretsmanager:DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }, /^InvalidParameterException .*in conjunction/],
  ['secretsmanager:TagResource', { ...none, Tags: [] }, missing],
  ['secretsmanager:ListSecrets', { MaxResults: 101 }, /^InvalidParameterException/],
  ['logs:CreateLogGroup', { logGroupName: '/ecs/web' }, 'ResourceAlreadyExistsException (400): The specified log group already exists'],
  ['logs:CreateLogGroup', { logGroupName: 'a b' }, /^InvalidParameterException .*'logGroupName'/],
  ['logs:CreateLogGroup', { logGroupName: 'new', tags: { 'aws:x': '' } }, /^InvalidParameterException/],
  ['logs:DeleteLogGroup', { logGroupName: 'none' }, noGroup],
  ['logs:PutRetentionPolicy', { logGroupName: 'none', retentionInDays: 1 }, noGroup],
  ['logs:PutRetentionPolicy', { logGroupName: '/ecs/web', retentionInDays: 2 }, /^InvalidParameterException .*'retentionInDays'/],
  ['logs:ListTagsForResource', { resourceArn: 'x' }, /^InvalidParameterException/],
  ['logs:ListTagsForResource', { resourceArn: 'arn:aws:logs:us-east-1:123456789012:log-group:none' }, noGroup],
  ['logs:ListTagsLogGroup', { logGroupName: 'none' }, noGroup],
  ['logs:DescribeLogGroups', { logGroupNamePrefix: 'a', logGroupNamePattern: 'b' }, /^InvalidParameterException .*mutually exclusive/],
]

it.each(rows)('refuses %s %j', (operation, input, text) => {
  const { refusal, call } = furnished()
  if (typeof text === 'string') expect(refusal(operation, input)).toBe(text)
  else expect(refusal(operation, input)).toMatch(text)
  expect(call('secretsmanager:ListSecrets').SecretList).toHaveLength(2)
  expect(call('logs:DescribeLogGroups').logGroups).toHaveLength(1)
})
