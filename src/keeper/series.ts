/** The metrics that belong to one resource: whether it is Ready, and the numbers of its progress; they go with it. */
import { isReady } from '../conditions.ts'
import type { Metrics } from '../metrics.ts'
import type { ObjectKey, Status } from '../model.ts'

const labelsOf = (key: ObjectKey) => {
  const [namespace = '', kind = '', name = ''] = key.split('/')
  return { namespace, kind, name }
}

/** `previous`: what was shown last; a number that is no longer told goes. */
export function showSeries(metrics: Metrics, status: Status, previous: Status | undefined): void {
  const labels = labelsOf(status.key)
  metrics.resourceReady.set(labels, isReady(status) ? 1 : 0)
  const { progress = {} } = status
  for (const count of Object.keys(previous?.progress ?? {})) {
    if (!(count in progress)) metrics.resourceProgress.remove({ ...labels, count })
  }
  for (const [count, value] of Object.entries(progress)) {
    metrics.resourceProgress.set({ ...labels, count }, value)
  }
}

export function dropSeries(metrics: Metrics, key: ObjectKey, last: Status | undefined): void {
  const labels = labelsOf(key)
  metrics.resourceReady.remove(labels)
  for (const count of Object.keys(last?.progress ?? {})) {
    metrics.resourceProgress.remove({ ...labels, count })
  }
}
