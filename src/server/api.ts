/** Kubernetes-style, read-only views of what the controller knows. Pure: a view in, plain objects out. */

import { isReady, isStalled } from '../conditions.ts'
import type { View } from '../controller.ts'
import type { Kind } from '../kind.ts'
import type { JournalEvent, Manifest, ObjectKey, Status } from '../model.ts'
import { renderKey } from '../render-value.ts'

export const group = 'fairlead.dev'
export const version = 'v1alpha1'
export const apiVersion = `${group}/${version}`

/** One resource as the API and `get -o json` show it. */
export interface ResourceObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly annotations?: Readonly<Record<string, string>>
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly spec: unknown
  readonly status: {
    readonly sync: string
    readonly health: string
    readonly conditions: Status['conditions']
    readonly revision?: string
    readonly lastAppliedRevision?: string
    readonly environment?: string
    readonly aws: Readonly<Record<string, string>>
    readonly progress?: Readonly<Record<string, number>>
    readonly instances?: Status['instances']
    readonly rollout?: Status['rollout']
    readonly report?: Status['report']
    readonly pending: Status['pending']
    readonly source: string
  }
}

const unseen = (revision: string): Status['conditions'] => [
  {
    type: 'Reconciling',
    status: 'True',
    reason: 'NotLookedAt',
    message: 'not looked at yet',
    lastTransitionTime: new Date(0).toISOString(),
    observedRevision: revision,
  },
  {
    type: 'Ready',
    status: 'Unknown',
    reason: 'NotLookedAt',
    message: 'not looked at yet',
    lastTransitionTime: new Date(0).toISOString(),
    observedRevision: revision,
  },
]

/** A manifest with its status. */
export function resourceObject(manifest: Manifest, view: View): ResourceObject {
  const status = view.statuses.get(manifest.key) ?? statusOfComposite(manifest, view)
  const { file, line } = manifest.position
  return {
    apiVersion,
    kind: manifest.kind,
    metadata: {
      name: manifest.name,
      namespace: manifest.namespace,
      ...(Object.keys(manifest.annotations).length > 0
        ? { annotations: manifest.annotations }
        : {}),
      ...(Object.keys(manifest.labels).length > 0 ? { labels: manifest.labels } : {}),
    },
    spec: manifest.spec,
    status: {
      sync: status?.sync ?? 'Unknown',
      health: status?.health ?? 'Unknown',
      conditions: status?.conditions ?? unseen(view.revision ?? ''),
      aws: status?.attributes ?? {},
      pending: status?.pending ?? [],
      source: file === '' ? '' : `${file}:${line}`,
      ...(view.revision ? { revision: view.revision } : {}),
      ...(status?.lastAppliedRevision ? { lastAppliedRevision: status.lastAppliedRevision } : {}),
      ...(status ? { environment: status.environment } : {}),
      ...(status?.progress ? { progress: status.progress } : {}),
      ...(status?.instances ? { instances: status.instances } : {}),
      ...(status?.rollout ? { rollout: status.rollout } : {}),
      ...(status?.report ? { report: status.report } : {}),
    },
  }
}

/** A composite is as well as the least well of what it stands for. */
function statusOfComposite({ key }: Manifest, view: View): Status | undefined {
  const statuses = view.manifests
    .filter(({ parent }) => parent === key)
    .flatMap((child) => view.statuses.get(child.key) ?? [])
  const notReady = statuses.filter((status) => !isReady(status))
  const worst = notReady.find(isStalled) ?? notReady[0] ?? statuses[0]
  if (!worst) return undefined
  const ready = statuses.length - notReady.length
  const count = `${ready} of ${statuses.length} Ready`
  const conditions = worst.conditions.map((condition) => ({
    ...condition,
    message:
      notReady.length === 0 ? count : `${count}; ${renderKey(worst.key)}: ${condition.message}`,
  }))
  const sync = statuses.every((status) => status.sync === 'Synced') ? 'Synced' : 'OutOfSync'
  return { ...worst, key, sync, conditions, attributes: {}, pending: [] }
}

export interface Selection {
  readonly kind?: string
  readonly namespace?: string
  readonly name?: string
}

/** The resources of a selection, in the registry's order, then by namespace and name. */
export function select(view: View, kinds: readonly Kind[], selection: Selection): ResourceObject[] {
  const rank = new Map(kinds.map((kind, index) => [kind.name, index]))
  const leaving = view.leaving.filter(({ key }) => view.statuses.has(key))
  return [...view.composites, ...view.manifests, ...leaving]
    .filter(
      (manifest) =>
        (selection.kind === undefined || manifest.kind === selection.kind) &&
        (selection.namespace === undefined || manifest.namespace === selection.namespace) &&
        (selection.name === undefined || manifest.name === selection.name),
    )
    .sort(
      (a, b) =>
        (rank.get(a.kind) ?? -1) - (rank.get(b.kind) ?? -1) ||
        a.namespace.localeCompare(b.namespace) ||
        a.name.localeCompare(b.name),
    )
    .map((manifest) => resourceObject(manifest, view))
}

/** One event in Kubernetes' shape (core/v1 Event). */
export function eventObject(event: JournalEvent, index: number) {
  const [namespace = 'default', kind = 'Environment', name = event.environment ?? 'fairlead'] =
    (event.key as ObjectKey | undefined)?.split('/') ?? []
  const at = new Date(event.atMs).toISOString()
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${index.toString(16)}`, namespace },
    involvedObject: { apiVersion, kind, name, namespace, uid: `${namespace}/${kind}/${name}` },
    type: event.type,
    reason: event.reason,
    message: event.message,
    firstTimestamp: at,
    lastTimestamp: at,
    eventTime: null,
    count: 1,
    source: { component: 'fairlead' },
    ...(event.revision ? { revision: event.revision } : {}),
    ...(event.fields && event.fields.length > 0 ? { fields: event.fields } : {}),
  }
}

export type EventObject = ReturnType<typeof eventObject>

/** `Status` of Kubernetes for errors. */
export function failure(code: number, reason: string, message: string) {
  return {
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    code,
    reason,
    message,
  }
}
