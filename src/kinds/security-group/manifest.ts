/** A SecurityGroup as people write it: its schema, the references it takes, its identity, the rules of its fields. */

import { nameInArn } from '../../arn.ts'
import { isHole } from '../../diff.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { checkEc2Id, tagList } from '../../kit/ec2-manifest.ts'
import { findings } from '../../kit/field-rules.ts'
import { checkSecurityGroup } from './rules.ts'
import type { SecurityGroupSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-ec2',
  request: 'CreateSecurityGroupRequest',
  response: 'SecurityGroup',
  omit: { dryRun: 'use fairlead plan', tagSpecifications: 'write tags' },
  derived: ['groupName'],
  lists: {
    ipPermissions: {
      type: 'IpPermission',
      description: 'All traffic that may come in. Left out, it is left alone; AWS lets nothing in.',
    },
    ipPermissionsEgress: {
      type: 'IpPermission',
      description:
        'All traffic that may go out. Left out, it is left alone; AWS lets everything out. An empty list lets nothing out.',
    },
  },
  also: {
    groupId: {
      type: 'string',
      description: 'The ID of a security group that exists: to refer to, or to adopt.',
    },
    tags: tagList,
  },
}

/** Late, since two groups may name each other. */
const otherGroup: ReferenceField = { kind: 'SecurityGroup', attribute: 'id', late: true }

export const references: Readonly<Record<string, ReferenceField>> = {
  vpcId: { kind: 'Vpc', attribute: 'id' },
  'ipPermissions[].userIdGroupPairs[].groupId': otherGroup,
  'ipPermissionsEgress[].userIdGroupPairs[].groupId': otherGroup,
}

/** A group's name is its own within its VPC. */
export const identify: Kind<SecurityGroupSpec>['identify'] = (spec, name, environment) => {
  const groupName = spec.groupName ?? `${environment.namePrefix}${name}`
  const parts = { groupName, label: groupName }
  if (spec.groupId) return { name: spec.groupId, parts: { ...parts, id: spec.groupId } }
  const vpc = isHole(spec.vpcId) ? spec.vpcId.$hole.key.replace('/Vpc/', '/') : spec.vpcId
  return { name: vpc ? `${vpc}/${groupName}` : groupName, parts }
}

/** Its tags name it, as they do while it is described. */
export const named = (arn: string): Partial<SecurityGroupSpec> | undefined =>
  nameInArn(arn, 'ec2', 'security-group') === undefined ? undefined : {}

export const validate: Kind<SecurityGroupSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkEc2Id(spec.groupId, 'sg', 'spec.groupId', found)
  checkEc2Id(spec.vpcId, 'vpc', 'spec.vpcId', found)
  checkSecurityGroup(spec, found)
  return found.problems
}
