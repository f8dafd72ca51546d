/** The simulator's Parameter Store: public image parameters, own parameters, and what it refuses. */
import { describe, expect, it } from 'vitest'
import { ecsImages } from '../../src/simulator/machines/images.ts'
import { type Aws, aws, type Refusal } from './aws.ts'

const al2023 = '/aws/service/ecs/optimized-ami/amazon-linux-2023'

describe('public parameters', () => {
  it('name the newest ECS image of each variant, as JSON and as an id', () => {
    const { call } = aws()
    const value = (Name: string) => call('ssm:GetParameter', { Name }).Parameter.Value
    for (const image of ecsImages) {
      if (!image.parameter.endsWith('/recommended')) continue
      expect(value(`${image.parameter}/image_id`)).toBe(image.imageId)
    }
    const { Parameter } = call('ssm:GetParameter', { Name: `${al2023}/recommended` }, 'eu-west-1')
    expect(Parameter.ARN).toBe(`arn:aws:ssm:eu-west-1::parameter${al2023}/recommended`)
    expect(JSON.parse(Parameter.Value)).toEqual({
      ecs_agent_version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      ecs_runtime_version: expect.stringMatching(/^Docker version \d+/),
      image_id: value(`${al2023}/recommended/image_id`),
      image_name: expect.stringContaining('al2023-ami-ecs-hvm'),
      image_version: expect.stringMatching(/^\d{8}$/),
      os: 'Amazon Linux 2023',
      schema_version: 1,
      source_image_name: expect.stringContaining('al2023-ami-minimal'),
    })
    for (const arch of ['x86_64', 'arm64']) {
      expect(value(`/aws/service/bottlerocket/aws-ecs-2/${arch}/latest/image_id`)).toMatch(/^ami-/)
    }
  })

  it('are found by path, and are not among the described ones', () => {
    const { call } = aws()
    const input = { Path: `${al2023}/arm64/recommended` }
    const names = call('ssm:GetParametersByPath', input).Parameters.map(
      ({ Name }: { Name: string }) => Name.slice(input.Path.length),
    )
    expect(names).toEqual(['/image_id', '/image_name'])
    expect(call('ssm:DescribeParameters').Parameters).toEqual([])
  })
})

