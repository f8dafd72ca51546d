/** From what AWS says to documents: the members that a manifest may have, tags of their own, and references. Pure. */
import { isObject } from '../../diff.ts'
import type { JsonSchema, Kind } from '../../kind.ts'
import type { Environment, ObjectKey } from '../../model.ts'
import { withReferences } from '../../references.ts'
import type { Draft } from '../init/yaml.ts'
import type { Entry } from './entries.ts'

type Members = Record<string, unknown>

export interface DraftOptions {
  readonly kinds: readonly Kind[]
  readonly schemas: ReadonlyMap<string, JsonSchema>
  readonly environment: Environment
  /** Services that name the revision that they run, since no manifest would give it. */
  readonly pinned: ReadonlySet<ObjectKey>
  /** Groups whose instances are older than their template, and stay so. */
  readonly steady: ReadonlySet<ObjectKey>
  /** What goes above a document. */
  readonly heads: ReadonlyMap<ObjectKey, string>
}

/** A document for each entry. */
export function draftsOf(
  entries: readonly Entry[],
  options: DraftOptions,
): ReadonlyMap<ObjectKey, Draft> {
  const refs = refsOf(entries)
  const namespace = options.environment.name
  return new Map(
    entries.map((entry): [ObjectKey, Draft] => {
      const { key, kind, name, mine } = entry
      const head = options.heads.get(key)
      const draft: Draft = {
        kind,
        name,
        namespace,
        ...(mine ? {} : { annotations: { 'fairlead.dev/adopt': 'unchanged' } }),
        spec: specOf(entry, entries, refs, options),
        ...(head ? { head } : {}),
      }
      return [key, draft]
    }),
  )
}

function specOf(
  entry: Entry,
  entries: readonly Entry[],
  refs: ReadonlyMap<string, Entry>,
  { kinds, schemas, environment, pinned, steady }: DraftOptions,
): Members {
  const { key, kind: kindName, name, live, cluster, service } = entry
  const kind = kinds.find((one) => one.name === kindName) as Kind
  const schema = schemas.get(kindName) as JsonSchema
  const written = kind.written?.(live, schema) as Members
  const properties = schema.properties as Record<string, unknown>
  const tags = properties.tags ? ownTags(written.tags, live.tags) : []
  const scaled = entries.some(
    (one) => one.kind === 'ScalableTarget' && one.cluster === cluster && one.service === service,
  )
  const members = withoutName(
    {
      ...written,
      ...(kindName === 'Service' && scaled ? { desiredCount: undefined } : {}),
      ...(steady.has(key) ? { instanceRefresh: { enabled: false } } : {}),
      tags: tags.length > 0 ? tags : undefined,
    },
    kind,
    name,
    environment,
  )
  const plain = allowed(members, schema) as Members
  const linked = withReferences(plain, kind.references, (target, value) =>
    target === 'TaskDefinition' && pinned.has(key)
      ? undefined
      : refs.get(`${target} ${value}`)?.name,
  )
  return withVersions(linked, entries) as Members
}

/** Without the member that gives it its name in AWS, where the manifest's name gives the same. */
function withoutName(spec: Members, kind: Kind, name: string, environment: Environment): Members {
  for (const member of kind.source.derived ?? []) {
    if (spec[member] === undefined) continue
    const { [member]: _, ...rest } = spec
    const named = kind.identify(spec, name, environment).name
    if (kind.identify(rest, name, environment).name === named) return rest
  }
  return spec
}

/** Tags that AWS and fairlead set are theirs. */
const theirs = /^(aws:|fairlead:)|^AmazonECSManaged$/i

function ownTags(written: unknown, live: Readonly<Record<string, string>>): unknown[] {
  const tags = Array.isArray(written)
    ? (written as { key: string }[])
    : Object.entries(live).map(([key, value]) => ({ key, value }))
  return tags.filter(({ key }) => !theirs.test(key))
}

/** What a manifest may hold of a value; dates as text. */
export function allowed(value: unknown, schema: JsonSchema): unknown {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) {
    const items = (schema.items ?? {}) as JsonSchema
    return value.map((item) => allowed(item, items))
  }
  if (!isObject(value)) return value
  const properties = schema.properties as Record<string, JsonSchema> | undefined
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null)
  return Object.fromEntries(
    entries.flatMap(([name, inner]): [string, unknown][] => {
      if (!properties) return [[name, allowed(inner, (schema.additionalProperties ?? {}) as never)]]
      return Object.hasOwn(properties, name) ? [[name, allowed(inner, properties[name]!)]] : []
    }),
  )
}

/** By kind and whatever AWS calls it: the entry that is meant. */
function refsOf(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const refs = new Map<string, Entry>()
  for (const entry of entries) {
    const { kind, live } = entry
    const { arn, id } = live.attributes
    const { name } = live.identity
    // A scalable target names its service so.
    const scaled = kind === 'Service' ? [`service/${name}`] : []
    for (const value of [arn, id, name, ...scaled]) if (value) refs.set(`${kind} ${value}`, entry)
  }
  return refs
}

/** Where a template is a manifest, and its default version is meant, the version comes from there too. */
function withVersions(value: unknown, entries: readonly Entry[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withVersions(item, entries))
  if (!isObject(value)) return value
  const inner = Object.entries(value).map(([name, item]) => [name, withVersions(item, entries)])
  const result = Object.fromEntries(inner) as Members
  const { launchTemplateName: template, version } = result
  if (!isObject(template) || version === undefined) return result
  const meant = entries.find(({ kind, name }) => kind === 'LaunchTemplate' && name === template.ref)
  const same = meant?.live.attributes.version === version
  return same ? { ...result, version: { ref: template.ref } } : result
}
