/** The simulator on a socket, for any AWS client. Which service is meant is the wire's affair, so there is nothing to route. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Invoke, WireOptions } from './wire/handle.ts'
import { createWire } from './wire/handle.ts'
import type { WireRequest } from './wire/message.ts'
import { bodyLimit } from './wire/message.ts'

/** The part of a simulator that a server needs. */
export interface Servable {
  readonly call: Invoke
}

export interface ServeOptions extends WireOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** Default 127.0.0.1. The server checks no signatures, so it listens elsewhere only where it is told to. */
  readonly host?: string
}

export interface ServedSimulator {
  readonly port: number
  /** `http://127.0.0.1:4566`. */
  readonly url: string
  /** Answers what is being handled, then drops every connection. */
  close(): Promise<void>
}

/** Serves `simulator` over HTTP/1.1. Rejects with the system's error when the port is taken. */
export async function serve(
  simulator: Servable,
  { port, host = '127.0.0.1', ...options }: ServeOptions,
): Promise<ServedSimulator> {
  const wire = createWire(simulator.call.bind(simulator), options)
  const inFlight = new Set<Promise<void>>()
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const exchange = answer(request, response).finally(() => inFlight.delete(exchange))
    inFlight.add(exchange)
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.method === 'GET' || request.method === 'HEAD') {
        if (isPlain(request)) return health(response)
      }
      const { status, headers, body } = await wire(await receive(request))
      const bytes = Buffer.from(body)
      response.writeHead(status, { ...headers, 'content-length': bytes.byteLength })
      response.end(bytes)
    } catch {
      // A lost answer, or a client that went away: the connection breaks without a word, as it does on AWS.
      response.destroy()
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const bound = (server.address() as AddressInfo).port
  return {
    port: bound,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      await Promise.race([closed, Promise.allSettled(inFlight)])
      server.closeAllConnections()
      await closed
    },
  }
}

/** True for a look by a person or a load balancer, which is no API call: those are signed or name an Action. */
function isPlain({ headers, url = '/' }: IncomingMessage): boolean {
  if (headers['x-amz-target'] !== undefined || headers.authorization !== undefined) return false
  return !/[?&](Action|X-Amz-Signature)=/.test(url)
}

function health(response: ServerResponse): void {
  const body = 'fairlead simulator: ready. Point an AWS client here with AWS_ENDPOINT_URL.\n'
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length })
  response.end(body)
}

/** The whole request. Of a body that is too large only enough is kept for the wire to refuse it. */
async function receive(request: IncomingMessage): Promise<WireRequest> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    if (size <= bodyLimit) chunks.push(chunk)
    size += chunk.byteLength
  }
  const headers: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return {
    method: request.method ?? 'POST',
    path: request.url ?? '/',
    headers,
    body: Buffer.concat(chunks),
  }
}
