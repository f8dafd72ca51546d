/** The one thing that may be asked of a running controller: to look now. From this machine alone, and by no browser. */
import type { Context, Hono } from 'hono'
import type { View } from '../controller.ts'
import type { ObjectKey } from '../model.ts'
import { renderKey } from '../render-value.ts'
import { apiVersion, failure } from './api.ts'

export interface WakeOptions {
  readonly view: () => View
  /** Looks at these keys now, or at everything. */
  readonly reconcile: (keys?: readonly ObjectKey[]) => void
}

interface Asked {
  readonly kind?: unknown
  readonly name?: unknown
  readonly namespace?: unknown
}

export function serveWake(app: Hono, path: string, options: WakeOptions): void {
  app.post(path, async (c) => {
    const refused = refusalOf(c)
    if (refused) return c.json(failure(403, 'Forbidden', refused), 403)
    const asked = (await c.req.json().catch(() => undefined)) as Asked | undefined
    if (typeof asked !== 'object' || asked === null) {
      return c.json(failure(400, 'BadRequest', 'a JSON object was expected'), 400)
    }
    if (Object.keys(asked).length === 0) {
      options.reconcile()
      return c.json(accepted('looking at everything now'), 202)
    }
    const keys = keysOf(asked, options.view())
    if (keys.length === 0) {
      const what = [asked.namespace, asked.kind, asked.name].filter(Boolean).join(' ')
      return c.json(failure(404, 'NotFound', `no ${what} is known`), 404)
    }
    options.reconcile(keys)
    const what = keys.length === 1 ? renderKey(keys[0]!) : `${keys.length} resources`
    return c.json(accepted(`looking at ${what} now`), 202)
  })
}

/** Looking costs AWS calls, so it is asked for where the process runs: over ECS Exec, or on the machine itself. */
function refusalOf(c: Context): string | undefined {
  const from = (c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)
    ?.incoming?.socket?.remoteAddress
  const header = (name: string) => c.req.header(name)
  const local = /^(127\.|::1$|::ffff:127\.)/.test(from ?? '')
  if (!local || header('x-forwarded-for') || header('forwarded')) {
    return 'reconcile is taken from this machine alone: run it where the controller runs'
  }
  const plain = header('content-type')?.startsWith('application/json')
  if (!plain || header('origin') || header('sec-fetch-site')) {
    return 'reconcile is taken from no web page'
  }
  return undefined
}

/** A composite stands for its parts. */
function keysOf(asked: Asked, { manifests, composites }: View): ObjectKey[] {
  const matches = (one: { kind: string; name: string; namespace: string }) =>
    (asked.kind === undefined || one.kind === asked.kind) &&
    (asked.name === undefined || one.name === asked.name) &&
    (asked.namespace === undefined || one.namespace === asked.namespace)
  const parents = new Set(composites.filter(matches).map(({ key }) => key))
  return manifests
    .filter((one) => matches(one) || (one.parent !== undefined && parents.has(one.parent)))
    .map(({ key }) => key)
}

const accepted = (message: string) => ({
  apiVersion,
  kind: 'Status',
  metadata: {},
  status: 'Success',
  code: 202,
  message,
})
