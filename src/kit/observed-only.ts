/** What kinds have in common that are only looked at for now: they refuse any other manifest, and plan nothing. Pure. */
import type { Kind } from '../kind.ts'
import { stalls } from './planning.ts'

/** `what`: the kind in the plural, as people say it. */
export function observedOnly(what: string): Pick<Kind, 'validate' | 'plan'> {
  const message = `${what} are only looked at for now`
  return {
    // Manifests with the annotation do not come here.
    validate: (_, at) => [
      at(
        'metadata.annotations',
        'ObservedOnly',
        message,
        'annotate it with fairlead.dev/mode: observe, and name one that exists',
      ),
    ],
    plan: ({ want }) => (want ? stalls('ObservedOnly', message) : { verdict: 'keep' }),
  }
}
