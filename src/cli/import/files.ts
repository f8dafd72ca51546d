/** Where each document goes: a folder for each cluster, a file for each service, one for the environment. Pure. */
import type { ObjectKey } from '../../model.ts'
import { type Draft, fileOf } from '../init/yaml.ts'
import type { Entry } from './entries.ts'
import { nameFrom } from './names.ts'

/** In a file, what others need comes first. */
const order = [
  ...['Cluster', 'LaunchTemplate', 'AutoScalingGroup', 'CapacityProvider'],
  ...['TaskDefinition', 'Service', 'ScalableTarget', 'ScalingPolicy'],
]

/** Path → text. Paths that differ in capitals only are one file to some file systems. */
export function filesOf(
  entries: readonly Entry[],
  drafts: ReadonlyMap<ObjectKey, Draft>,
  environment?: Draft,
): Record<string, string> {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const place = JSON.stringify([entry.cluster, entry.service ?? null])
    groups.set(place, [...(groups.get(place) ?? []), entry])
  }
  const folders = new Map<string, string>()
  const taken = new Set<string>()
  const unique = (path: string) => {
    let one = path
    for (let n = 2; taken.has(one.toLowerCase()); n++) one = `${path}-${n}`
    taken.add(one.toLowerCase())
    return one
  }
  const files: Record<string, string> = {}
  if (environment) files['environment.yaml'] = fileOf([environment])
  for (const place of [...groups.keys()].sort()) {
    const [cluster, service] = JSON.parse(place) as [string, string | null]
    const folder = folders.get(cluster) ?? unique(nameFrom(cluster))
    folders.set(cluster, folder)
    // The cluster's own file has its name, whatever services are called.
    taken.add(`${folder}/cluster`.toLowerCase())
    const name = service === null ? 'cluster' : unique(`${folder}/${nameFrom(service)}`)
    const path = service === null ? `${folder}/cluster.yaml` : `${name}.yaml`
    const documents = groups
      .get(place)!
      .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
      .map(({ key }) => drafts.get(key)!)
    files[path] = fileOf(documents)
  }
  return files
}
