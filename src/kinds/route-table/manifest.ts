/** A RouteTable as people write it: its schema, the references it takes, how it is told from others, its rules. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { checkEc2Id, identifyById, tagList } from '../../kit/ec2-manifest.ts'
import { findings } from '../../kit/field-rules.ts'
import { checkRouteTable } from './rules.ts'
import type { RouteTableSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-ec2',
  request: 'CreateRouteTableRequest',
  response: 'RouteTable',
  omit: {
    clientToken: 'fairlead makes its own tokens',
    dryRun: 'use fairlead plan',
    tagSpecifications: 'write tags',
  },
  lists: {
    routes: {
      type: 'CreateRouteRequest',
      description:
        'All routes of the table, but for the local one and what a VPN gateway or a gateway endpoint adds. Left out, they are left alone.',
      responseOnly: ['dryRun', 'routeTableId', 'origin', 'state', 'instanceOwnerId'],
    },
    associations: {
      type: 'AssociateRouteTableRequest',
      description:
        'All subnets and gateways whose traffic goes by the table. Left out, they are left alone.',
      responseOnly: [
        'dryRun',
        'publicIpv4Pool',
        'routeTableId',
        'routeTableAssociationId',
        'associationState',
        'main',
      ],
    },
  },
  also: {
    routeTableId: {
      type: 'string',
      description: 'The ID of a route table that exists: to refer to, or to adopt.',
    },
    tags: tagList,
  },
}

export const references: Readonly<Record<string, ReferenceField>> = {
  vpcId: { kind: 'Vpc', attribute: 'id' },
  'routes[].gatewayId': { kind: 'InternetGateway', attribute: 'id' },
  'associations[].subnetId': { kind: 'Subnet', attribute: 'id' },
  'associations[].gatewayId': { kind: 'InternetGateway', attribute: 'id' },
}

export const identify = identifyById<RouteTableSpec>(({ routeTableId }) => routeTableId)

/** Its tags name it, as they do while it is described. */
export const named = (arn: string): Partial<RouteTableSpec> | undefined =>
  nameInArn(arn, 'ec2', 'route-table') === undefined ? undefined : {}

export const validate: Kind<RouteTableSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkEc2Id(spec.routeTableId, 'rtb', 'spec.routeTableId', found)
  checkEc2Id(spec.vpcId, 'vpc', 'spec.vpcId', found)
  checkRouteTable(spec, found)
  return found.problems
}
