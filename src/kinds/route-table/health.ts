/** How a route table is doing: whether its routes lead anywhere. Pure. */
import type { Health, Live } from '../../model.ts'
import type { RouteTableState } from './observe.ts'

export function health({ state }: Live<RouteTableState>): Health {
  const { blackholes, routes, associations } = state
  if (blackholes.length > 0) {
    const message = `the target of ${blackholes.join(', ')} is gone: what goes there is lost`
    return { state: 'Failed', reason: 'Blackhole', message }
  }
  const message = `${count(routes.length, 'route')}, ${count(associations.length, 'association')}`
  return { state: 'Ready', reason: 'Routed', message }
}

const count = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`
