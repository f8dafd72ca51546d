/** What the world looked like a little while ago, for reads that do not see the newest writes yet. */
import type { World } from './world.ts'

/** How much of the world is remembered: all that reads show, or only what the tagging API's index is made of. */
export type Depth = 'all' | 'tags'

interface Past {
  /** The world was like this until then. */
  readonly until: number
  readonly world: World
}

export interface History {
  /** To be called before anything changes at `now`. */
  remember(world: World, now: number): void
  /** The world as it was at `at`, or as it is. Never to be changed. */
  at(at: number, world: World): World
}

/** Pictures in one span of memory: a read may see what is newer by a tenth of the span than it asked for. */
const PICTURES = 10

/**
 * Remembers `spanMs` of an account's past in at most a handful of pictures, so that a busy world is
 * not copied at each of its steps. A span of 0 remembers nothing and costs nothing.
 */
export function createHistory(spanMs: number, depth: Depth): History {
  const past: Past[] = []
  return {
    remember(world, now) {
      if (spanMs <= 0) return
      const last = past.at(-1)
      if (last && now - last.until < spanMs / PICTURES) return
      while (past[0] && past[0].until < now - spanMs) past.shift()
      past.push({
        until: now,
        world: depth === 'all' ? copyWorld(world) : { ...world, tags: new Map(world.tags) },
      })
    },
    at(at, world) {
      return past.find((picture) => picture.until > at)?.world ?? world
    },
  }
}

/** What reads look at is copied; the scheduler's own books (agenda, agents, counters) are left as they are. */
function copyWorld(world: World): World {
  return {
    ...world,
    // Clusters, task definitions, tags and settings are replaced by writes, never changed in place.
    clusters: new Map(world.clusters),
    families: new Map(world.families),
    tags: new Map(world.tags),
    settings: new Map(world.settings),
    services: copy(world.services),
    tasks: copy(world.tasks),
    instances: copy(world.instances),
    members: copy(world.members),
  }
}

/** Lists whose items never change once written, and plans that never change at all. */
const LISTS_OF_CONSTANTS = new Set(['events', 'serviceRevisions'])
const CONSTANTS = new Set(['revision', 'plan', 'need', 'attributes', 'registeredResources'])

function copy<Value>(value: Value): Value {
  // Dates are never changed, only replaced.
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (Array.isArray(value)) return value.map(copy) as Value
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [key, copy(item)])) as Value
  if (value instanceof Set) return new Set(value) as Value
  const copied: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    if (CONSTANTS.has(key)) copied[key] = item
    else if (LISTS_OF_CONSTANTS.has(key) && Array.isArray(item)) copied[key] = [...item]
    else copied[key] = copy(item)
  }
  return copied as Value
}
