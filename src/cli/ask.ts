/** `get`, `describe` and `events`: what the controller knows, or with --live what AWS says now. */
import type { View } from '../controller.ts'
import { UserError } from '../errors.ts'
import { composites, kinds } from '../kinds/index.ts'
import type { Manifest, Problem } from '../model.ts'
import { didYouMean } from '../reconcile/manifest/suggest.ts'
import { foldStatus } from '../reconcile/status.ts'
import { systemClock } from '../runtime.ts'
import type { EventObject, ResourceObject } from '../server/api.ts'
import { select } from '../server/api.ts'
import { askController } from './controller-at.ts'
import type { Io } from './io.ts'
import { load, renderProblem } from './load.ts'
import { look } from './look.ts'

export interface AskOptions {
  readonly server: string
  /** PATH: ask AWS itself about these manifests instead of a controller. */
  readonly live?: string
  readonly owner: string
  readonly namespace?: string
}

/** Which kind a word means: `Service`, `service`, `services`. */
export function kindNamed(word: string): string {
  const wanted = word.toLowerCase()
  const all = [...kinds, ...composites]
  const kind = all.find(
    ({ name, plural }) => name.toLowerCase() === wanted || plural.toLowerCase() === wanted,
  )
  if (kind) return kind.name
  const names = all.map(({ name }) => name)
  throw new UserError(`there is no kind "${word}"`, {
    hint: didYouMean(word, names) ?? `kinds: ${names.join(', ')}`,
  })
}

async function fetchJson<T>(server: string, path: string): Promise<T> {
  const { ok, status, body } = await askController<T & { message?: string }>(server, path)
  if (!ok) throw new UserError(body.message ?? `the controller at ${server} answers ${status}`)
  return body
}

export interface Answer {
  /** Where it comes from; always shown. */
  readonly from: string
  readonly items: readonly ResourceObject[]
  /** What keeps the controller from reading all that Git says, a line each. */
  readonly problems: readonly string[]
}

export async function askResources(
  selection: { readonly kind?: string; readonly name?: string },
  options: AskOptions,
  io: Io,
): Promise<Answer> {
  const wanted = { ...selection, ...(options.namespace ? { namespace: options.namespace } : {}) }
  if (options.live !== undefined) {
    const view = await liveView(options.live, options, io)
    return {
      from: `AWS now, for ${options.live} at ${view.revision ?? 'no revision'}`,
      items: select(view, kinds, wanted),
      problems: [],
    }
  }
  const list = await fetchJson<{
    metadata: { revision: string; problems?: readonly Problem[] }
    items: ResourceObject[]
  }>(options.server, '/resources')
  const items = list.items.filter(
    ({ kind, metadata }) =>
      (!wanted.kind || kind === wanted.kind) &&
      (!wanted.name || metadata.name === wanted.name) &&
      (!wanted.namespace || metadata.namespace === wanted.namespace),
  )
  return {
    from: `the controller at ${options.server}, revision ${list.metadata.revision || 'none yet'}`,
    items,
    problems: (list.metadata.problems ?? []).map(renderProblem),
  }
}

export async function askEvents(options: AskOptions): Promise<readonly EventObject[]> {
  return (await fetchJson<{ items: EventObject[] }>(options.server, '/events')).items
}

/** One read-only pass over AWS, as the controller would make it. */
async function liveView(path: string, options: AskOptions, io: Io): Promise<View> {
  const desired = await load(path, options, io)
  for (const problem of desired.problems) io.stderr(`${renderProblem(problem)}\n`)
  const statuses: [string, ReturnType<typeof foldStatus>][] = []
  const leaving: Manifest[] = []
  for (const pass of await look(desired, options, io)) {
    for (const change of pass.plan.changes) {
      const manifest = pass.manifests.get(change.key)
      if (!manifest) continue
      if (!Object.hasOwn(desired.identities, change.key)) leaving.push(manifest)
      const status = foldStatus({
        key: change.key,
        environment: pass.plan.environment,
        revision: desired.revision,
        manifest,
        observation: pass.observations.get(change.key),
        change,
        health: pass.health.get(change.key),
        failure: undefined,
        held: 'read only',
        drifted: false,
        previous: undefined,
        now: systemClock.now(),
      })
      statuses.push([change.key, status])
    }
  }
  return {
    revision: desired.revision,
    problems: desired.problems,
    manifests: desired.manifests,
    composites: desired.composites,
    statuses: new Map(statuses),
    leaving,
    plans: [],
    events: [],
    swept: true,
  }
}
