/** How a write gets into the event history. */
import { uuid } from '../../machines/random.ts'
import type { World } from '../../world.ts'
import type { TrailRecord } from './state.ts'

/** How many writes are kept. AWS keeps 90 days. */
const kept = 1000

/** Services whose events name another source than their IAM actions do. */
const sources: Readonly<Record<string, string>> = {
  'application-autoscaling': 'autoscaling',
  tag: 'tagging',
}

/** Notes a write that succeeded. */
export function record(
  world: World,
  operation: string,
  write: Pick<TrailRecord, 'at' | 'caller' | 'userAgent' | 'parameters'>,
): void {
  const { events } = world.cloudtrail
  const [service = '', name = ''] = operation.split(':')
  const id = uuid(world, 'trail')
  const count = (world.counters.get('trail') ?? 0) + 1
  world.counters.set('trail', count)
  const order = String(count).padStart(12, '0')
  const source = `${sources[service] ?? service}.amazonaws.com`
  events.set(id, { id, order, name, source, ...write })
  const [oldest] = events.keys()
  if (events.size > kept && oldest) events.delete(oldest)
}
