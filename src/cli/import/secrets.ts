/** Plain values in task definitions that look like secrets: they are written as they stand there, and told. Pure. */
import { conceal } from '../../secrecy.ts'
import type { Entry } from './entries.ts'

interface Container {
  readonly name?: string
  readonly environment?: readonly { readonly name?: string; readonly value?: string }[]
}

export function secretsIn({ kind, live }: Entry): string[] {
  if (kind !== 'TaskDefinition') return []
  const { base } = live.state as { base?: { definition?: { containerDefinitions?: Container[] } } }
  return (base?.definition?.containerDefinitions ?? []).flatMap(({ name, environment = [] }) =>
    environment.flatMap(({ name: variable, value }) => {
      const path = `containerDefinitions[${name}].environment[${variable}]`
      return value && conceal(path, value) !== value ? [path] : []
    }),
  )
}
