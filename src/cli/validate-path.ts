/** `fairlead validate PATH`: reads the source, then checks it offline. */
import { composites, kinds } from '../kinds/index.ts'
import { readSnapshot } from '../reconcile/source.ts'
import type { Io } from './io.ts'
import { sourceOptions } from './load.ts'
import { validate } from './validate.ts'

export interface ValidateOptions {
  readonly output: 'text' | 'json' | 'sarif'
  readonly committed: boolean
}

export async function validatePath(
  path: string,
  options: ValidateOptions,
  io: Io,
): Promise<number> {
  const snapshot = await readSnapshot(path, sourceOptions(path, options, io))
  return validate(snapshot, kinds, composites, options, io)
}
