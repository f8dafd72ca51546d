/** `fairlead reconcile`: asks the running controller to look now. */
import { UserError } from '../errors.ts'
import { kindNamed } from './ask.ts'
import { askController } from './controller-at.ts'
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
  const { ok, body } = await askController<{ message: string }>(server, '/reconcile', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
  })
  if (!ok) throw new UserError(body.message)
  io.stdout(`${body.message}\n`)
  return 0
}
