/** The manifest stage: all files of a snapshot to what they say, or to every problem in them at once. Never throws. */
import type { Composite, Kind } from '../kind.ts'
import type { Desired, Environment, Problem, Snapshot, SourceFile } from '../model.ts'
import { type Placed, relate } from './manifest/across.ts'
import {
  type DocumentKind,
  documentKinds,
  placer,
  type ReadDocument,
  readDocuments,
} from './manifest/document.ts'
import { defaultEnvironment } from './manifest/environment.ts'
import { expand } from './manifest/expand.ts'
import { join } from './manifest/join.ts'
import { didYouMean } from './manifest/suggest.ts'
import { parseFile } from './manifest/yaml.ts'

interface ReadFile {
  readonly digest: string
  readonly documents: readonly ReadDocument[]
  /** Of the file as a whole: no environment can be told. */
  readonly problems: readonly Problem[]
}

/** What a process remembers of files, so that those with the same path and digest are not parsed again. */
export interface ManifestCache {
  kinds?: readonly Kind[]
  documentKinds?: ReadonlyMap<string, DocumentKind>
  files: Map<string, ReadFile>
}

export function createManifestCache(): ManifestCache {
  return { files: new Map() }
}

/**
 * What the manifests of a snapshot say. Problems are values, sorted by place; an error stops its environment
 * (`stopped`), and one that cannot be placed in an environment stops all of them.
 */
export async function readManifests(
  snapshot: Snapshot,
  kinds: readonly Kind[],
  cache: ManifestCache = createManifestCache(),
  composites: readonly Composite[] = [],
): Promise<Desired> {
  const files = await readFiles(snapshot.files, kinds, composites, cache)
  const documents = files.flatMap((file) => file.documents)
  const { environments, problems, environmentOf } = environmentsOf(documents)

  const placed: Placed[] = [...problems]
  for (const problem of [...snapshot.problems, ...files.flatMap((file) => file.problems)]) {
    placed.push({ problem, environment: undefined })
  }
  const manifests = documents.flatMap((document) => {
    const environment = placeOf(document, environmentOf)
    for (const problem of document.problems) placed.push({ problem, environment })
    return document.manifest && environment !== undefined ? [document.manifest] : []
  })
  const expanded = expand(
    manifests,
    kinds,
    composites,
    (namespace) => environmentOf(namespace) ?? defaultEnvironment,
  )
  placed.push(...expanded.problems)
  const related = relate(
    join(expanded.manifests, kinds),
    documents,
    new Map(kinds.map((kind) => [kind.name, kind])),
    (namespace) => environmentOf(namespace) ?? defaultEnvironment,
    composites.map(({ name }) => name),
  )
  placed.push(...related.problems)

  const errors = placed.filter(({ problem }) => problem.severity === 'error')
  const all = errors.some(({ environment }) => environment === undefined)
  const hit = new Set(errors.map(({ environment }) => environment))
  return {
    revision: snapshot.revision,
    ...(snapshot.committedAtMs === undefined ? {} : { committedAtMs: snapshot.committedAtMs }),
    environments,
    manifests: related.manifests,
    composites: expanded.composites,
    problems: placed.map(({ problem }) => problem).sort(byPlace),
    stopped: environments.map(({ name }) => name).filter((name) => all || hit.has(name)),
    identities: related.identities,
    references: related.references,
  }
}

async function readFiles(
  files: readonly SourceFile[],
  kinds: readonly Kind[],
  composites: readonly Composite[],
  cache: ManifestCache,
): Promise<readonly ReadFile[]> {
  if (cache.kinds !== kinds || cache.documentKinds === undefined) {
    cache.documentKinds = await documentKinds(kinds, composites)
    cache.kinds = kinds
    cache.files = new Map()
  }
  const before = cache.files
  cache.files = new Map()
  for (const file of files) {
    const known = before.get(file.path)
    const read = known?.digest === file.digest ? known : readFile(file, cache.documentKinds)
    cache.files.set(file.path, read)
  }
  return [...cache.files.values()]
}

function readFile(file: SourceFile, kinds: ReadonlyMap<string, DocumentKind>): ReadFile {
  const parsed = parseFile(file)
  return {
    digest: file.digest,
    documents: readDocuments(parsed, kinds),
    problems: parsed.problems,
  }
}

interface Environments {
  readonly environments: readonly Environment[]
  readonly problems: readonly Placed[]
  /** Undefined for a namespace that no Environment serves, and for none where one is needed. */
  readonly environmentOf: (namespace: string | undefined) => Environment | undefined
}

function environmentsOf(documents: readonly ReadDocument[]): Environments {
  const described = new Map<string, ReadDocument>()
  const problems: Placed[] = []
  for (const document of documents) {
    const name = document.environment?.name
    if (name === undefined) continue
    const first = described.get(name)
    if (first === undefined) {
      described.set(name, document)
      continue
    }
    const { file, line, column } = first.position
    const message = `is described twice: first at ${file}:${line}:${column}`
    const at = placer({}, document.position, `Environment/${name}`)
    problems.push({ problem: at('metadata.name', 'DescribedTwice', message), environment: name })
  }
  if (!documents.some(({ kind }) => kind === 'Environment')) {
    return { environments: [defaultEnvironment], problems, environmentOf: () => defaultEnvironment }
  }
  const environments = [...described.values()].map((document) => document.environment!)
  for (const document of documents) {
    if (document.kind === undefined || document.kind === 'Environment') continue
    if (document.namespace !== undefined && described.has(document.namespace)) continue
    problems.push({ problem: homeless(document, [...described.keys()]), environment: undefined })
  }
  return {
    environments,
    problems,
    environmentOf: (namespace) => described.get(namespace ?? '')?.environment,
  }
}

/** Once a source describes environments, nothing falls back to another one. */
function homeless(document: ReadDocument, names: readonly string[]): Problem {
  const object = document.name === undefined ? undefined : `${document.kind}/${document.name}`
  const at = placer(document.manifest?.positions ?? {}, document.position, object)
  const { namespace } = document
  const expected = `expected ${names.join(' or ') || 'the name of an Environment'}`
  return namespace === undefined
    ? at('metadata.namespace', 'NoNamespace', `needs metadata.namespace: ${expected}`)
    : at(
        'metadata.namespace',
        'UnknownNamespace',
        `there is no Environment "${namespace}": ${expected}`,
        didYouMean(namespace, names),
      )
}

/** The environment that a document's problems stop; undefined: it cannot be told. */
function placeOf(
  document: ReadDocument,
  environmentOf: Environments['environmentOf'],
): string | undefined {
  if (document.kind === 'Environment') return document.name
  if (document.kind === undefined) return undefined
  return environmentOf(document.namespace)?.name
}

function byPlace(a: Problem, b: Problem): number {
  return (
    compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.code, b.code)
  )
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
