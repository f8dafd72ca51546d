/** `fairlead reconcile`: asks the running controller to look now. */
import { UserError } from '../errors.ts'
import { apiVersion } from '../server/api.ts'
import { kindNamed } from './ask.ts'
import type { Io } from './io.ts'

export interface ReconcileOptions {
  readonly server: string
  readonly namespace?: string
}

export async function reconcile(
  kind: string | undefined,
  name: string | undefined,
  { server, namespace }: ReconcileOptions,
  io: Io,
): Promise<number> {
  const wanted = {
    ...(kind ? { kind: kindNamed(kind) } : {}),
    ...(name ? { name } : {}),
    ...(namespace ? { namespace } : {}),
  }
  let response: Response
  try {
    response = await fetch(new URL(`/apis/${apiVersion}/reconcile`, server), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
    })
  } catch (cause) {
    const hint = 'start one with fairlead run, or name it with --server'
    throw new UserError(`no controller answers at ${server}`, { hint, cause })
  }
  const { message } = (await response.json()) as { message: string }
  if (!response.ok) throw new UserError(message)
  io.stdout(`${message}\n`)
  return 0
}
