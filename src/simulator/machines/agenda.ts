/** What is due when: a binary heap of wake-ups, and the rule that an earlier wish replaces a later one. */
import type { Wake, Wakeable, World } from '../world.ts'

function before(a: Wake, b: Wake): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/**
 * Wakes a machine at `at` (milliseconds) unless it wakes earlier anyway. Replaced entries stay in the heap and are
 * passed over when they come up.
 */
export function wakeAt(
  world: World,
  machine: Wake['machine'],
  key: string,
  sleeper: Wakeable,
  at: number,
): void {
  if (sleeper.wakeAt !== undefined && sleeper.wakeAt <= at) return
  sleeper.wakeAt = at
  push(world.agenda, { at, order: nextCount(world, 'agenda'), machine, key })
}

/** Takes the earliest entry that is due at `now`, in order of time and then of wishing. */
export function takeDue(world: World, now: number): Wake | undefined {
  const first = world.agenda[0]
  return first && first.at <= now ? pop(world.agenda) : undefined
}

/** Counts on: 1, 2, 3, …, one series for each name. */
export function nextCount(world: World, name: string): number {
  const count = (world.counters.get(name) ?? 0) + 1
  world.counters.set(name, count)
  return count
}

function push(heap: Wake[], wake: Wake): void {
  let i = heap.length
  heap.push(wake)
  while (i > 0) {
    const parent = (i - 1) >> 1
    if (!before(wake, heap[parent]!)) break
    heap[i] = heap[parent]!
    i = parent
  }
  heap[i] = wake
}

function pop(heap: Wake[]): Wake | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (!last || heap.length === 0) return top
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
    if (!before(heap[child]!, last)) break
    heap[i] = heap[child]!
    i = child
  }
  heap[i] = last
  return top
}
