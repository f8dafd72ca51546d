/** An InternetGateway as people write it: its schema, the VPC that it is attached to, and how it is told from others. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { checkEc2Id, identifyById, tagList } from '../../kit/ec2-manifest.ts'
import { checkTags, findings } from '../../kit/field-rules.ts'
import type { InternetGatewaySpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-ec2',
  request: 'CreateInternetGatewayRequest',
  update: ['AttachInternetGatewayRequest'],
  response: 'InternetGateway',
  omit: { dryRun: 'use fairlead plan', tagSpecifications: 'write tags' },
  also: {
    internetGatewayId: {
      type: 'string',
      description: 'The ID of a gateway that exists: to refer to, or to adopt.',
    },
    tags: tagList,
  },
}

export const references: Readonly<Record<string, ReferenceField>> = {
  vpcId: { kind: 'Vpc', attribute: 'id' },
}

export const identify = identifyById<InternetGatewaySpec>((spec) => spec.internetGatewayId)

/** Its tags name it, as they do while it is described. */
export const named = (arn: string): Partial<InternetGatewaySpec> | undefined =>
  nameInArn(arn, 'ec2', 'internet-gateway') === undefined ? undefined : {}

export const validate: Kind<InternetGatewaySpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkEc2Id(spec.internetGatewayId, 'igw', 'spec.internetGatewayId', found)
  checkEc2Id(spec.vpcId, 'vpc', 'spec.vpcId', found)
  checkTags(spec.tags, 'spec.tags', found)
  return found.problems
}
