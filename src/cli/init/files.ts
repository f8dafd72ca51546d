/** From answers to files: name → text. Pure. */
import { groupDrafts, groupsOf, roleDrafts, serviceDrafts, taskDrafts } from './app.ts'
import type { Collected } from './collect.ts'
import { clusterDrafts, instanceDrafts, isEc2, networkDrafts } from './place.ts'
import { fileOf } from './yaml.ts'

export function filesOf(
  { said, containers }: Collected,
  userData?: string,
): Record<string, string> {
  const groups = isEc2(said) ? groupsOf(said, containers) : []
  const task = String(said['task-definition'])
  const cluster = [
    ...networkDrafts(said),
    ...clusterDrafts(said),
    ...instanceDrafts(said, userData, groups),
  ]
  const app = task
    ? [
        ...roleDrafts(said, containers),
        ...groupDrafts(said, containers),
        ...taskDrafts(said, containers),
        ...serviceDrafts(said, containers),
      ]
    : []
  return {
    'cluster.yaml': fileOf(cluster),
    ...(app.length > 0 ? { [task === 'cluster' ? 'app.yaml' : `${task}.yaml`]: fileOf(app) } : {}),
  }
}
