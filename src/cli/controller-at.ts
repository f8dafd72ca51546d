/** Asks a running controller over its HTTP API. */
import { UserError } from '../errors.ts'
import { apiVersion } from '../server/api.ts'

export interface ControllerAnswer<T> {
  readonly ok: boolean
  readonly status: number
  readonly body: T
}

const hint = 'start one with fairlead run, name it with --server, or ask AWS with --live PATH'

/** `path` begins after the API's own: `/services`. Throws UserError where no controller answers. */
export async function askController<T>(
  server: string,
  path: string,
  request: RequestInit = {},
): Promise<ControllerAnswer<T>> {
  const base = URL.canParse(server) ? new URL(server) : undefined
  if (!base || !/^https?:$/.test(base.protocol)) {
    throw new UserError(`"${server}" is no address of a controller`, {
      hint: 'write it as http://127.0.0.1:8080',
    })
  }
  let response: Response
  try {
    response = await fetch(new URL(`/apis/${apiVersion}${path}`, base), request)
  } catch (cause) {
    throw new UserError(`no controller answers at ${server}`, { hint, cause })
  }
  const { ok, status } = response
  try {
    return { ok, status, body: (await response.json()) as T }
  } catch (cause) {
    const message = `what answers at ${server} (${status}) is no controller of fairlead's`
    throw new UserError(message, { hint, cause })
  }
}
