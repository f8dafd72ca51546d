/** Rules of route tables beyond the schema. They rest on CreateRoute and AssociateRouteTable in the Amazon EC2 API reference. */
import { readBlock } from '../../kit/cidr.ts'
import { checkTags, type Findings, repeated } from '../../kit/field-rules.ts'
import { destinationOf, destinations, targets } from './routes.ts'
import type { Route, RouteTableSpec } from './spec.ts'

export function checkRouteTable(spec: RouteTableSpec, found: Findings): void {
  const { say } = found
  checkTags(spec.tags, 'spec.tags', found)
  const { routes = [], associations = [] } = spec
  routes.forEach((route, index) => {
    checkRoute(route, `spec.routes[${index}]`, found)
  })
  for (const [route, index] of repeated(routes, destinationOf)) {
    const message = `${destinationOf(route)} has a route already`
    say(`spec.routes[${index}]`, 'SecondRoute', message)
  }
  associations.forEach(({ subnetId, gatewayId }, index) => {
    if ((subnetId === undefined) !== (gatewayId === undefined)) return
    const message = 'an association needs a subnetId or a gatewayId, and takes one of them'
    say(`spec.associations[${index}]`, 'OneOf', message)
  })
  for (const [, index] of repeated(associations, (item) => JSON.stringify(item))) {
    say(`spec.associations[${index}]`, 'Repeated', 'this association is here a second time')
  }
}

function checkRoute(route: Route, path: string, { say }: Findings): void {
  const to = destinations.filter((name) => route[name] !== undefined)
  if (to.length !== 1) {
    const message = `a route has one destination: ${destinations.join(', ')}`
    say(path, 'OneOf', to.length === 0 ? `${message}; this has none` : message)
  }
  const by = targets.filter((name) => route[name] !== undefined)
  if (by.length !== 1) {
    const given = by.length === 0 ? 'none is given' : `${by.join(' and ')} are given`
    say(path, 'OneOf', `a route leads to one target, and ${given}`, 'such as gatewayId')
  }
  checkBlock(route.destinationCidrBlock, 4, `${path}.destinationCidrBlock`, say)
  checkBlock(route.destinationIpv6CidrBlock, 6, `${path}.destinationIpv6CidrBlock`, say)
}

function checkBlock(text: unknown, family: 4 | 6, path: string, say: Findings['say']): void {
  if (text === undefined || readBlock(text)?.family === family) return
  const example = family === 4 ? '0.0.0.0/0' : '::/0'
  say(path, 'BadBlock', `"${text}" is not an IPv${family} block: expected one such as ${example}`)
}
