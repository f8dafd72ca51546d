/** Lets an onlooker see each change of a task as it happens; the world itself stays plain data. */
import type { TaskRecord, World } from '../world.ts'

/** Told of a task that has come into being or changed, at `now`. Only for looking. */
export type Onlooker = (record: TaskRecord, now: number) => void

const onlookers = new WeakMap<World, Onlooker>()

export function watchTasks(world: World, onlooker: Onlooker): void {
  onlookers.set(world, onlooker)
}

export function tellOnlooker(world: World, record: TaskRecord, now: number): void {
  onlookers.get(world)?.(record, now)
}
