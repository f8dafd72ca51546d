/** `fairlead schema [KIND]`: JSON Schema of whole documents for editors, and a kustomize Component. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Composite, JsonSchema, Kind } from '../kind.ts'
import { composites, kinds as registry } from '../kinds/index.ts'
import { apiVersion, documentSchema, environmentSpec } from '../reconcile/manifest/envelope.ts'
import { nearest } from '../reconcile/manifest/suggest.ts'
import type { Io } from './io.ts'
import { kustomizeFiles } from './kustomize.ts'

export interface SchemaOptions {
  readonly kustomize?: string
}

/** Prints the schema of one kind or of all, or writes the Component into a folder. Throws UserError for unknown kinds. */
export async function schema(
  kind: string | undefined,
  options: SchemaOptions,
  io: Io,
  kinds: readonly (Kind | Composite)[] = [...registry, ...composites],
): Promise<number> {
  const documents = await documentSchemas([...kinds, ...composites])
  if (options.kustomize !== undefined) {
    await mkdir(options.kustomize, { recursive: true })
    for (const [name, text] of Object.entries(kustomizeFiles(kinds, documents))) {
      await writeFile(join(options.kustomize, name), text)
      io.stderr(`wrote ${join(options.kustomize, name)}\n`)
    }
    return 0
  }
  io.stdout(`${JSON.stringify(editorSchema(kind, documents), null, 2)}\n`)
  return 0
}

/** The schema of each kind's whole document. */
async function documentSchemas(
  kinds: readonly (Kind | Composite)[],
): Promise<Map<string, JsonSchema>> {
  const all = new Map<string, JsonSchema>([
    ['Environment', documentSchema('Environment', environmentSpec)],
  ])
  for (const kind of kinds) all.set(kind.name, documentSchema(kind.name, await kind.schema()))
  return all
}

/** One kind's schema, or one for all kinds that an editor can give every manifest. */
export function editorSchema(
  kind: string | undefined,
  documents: ReadonlyMap<string, JsonSchema>,
): JsonSchema {
  const head = { $schema: 'https://json-schema.org/draft/2020-12/schema' }
  const names = [...documents.keys()]
  if (kind !== undefined) {
    const name = names.find((known) => known.toLowerCase() === kind.toLowerCase())
    if (name === undefined) {
      const near = nearest(kind, names)
      throw new UserError(`there is no kind "${kind}"`, {
        hint: near ? `did you mean ${near}?` : `there are ${names.join(', ')}`,
      })
    }
    return { ...head, title: name, ...(plain(documents.get(name)!) as JsonSchema) }
  }
  return {
    ...head,
    title: `Manifests of ${apiVersion}`,
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata'],
    properties: { apiVersion: { enum: [apiVersion] }, kind: { enum: names } },
    // By kind, so that an editor says what is wrong with this one, not that none of several fits.
    allOf: names.map((name) => ({
      if: { required: ['kind'], properties: { kind: { const: name } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: plain(documents.get(name)!),
    })),
  }
}

/** Without our own keywords, which are for the reader of manifests alone. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key]) => !key.startsWith('x-'))
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]))
}
