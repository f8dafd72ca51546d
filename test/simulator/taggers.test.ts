/** The tagging API tags what every service has, by each service's own rules. */
import { expect, it } from 'vitest'
import { aws } from './aws.ts'

it('tags and untags resources of each service by their ARN', () => {
  const { call, later } = aws()
  const tags = [{ Key: 'own', Value: '1' }]
  call('ecr:CreateRepository', { repositoryName: 'shop/web', tags })
  call('logs:CreateLogGroup', { logGroupName: '/ecs/web', tags: { own: '1' } })
  call('scheduler:CreateScheduleGroup', { Name: 'night', Tags: tags })
  call('secretsmanager:CreateSecret', { Name: 'db', Tags: tags })
  for (const Name of ['plain', '/shop/db']) {
    call('ssm:PutParameter', { Name, Value: 'x', Type: 'String', Tags: tags })
  }
  call('elasticloadbalancing:CreateTargetGroup', {
    Name: 'web',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: 'vpc-0defa000000000000',
    Tags: tags,
  })
  const found = (Key: string): string[] => {
    later(60)
    return call('tag:GetResources', { TagFilters: [{ Key }] }).ResourceTagMappingList.map(
      ({ ResourceARN }: { ResourceARN: string }) => ResourceARN,
    )
  }
  const arns = found('own')
  expect(arns).toHaveLength(7)
  const add = { ResourceARNList: arns, Tags: { team: 'a' } }
  expect(call('tag:TagResources', add).FailedResourcesMap).toEqual({})
  expect(found('team')).toEqual(arns)
  const drop = { ResourceARNList: arns, TagKeys: ['own'] }
  expect(call('tag:UntagResources', drop).FailedResourcesMap).toEqual({})
  expect(found('own')).toEqual([])
  expect(found('team')).toEqual(arns)
})

it('says which of them it could not tag', () => {
  const { call } = aws()
  const arns = ['arn:aws:ecr:us-east-1:123456789012:repository/none', 'arn:aws:s3:::bucket']
  const { FailedResourcesMap } = call('tag:TagResources', {
    ResourceARNList: arns,
    Tags: { a: 'b' },
  })
  expect(Object.keys(FailedResourcesMap)).toEqual(arns)
})
