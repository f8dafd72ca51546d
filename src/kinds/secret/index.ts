/** The kind Secret: what containers get that must not stand in Git. Only looked at for now, and never at its value. */
import type { Kind } from '../../kind.ts'
import { observedOnly } from '../../kit/observed-only.ts'
import { health } from './health.ts'
import { identify, type SecretSpec, schema, source } from './manifest.ts'
import { observe, type SecretState } from './observe.ts'
import { operations } from './operations.ts'

export const secret: Kind<SecretSpec, SecretState> = {
  name: 'Secret',
  plural: 'secrets',
  summary:
    'A secret of Secrets Manager or a parameter of Systems Manager. Only looked at for now, and never at its value.',
  schema,
  source,
  operations,
  references: {},
  identify,
  ...observedOnly('secrets'),
  observe,
  health,
}
