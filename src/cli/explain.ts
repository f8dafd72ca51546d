/** `fairlead explain KIND[.field]`: the documentation of a field from its schema, offline. */
import { UserError } from '../errors.ts'
import type { JsonSchema, Kind } from '../kind.ts'
import { composites, kinds as registry } from '../kinds/index.ts'
import { documentSchema, environmentSpec } from '../reconcile/manifest/envelope.ts'
import { nearest } from '../reconcile/manifest/suggest.ts'
import { notes } from './explain-notes.ts'
import type { Io } from './io.ts'
import { type Style, styleFor } from './style.ts'

const width = 100

/** Prints what a kind or a field of it means; without a path, which kinds there are. Throws UserError for names that do not exist. */
export async function explain(
  path: string | undefined,
  io: Io,
  kinds: readonly Explained[] = [...registry, ...composites],
): Promise<number> {
  if (path === undefined) {
    const all = [...kinds, environment]
    const wide = Math.max(...all.map(({ name }) => name.length))
    for (const { name, summary } of all) io.stdout(`${name.padEnd(wide)}  ${summary}\n`)
    return 0
  }
  const [first = '', ...steps] = path
    .replaceAll(/\[[^\]]*\]/g, '')
    .split('.')
    .filter((step) => step !== '')
  const kind = findKind(first, kinds)
  const document = documentSchema(kind.name, await kind.schema())
  const fields = (document.properties as Record<string, JsonSchema>)[steps[0] ?? '']
    ? steps
    : ['spec', ...steps]
  const found = descend(document, fields, kind.name)
  const name = [kind.name, ...found.names.filter((step) => step !== 'spec')].join('.')
  const summary = found.names.length <= 1 ? kind.summary : undefined
  io.stdout(render(name, found, kind.name, summary, styleFor(io)))
  return 0
}

type Explained = Pick<Kind, 'name' | 'plural' | 'summary' | 'schema'>

const environment: Explained = {
  name: 'Environment',
  plural: 'environments',
  summary: 'Where a namespace lives: account, region, role, prefix, tags and limits.',
  schema: async () => environmentSpec,
}

function findKind(word: string, kinds: readonly Explained[]): Explained {
  const all: readonly Explained[] = [...kinds, environment]
  const lower = word.toLowerCase()
  const kind = all.find(
    ({ name, plural }) => name.toLowerCase() === lower || plural.toLowerCase() === lower,
  )
  if (kind) return kind
  const names = all.map(({ name }) => name)
  const near = nearest(word, names)
  throw new UserError(`there is no kind "${word}"`, {
    hint: near ? `did you mean ${near}?` : `there are ${names.join(', ')}`,
  })
}

interface Found {
  readonly schema: JsonSchema
  /** As the schema spells them. */
  readonly names: readonly string[]
  readonly required: boolean
}

/** Follows a path; lists are looked into without further ado. */
function descend(root: JsonSchema, steps: readonly string[], kind: string): Found {
  let found: Found = { schema: root, names: [], required: false }
  for (const step of steps) {
    const inside = itemsOf(found.schema)
    const properties = inside['x-reference']
      ? {}
      : (inside.properties as Record<string, JsonSchema> | undefined)
    const candidates = Object.keys(properties ?? {})
    const name = candidates.find((candidate) => candidate.toLowerCase() === step.toLowerCase())
    if (name === undefined) {
      const place = [kind, ...found.names.filter((part) => part !== 'spec')].join('.')
      const near = nearest(step, candidates)
      const known =
        candidates.length > 0 ? `there are ${candidates.join(', ')}` : 'it has no fields of its own'
      throw new UserError(`${place} has no field "${step}"`, {
        hint: near ? `did you mean ${near}?` : known,
      })
    }
    const required = (inside.required as readonly string[] | undefined)?.includes(name) === true
    found = { schema: properties![name]!, names: [...found.names, name], required }
  }
  return found
}

/** What a list holds, through lists of lists; else the schema itself. */
function itemsOf(schema: JsonSchema): JsonSchema {
  return schema.items === undefined ? schema : itemsOf(schema.items as JsonSchema)
}

function render(
  name: string,
  { schema, names, required }: Found,
  kind: string,
  summary: string | undefined,
  style: Style,
): string {
  const inside = itemsOf(schema)
  const head = `${style.bold(name)}  ${style.dim(`${typeText(schema)}${required ? ', required' : ''}`)}`
  const blocks: string[] = [head]
  const description = summary ?? schema.description ?? inside.description
  if (description !== undefined) blocks.push(wrap(String(description)))
  const allowed = (inside.enum as readonly string[] | undefined)?.join(', ')
  if (allowed) blocks.push(wrap(`Allowed: ${allowed}`))
  if (inside['x-reference']) {
    blocks.push(`Takes the value, or a reference: { ref: name } of a ${inside['x-reference']}`)
  }
  const note = notes[kind]?.[names.slice(1).join('.')]
  if (note) blocks.push(wrap(`fairlead: ${note}`))
  if (inside.properties && !inside['x-reference']) blocks.push(fieldTable(inside, style))
  return `${blocks.join('\n\n')}\n`
}

function fieldTable(schema: JsonSchema, style: Style): string {
  const required = (schema.required as readonly string[] | undefined) ?? []
  const rows = Object.entries(schema.properties as Record<string, JsonSchema>).map(
    ([name, field]) => ({
      name: `${name}${required.includes(name) ? '*' : ''}`,
      type: typeText(field),
      text: firstSentence(String(field.description ?? '')),
    }),
  )
  const names = Math.max(...rows.map((row) => row.name.length))
  const types = Math.max(...rows.map((row) => row.type.length))
  const lines = rows.map(({ name, type, text }) => {
    const room = Math.max(width - names - types - 6, 20)
    const short = text.length > room ? `${text.slice(0, room - 1).trimEnd()}…` : text
    return `  ${name.padEnd(names)}  ${style.dim(type.padEnd(types))}  ${short}`.trimEnd()
  })
  const legend = required.length > 0 ? ' (* required)' : ''
  return [`Fields${legend}:`, ...lines].join('\n')
}

function typeText(schema: JsonSchema): string {
  if (schema.type === 'array') return `list of ${typeText(schema.items as JsonSchema)}`
  if (schema['x-reference']) return 'text or reference'
  if (schema['x-unit']) return 'text'
  if (schema['x-encoding']) return 'text or YAML'
  if (schema.type === 'object') return schema.properties ? 'map' : 'map of text'
  const words: Record<string, string> = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'true or false',
  }
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  const list = schema.items ? `list of ${typeText(schema.items as JsonSchema)}` : 'list'
  return types
    .map((type) => (type === 'array' ? list : (words[String(type)] ?? 'anything')))
    .join(' or ')
}

function firstSentence(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return /^(.*?[.!?])(\s|$)/.exec(line)?.[1] ?? line
}

function wrap(text: string): string {
  return text
    .split('\n')
    .map((paragraph) => {
      const indent = paragraph.startsWith('- ') ? '  ' : ''
      const lines: string[] = []
      let line = ''
      for (const word of paragraph.split(' ').filter((part) => part !== '')) {
        if (line !== '' && line.length + word.length + 1 > width) {
          lines.push(line)
          line = `${indent}${word}`
        } else line = line === '' ? word : `${line} ${word}`
      }
      return [...lines, line].join('\n')
    })
    .join('\n')
}