describe('own parameters', () => {
  function furnished(): Aws {
    const one = aws()
    one.call('ssm:PutParameter', {
      Name: '/shop/db/host',
      Value: 'a',
      Type: 'String',
      Description: 'where',
      Tags: [{ Key: 'team', Value: 'a' }],
    })
    one.call('ssm:PutParameter', { Name: '/shop/key', Value: 'secret', Type: 'SecureString' })
    one.call('ssm:PutParameter', { Name: 'plain', Value: 'x,y', Type: 'StringList' })
    return one
  }

  it('have versions, which can be asked for', () => {
    const { call, refusal } = furnished()
    const put = { Name: '/shop/db/host', Value: 'b', Overwrite: true }
    expect(call('ssm:PutParameter', put)).toEqual({ Version: 2, Tier: 'Standard' })
    const get = (Name: string) => call('ssm:GetParameter', { Name }).Parameter
    expect(get('/shop/db/host')).toMatchObject({ Value: 'b', Version: 2, Type: 'String' })
    expect(get('/shop/db/host:1')).toMatchObject({ Value: 'a', Version: 1, Selector: ':1' })
    expect(refusal('ssm:GetParameter', { Name: '/shop/db/host:3' })).toMatch(
      /^ParameterVersionNotFound \(400\): Systems Manager could not find version 3/,
    )
    expect(call('ssm:DescribeParameters').Parameters[0]).toMatchObject({
      Name: '/shop/db/host',
      Description: 'where',
      Version: 2,
    })
  })

  it('are read by ARN, and several at once', () => {
    const { call } = furnished()
    const ARN = 'arn:aws:ssm:us-east-1:123456789012:parameter'
    for (const name of ['/shop/db/host', '/plain']) {
      expect(call('ssm:GetParameter', { Name: `${ARN}${name}` }).Parameter.ARN).toBe(ARN + name)
    }
    const many = call('ssm:GetParameters', { Names: ['plain', 'none', '/shop/key:1'] })
    expect(many.Parameters.map(({ Name }: { Name: string }) => Name)).toEqual([
      'plain',
      '/shop/key',
    ])
    expect(many.InvalidParameters).toEqual(['none'])
  })

  it('are secret until they are asked for decrypted', () => {
    const { call } = furnished()
    const get = (WithDecryption: boolean) =>
      call('ssm:GetParameter', { Name: '/shop/key', WithDecryption }).Parameter.Value
    expect(get(false)).not.toContain('secret')
    expect(get(true)).toBe('secret')
  })

  it('are listed by path and by filters', () => {
    const { call } = furnished()
    const names = (operation: string, input: Record<string, unknown>) =>
      call(operation, input).Parameters.map(({ Name }: { Name: string }) => Name)
    expect(names('ssm:GetParametersByPath', { Path: '/shop' })).toEqual(['/shop/key'])
    expect(names('ssm:GetParametersByPath', { Path: '/shop/', Recursive: true })).toEqual([
      '/shop/db/host',
      '/shop/key',
    ])
    const where = (Key: string, Values: string[], Option?: string) =>
      names('ssm:DescribeParameters', { ParameterFilters: [{ Key, Values, Option }] })
    expect(where('Name', ['shop/db'], 'BeginsWith')).toEqual(['/shop/db/host'])
    expect(where('Name', ['plain'])).toEqual(['plain'])
    expect(where('Type', ['SecureString'])).toEqual(['/shop/key'])
    expect(where('tag:team', ['a'])).toEqual(['/shop/db/host'])
    expect(where('tag:team', ['b'])).toEqual([])
    expect(where('Path', ['/shop'], 'OneLevel')).toEqual(['/shop/key'])
    const first = call('ssm:DescribeParameters', { MaxResults: 2 })
    expect(first.Parameters).toHaveLength(2)
    expect(names('ssm:DescribeParameters', { MaxResults: 2, NextToken: first.NextToken })).toEqual([
      'plain',
    ])
  })

  it('carry tags, which the tagging API finds', () => {
    const { call, later } = furnished()
    const at = { ResourceType: 'Parameter', ResourceId: '/shop/db/host' }
    call('ssm:AddTagsToResource', { ...at, Tags: [{ Key: 'x', Value: 'y' }] })
    call('ssm:RemoveTagsFromResource', { ...at, TagKeys: ['team'] })
    expect(call('ssm:ListTagsForResource', at).TagList).toEqual([{ Key: 'x', Value: 'y' }])
    later(60)
    const found = call('tag:GetResources', { ResourceTypeFilters: ['ssm:parameter'] })
    expect(found.ResourceTagMappingList).toEqual([
      {
        ResourceARN: 'arn:aws:ssm:us-east-1:123456789012:parameter/shop/db/host',
        Tags: [{ Key: 'x', Value: 'y' }],
      },
    ])
  })

  it('are deleted with their tags', () => {
    const { call, later } = furnished()
    call('ssm:DeleteParameter', { Name: '/shop/db/host' })
    expect(call('ssm:DeleteParameters', { Names: ['plain', 'none'] })).toEqual({
      DeletedParameters: ['plain'],
      InvalidParameters: ['none'],
    })
    expect(call('ssm:DescribeParameters').Parameters).toHaveLength(1)
    later(60)
    expect(call('tag:GetResources').ResourceTagMappingList).toEqual([])
  })

  const put = (more: object) => ({ Name: 'new', Value: 'a', Type: 'String', ...more })
  const tagged = { ResourceType: 'Parameter', ResourceId: 'none' }
  // biome-ignore format: a table reads best with a row on a line
  const rows: readonly Refusal[] = [
    ['ssm:GetParameter', { Name: 'none' }, 'ParameterNotFound (400): Parameter none not found.'],
    ['ssm:GetParameter', { Name: `${al2023}/none` }, /^ParameterNotFound/],
    ['ssm:GetParameters', { Names: ['plain', 'plain'] }, /^ValidationException \(400\): Duplicate/],
    ['ssm:GetParameters', { Names: Array.from({ length: 11 }, (_, i) => `n${i}`) }, /^ValidationException \(400\)/],
    ['ssm:GetParametersByPath', { Path: 'shop' }, /^ValidationException .*must be prefixed with/],
    ['ssm:GetParametersByPath', { Path: '/shop', MaxResults: 11 }, /^ValidationException .*between 1 and 10$/],
    ['ssm:DescribeParameters', { NextToken: 'x' }, 'InvalidNextToken (400): The specified token is not valid.'],
    ['ssm:DescribeParameters', { ParameterFilters: [{ Key: 'Colour', Values: ['a'] }] }, /^InvalidFilterKey/],
    ['ssm:PutParameter', put({ Name: 'plain' }), /^ParameterAlreadyExists \(400\): The parameter already exists/],
    ['ssm:PutParameter', put({ Type: undefined }), 'ValidationException (400): A parameter type is required when you create a parameter.'],
    ['ssm:PutParameter', put({ Type: 'Number' }), /^ValidationException .*enum value set/],
    ['ssm:PutParameter', put({ Value: '' }), /^ValidationException .*greater than or equal to 1$/],
    ['ssm:PutParameter', put({ Value: 'x'.repeat(4097) }), 'ValidationException (400): Standard tier parameters support a maximum parameter value of 4096 characters.'],
    ['ssm:PutParameter', put({ AllowedPattern: '^\\d+$' }), /^ParameterPatternMismatchException/],
    ['ssm:PutParameter', put({ AllowedPattern: '(' }), /^InvalidAllowedPatternException/],
    ['ssm:PutParameter', put({ Name: 'a b' }), /^ValidationException .*sub-path/],
    ['ssm:PutParameter', put({ Name: 'a/b' }), 'ValidationException (400): Parameter name must be a fully qualified name.'],
    ['ssm:PutParameter', put({ Name: 'ssm-x' }), /^ValidationException .*prefixed with "ssm"/],
    ['ssm:PutParameter', put({ Name: '/aws/service/x' }), /^AccessDeniedException .*reserved parameter name/],
    ['ssm:PutParameter', put({ Name: '/a'.repeat(16) }), /^HierarchyLevelLimitExceededException/],
    ['ssm:PutParameter', put({ Name: 'plain', Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] }), /^ValidationException .*tags and overwrite can't be used together/],
    ['ssm:PutParameter', put({ Tags: [{ Key: 'aws:x', Value: 'b' }] }), /^ValidationException/],
    ['ssm:DeleteParameter', { Name: 'none' }, 'ParameterNotFound (400): Parameter none not found.'],
    ['ssm:DeleteParameter', { Name: `${al2023}/recommended` }, /^ParameterNotFound/],
    ['ssm:AddTagsToResource', { ...tagged, Tags: [] }, /^InvalidResourceId/],
    ['ssm:ListTagsForResource', { ...tagged, ResourceType: 'Document' }, /^InvalidResourceType/],
  ]
  it.each(rows)('refuses %s %j', (operation, input, text) => {
    const { refusal, call } = furnished()
    if (typeof text === 'string') expect(refusal(operation, input)).toBe(text)
    else expect(refusal(operation, input)).toMatch(text)
    expect(call('ssm:DescribeParameters').Parameters).toHaveLength(3)
  })
})
