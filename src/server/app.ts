/** HTTP: metrics, health, the API, which changes nothing, and a plain page. A view is passed in; nothing here decides. */
import { Hono } from 'hono'
import type { View } from '../controller.ts'
import type { Composite, Kind } from '../kind.ts'
import type { Metrics } from '../metrics.ts'
import type { ObjectKey } from '../model.ts'
import { apiVersion, eventObject, failure, group, select, version } from './api.ts'
import { page } from './page.ts'
import { serveWake } from './wake.ts'

export interface AppOptions {
  readonly kinds: readonly Kind[]
  readonly composites: readonly Composite[]
  readonly metrics: Metrics
  readonly view: () => View
  /** Looks at these keys now, or at everything; absent: that cannot be asked for. */
  readonly reconcile?: (keys?: readonly ObjectKey[]) => void
}

export function createApp(options: AppOptions): Hono {
  const { kinds, composites, metrics, view, reconcile } = options
  const app = new Hono()
  const base = `/apis/${group}/${version}`
  const types = [...kinds, ...composites]
  const kindOf = (plural: string) => types.find((kind) => kind.plural === plural.toLowerCase())

  app.get('/metrics', async (c) =>
    c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType }),
  )
  app.get('/healthz', (c) => c.text('ok\n'))
  app.get('/readyz', (c) =>
    view().swept ? c.text('ok\n') : c.text('not ready: the first full sweep is not over\n', 503),
  )
  app.get('/', (c) => c.html(page(view(), kinds)))

  app.get(base, (c) =>
    c.json({
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: apiVersion,
      resources: types.map((kind) => ({
        name: kind.plural,
        singularName: kind.name.toLowerCase(),
        kind: kind.name,
        namespaced: true,
        verbs: ['get', 'list'],
      })),
    }),
  )
  app.get(`${base}/events`, (c) =>
    c.json({
      kind: 'EventList',
      apiVersion: 'v1',
      metadata: {},
      items: view().events.map(eventObject),
    }),
  )
  app.get(`${base}/resources`, (c) => c.json(list('List', select(view(), kinds, {}), view())))

  const collection = (plural: string, namespace?: string, name?: string) => {
    const kind = kindOf(plural)
    if (!kind)
      return {
        status: 404 as const,
        body: failure(404, 'NotFound', `there is no resource type ${plural}`),
      }
    const items = select(view(), kinds, {
      kind: kind.name,
      ...(namespace ? { namespace } : {}),
      ...(name ? { name } : {}),
    })
    if (name === undefined)
      return { status: 200 as const, body: list(`${kind.name}List`, items, view()) }
    const [item] = items
    return item
      ? { status: 200 as const, body: item }
      : {
          status: 404 as const,
          body: failure(404, 'NotFound', `${plural}.${group} "${name}" not found`),
        }
  }
  app.get(`${base}/namespaces/:namespace/:plural/:name`, (c) => {
    const { status, body } = collection(
      c.req.param('plural'),
      c.req.param('namespace'),
      c.req.param('name'),
    )
    return c.json(body, status)
  })
  app.get(`${base}/namespaces/:namespace/:plural`, (c) => {
    const { status, body } = collection(c.req.param('plural'), c.req.param('namespace'))
    return c.json(body, status)
  })
  app.get(`${base}/:plural`, (c) => {
    const { status, body } = collection(c.req.param('plural'))
    return c.json(body, status)
  })
  if (reconcile) serveWake(app, `${base}/reconcile`, { view, reconcile })
  app.notFound((c) => c.json(failure(404, 'NotFound', `there is nothing at ${c.req.path}`), 404))
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '*', (c) =>
    c.json(
      failure(405, 'MethodNotAllowed', 'this API is read-only: Git is where changes are made'),
      405,
    ),
  )
  return app
}

function list(kind: string, items: readonly unknown[], view: View) {
  const problems = view.problems.filter(({ severity }) => severity === 'error')
  const metadata = {
    revision: view.revision ?? '',
    ...(problems.length > 0 ? { problems } : {}),
  }
  return { kind, apiVersion, metadata, items }
}
