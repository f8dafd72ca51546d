/**
 * The fields of a route table. None runs tasks anew. Rests on CreateRoute and AssociateRouteTable in the Amazon EC2
 * API reference.
 */
import type { Fields } from '../../diff.ts'
import { isHole } from '../../diff.ts'
import { destinationOf } from './routes.ts'

const text = (value: unknown) => (isHole(value) ? value.$hole.key : String(value))

export const fields: Fields = {
  vpcId: { computed: true, createOnly: 'a route table stays in its VPC' },
  routes: { key: (route) => String(destinationOf(route)) },
  associations: { key: ({ subnetId, gatewayId }) => text(subnetId ?? gatewayId) },
}
