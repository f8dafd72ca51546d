/** Helpers for wire tests: SDK clients that talk to handlers in process, and raw requests as AWS's documentation prints them. */
import type { Invoke, Wire, WireOptions } from '../../src/simulator/wire/handle.ts'
import { createWire } from '../../src/simulator/wire/handle.ts'
import type { WireResponse } from '../../src/simulator/wire/message.ts'
import { sdkHandler } from '../../src/simulator/wire/sdk-handler.ts'

export type Table = Readonly<
  Record<string, (input: Record<string, unknown>, options: { region: string }) => unknown>
>

/** A wire in front of a table of hand-written operations. */
export function tableWire(table: Table, options?: WireOptions): Wire {
  const invoke: Invoke = (operation, input, at) => {
    const handler = table[operation]
    if (!handler) throw new Error(`the test has no ${operation}`)
    return handler(input, at)
  }
  return createWire(invoke, options)
}

/** Configuration of an SDK client that talks to `wire`, signs as always and never retries. */
export function clientConfig(wire: Wire, region = 'eu-west-1') {
  return {
    region,
    requestHandler: sdkHandler(wire) as never,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  }
}

/** Sends a request written as in AWS's documentation: header lines, an empty line, the body. */
export function sendRaw(wire: Wire, text: string): Promise<WireResponse> {
  const [head = '', ...rest] = text.trim().split('\n\n')
  const [first = '', ...lines] = head.split('\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const [method = 'POST', path = '/'] = first.split(' ')
  return wire({ method, path, headers, body: new TextEncoder().encode(rest.join('\n\n')) })
}
