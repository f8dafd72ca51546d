/** Whether anything still goes on in a world after the controller has nothing left to do. Pure. */
import type { World } from '../simulator/world.ts'

const still = new Set(['running', 'stopped', 'terminated'])

/** No task comes or goes, and no instance. */
export function atRest(world: World): boolean {
  for (const { task } of world.tasks.values()) {
    if (task.lastStatus === 'STOPPED') continue
    if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING') return false
  }
  for (const { instance } of world.compute.hosts.values()) {
    if (!still.has(instance.State?.Name ?? 'running')) return false
  }
  for (const { members } of world.autoscaling.groups.values()) {
    if (members.some(({ state }) => state !== 'InService')) return false
  }
  return true
}
