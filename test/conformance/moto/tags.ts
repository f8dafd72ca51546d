/** Tags, the tagging API and STS, against moto. */
import type { Row } from './row.ts'

const AT = 'arn:aws:ecs:eu-central-1:123456789012'
const ROLE = { RoleArn: 'arn:aws:iam::123456789012:role/deploy', RoleSessionName: 'fair' }

export const tagRows: readonly Row[] = [
  { does: 'finds nothing in an empty account', operation: 'tag:GetResources' },
  {
    does: 'prepares a cluster',
    operation: 'ecs:CreateCluster',
    input: {
      clusterName: 'shop',
      tags: [
        { key: 'team', value: 'a' },
        { key: 'stage', value: 'prod' },
      ],
    },
  },
  {
    does: 'prepares a task definition',
    operation: 'ecs:RegisterTaskDefinition',
    input: {
      family: 'web',
      networkMode: 'bridge',
      tags: [{ key: 'team', value: 'b' }],
      containerDefinitions: [{ name: 'app', image: 'a:1', memory: 128 }],
    },
    gaps: { 'taskDefinition.compatibilities': 'guesses them' },
    ours: { tags: [{ key: 'team', value: 'b' }] },
  },
  {
    does: 'prepares a service',
    operation: 'ecs:CreateService',
    input: {
      cluster: 'shop',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 0,
      launchType: 'EC2',
      tags: [{ key: 'team', value: 'b' }],
    },
    gaps: { 'service.deployments': 'see services', 'service.networkConfiguration': 'see services' },
    ours: { service: { tags: [{ key: 'team', value: 'b' }] } },
  },
  {
    does: 'lists tags',
    operation: 'ecs:ListTagsForResource',
    input: { resourceArn: `${AT}:cluster/shop` },
  },
  {
    does: 'lists tags of a task definition',
    operation: 'ecs:ListTagsForResource',
    input: { resourceArn: `${AT}:task-definition/web:1` },
  },
  {
    does: 'adds and changes tags',
    operation: 'ecs:TagResource',
    input: {
      resourceArn: `${AT}:service/shop/web`,
      tags: [
        { key: 'team', value: 'c' },
        { key: 'new', value: 'x' },
      ],
    },
  },
  {
    does: 'lists what was tagged',
    operation: 'ecs:ListTagsForResource',
    input: { resourceArn: `${AT}:service/shop/web` },
  },
  {
    does: 'takes tags away',
    operation: 'ecs:UntagResource',
    input: { resourceArn: `${AT}:service/shop/web`, tagKeys: ['new'] },
  },
  {
    does: 'refuses to tag an unknown cluster',
    operation: 'ecs:TagResource',
    input: { resourceArn: `${AT}:cluster/none`, tags: [{ key: 'a', value: 'b' }] },
  },
  {
    // The ECS model of TagResource has no ServiceNotFoundException.
    does: 'refuses to tag an unknown service',
    operation: 'ecs:TagResource',
    input: { resourceArn: `${AT}:service/shop/none`, tags: [{ key: 'a', value: 'b' }] },
    gaps: {
      code: 'answers what this operation cannot',
      message: 'answers what this operation cannot',
    },
    ours: { error: true, code: 'InvalidParameterException' },
  },
  {
    does: 'refuses a short service ARN',
    operation: 'ecs:TagResource',
    input: { resourceArn: `${AT}:service/web`, tags: [{ key: 'a', value: 'b' }] },
    gaps: {
      code: 'answers what this operation cannot',
      message: 'answers what this operation cannot',
    },
    ours: {
      error: true,
      code: 'InvalidParameterException',
      message: 'Long arn format must be used for tagging operations',
    },
  },
  { does: 'finds all that is tagged', operation: 'tag:GetResources' },
  {
    does: 'finds clusters by tag',
    operation: 'tag:GetResources',
    input: { ResourceTypeFilters: ['ecs:cluster'], TagFilters: [{ Key: 'team', Values: ['a'] }] },
  },
  {
    does: 'finds task definitions by tag',
    operation: 'tag:GetResources',
    input: {
      ResourceTypeFilters: ['ecs:task-definition'],
      TagFilters: [{ Key: 'team', Values: ['b', 'c'] }],
    },
  },
  {
    does: 'finds services by tag',
    operation: 'tag:GetResources',
    input: { ResourceTypeFilters: ['ecs:service'], TagFilters: [{ Key: 'team' }] },
  },
  {
    does: 'joins keys by and',
    operation: 'tag:GetResources',
    input: {
      ResourceTypeFilters: ['ecs:cluster'],
      TagFilters: [{ Key: 'team' }, { Key: 'stage', Values: ['prod'] }],
    },
  },
  {
    does: 'finds all of a service by its name',
    operation: 'tag:GetResources',
    input: { ResourceTypeFilters: ['ecs'], TagFilters: [{ Key: 'stage' }] },
    gaps: { ResourceTagMappingList: 'knows ECS by single types only' },
    ours: { ResourceTagMappingList: [{ ResourceARN: `${AT}:cluster/shop` }] },
  },
  {
    does: 'finds nothing by another value',
    operation: 'tag:GetResources',
    input: { ResourceTypeFilters: ['ecs:cluster'], TagFilters: [{ Key: 'team', Values: ['z'] }] },
  },
  {
    does: 'knows the keys',
    operation: 'tag:GetTagKeys',
    gaps: { TagKeys: 'has none of ECS' },
    ours: { TagKeys: ['stage', 'team'] },
  },
  {
    does: 'knows the values of a key',
    operation: 'tag:GetTagValues',
    input: { Key: 'stage' },
    gaps: { TagValues: 'has none of ECS' },
    ours: { TagValues: ['prod'] },
  },
  {
    does: 'says who is calling',
    operation: 'sts:GetCallerIdentity',
    gaps: {
      UserId: 'is the account in another way',
      Arn: 'is a user of sts, who does not exist on AWS',
    },
    ours: { Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/simulator' },
  },
  {
    does: 'assumes a role',
    operation: 'sts:AssumeRole',
    input: ROLE,
    gaps: { PackedPolicySize: 'is above 0 without a policy' },
    ours: {
      PackedPolicySize: 0,
      AssumedRoleUser: { Arn: 'arn:aws:sts::123456789012:assumed-role/deploy/fair' },
    },
  },
  {
    does: 'refuses a session of a few seconds',
    operation: 'sts:AssumeRole',
    input: { ...ROLE, DurationSeconds: 10 },
    gaps: {
      Credentials: 'takes any duration',
      AssumedRoleUser: 'takes any duration',
      PackedPolicySize: 'takes any duration',
    },
    ours: { error: true, code: 'ValidationError' },
  },
]
