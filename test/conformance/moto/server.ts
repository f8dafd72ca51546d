/** A moto server that listens, and what a test asks of it besides AWS's own operations. */
import { type Background, eventually, freePort, skipped, start } from '../harness.ts'

/** True when `FAIRLEAD_CONFORMANCE_SKIP` names moto. */
export const withoutMoto = skipped('moto')

export interface Moto {
  readonly url: string
  /** An account as new. */
  reset(): Promise<void>
  /** From now on only what policies allow, once `unchecked` more calls were made. */
  enforce(unchecked?: number): Promise<void>
  stop(): Promise<void>
}

/** `env` holds moto's own settings, `MOTO_…`. */
export async function startMoto(env: NodeJS.ProcessEnv = {}): Promise<Moto> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const moto: Background = start('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    env: { ...process.env, ...env },
  })
  const post = async (path: string, body?: string) => {
    const { ok, status } = await fetch(`${url}/moto-api/${path}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body }),
    })
    if (!ok) throw new Error(`moto answered ${status} to ${path}`)
  }
  try {
    await eventually('moto_server listens (Python package moto[server])', async () => {
      if (moto.exitCode() !== undefined) throw new Error(`moto_server ended: ${moto.said()}`)
      return (await fetch(`${url}/moto-api/`).catch(() => undefined))?.ok || undefined
    })
  } catch (error) {
    await moto.stop()
    throw error
  }
  return {
    url,
    reset: () => post('reset'),
    enforce: (unchecked = 0) => post('reset-auth', String(unchecked)),
    stop: () => moto.stop(),
  }
}
