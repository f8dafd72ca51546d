/** Lets SDK clients talk to the wire without sockets: a `requestHandler` for their configuration. */
import type { Wire } from './handle.ts'
import type { WireRequest } from './message.ts'

/** What the SDK hands to a request handler, as far as it is read here. */
interface SdkRequest {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

interface SdkResponse {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

/** Structurally a `RequestHandler` of the SDK. */
export interface SdkHandler {
  handle(request: SdkRequest): Promise<{ response: SdkResponse }>
  updateHttpClientConfig(): void
  httpHandlerConfigs(): Record<string, never>
  destroy(): void
}

/**
 * `new ECSClient({ requestHandler: sdkHandler(wire), region, credentials })` then serializes, signs and parses as
 * over a network. Each call of `handle` is one HTTP exchange; it rejects where the connection would break.
 */
export function sdkHandler(wire: Wire): SdkHandler {
  return {
    async handle(request) {
      const { status, headers, body } = await wire(toWire(request))
      return { response: { statusCode: status, headers, body: new TextEncoder().encode(body) } }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  }
}

function toWire(request: SdkRequest): WireRequest {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(request.query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) query.append(key, each)
  }
  const search = query.toString()
  return {
    method: request.method,
    path: search ? `${request.path}?${search}` : request.path,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: toBytes(request.body),
  }
}

function toBytes(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array()
  if (typeof body === 'string') return new TextEncoder().encode(body)
  if (body instanceof Uint8Array) return body
  throw new TypeError('the in-process handler takes no streams')
}
