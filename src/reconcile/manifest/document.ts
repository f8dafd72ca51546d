/** One document of a file to a checked manifest or environment, with all its problems. Knows nothing of other documents. */
import { createHash } from 'node:crypto'
import type { Composite, JsonSchema, Kind } from '../../kind.ts'
import type { Environment, Manifest, Position, Problem } from '../../model.ts'
import { parentPath } from '../../paths.ts'
import { wrongAnnotations } from './annotations.ts'
import {
  annotationPrefix,
  apiGroup,
  apiVersion,
  documentSchema,
  environmentSpec,
  namespaceExpected,
  namespacePattern,
} from './envelope.ts'
import { type At, readEnvironment } from './environment.ts'
import { ignoreProblems } from './ignore.ts'
import { type ShapeContext, shape } from './shape.ts'
import { didYouMean } from './suggest.ts'
import type { MapNode, TreeNode } from './tree.ts'
import type { ParsedFile } from './yaml.ts'

/** The namespace of documents that name none. */
export const defaultNamespace = 'default'

/** What one document turned out to be. Cached with its file, so it depends on nothing outside of it. */
export interface ReadDocument {
  readonly kind?: string
  readonly name?: string
  /** As written; undefined where it is not. */
  readonly namespace?: string
  readonly position: Position
  /** Absent where the document has errors. */
  readonly manifest?: Manifest
  /** An Environment is kept in spite of errors: its namespace exists, though it is stopped. */
  readonly environment?: Environment
  readonly problems: readonly Problem[]
}

/** A kind and the schema of its whole document. */
export interface DocumentKind {
  /** Absent for an Environment. */
  readonly kind?: Kind | Composite
  /** It only stands for others. */
  readonly composite?: true
  readonly schema: JsonSchema
}

/** The schemas of whole documents by kind; Environment is one of them. */
export async function documentKinds(
  kinds: readonly Kind[],
  composites: readonly Composite[],
): Promise<ReadonlyMap<string, DocumentKind>> {
  const entries = await Promise.all(
    [...kinds, ...composites].map(
      async (kind): Promise<[string, DocumentKind]> => [
        kind.name,
        {
          kind,
          schema: documentSchema(kind.name, await kind.schema()),
          ...('expand' in kind ? { composite: true } : {}),
        },
      ],
    ),
  )
  return new Map([
    ...entries,
    ['Environment', { schema: documentSchema('Environment', environmentSpec) }],
  ])
}

/** Reads every document of a file; the items of a List count as documents. */
export function readDocuments(
  file: ParsedFile,
  kinds: ReadonlyMap<string, DocumentKind>,
): ReadDocument[] {
  return file.documents
    .flatMap(flatten)
    .map((root) => new DocumentReader(file.place, kinds, root).read())
}

function flatten(root: TreeNode): TreeNode[] {
  if (root.type !== 'map' || textAt(root, 'kind') !== 'List') return [root]
  const items = valueAt(root, 'items')
  return items?.type === 'list' ? [...items.items] : []
}

function valueAt(map: MapNode, key: string): TreeNode | undefined {
  return map.entries.find((entry) => entry.key === key)?.value
}

function textAt(map: MapNode, key: string): string | undefined {
  const value = valueAt(map, key)
  return value?.type === 'scalar' && typeof value.value === 'string' ? value.value : undefined
}

interface Metadata {
  readonly name?: string
  readonly namespace?: string
  readonly labels?: Record<string, string>
  readonly annotations?: Record<string, string>
}

class DocumentReader {
  readonly #place: ParsedFile['place']
  readonly #kinds: ReadonlyMap<string, DocumentKind>
  readonly #root: TreeNode
  readonly #problems: Problem[] = []
  readonly #positions: Record<string, Position> = {}
  #object: string | undefined

  constructor(
    place: ParsedFile['place'],
    kinds: ReadonlyMap<string, DocumentKind>,
    root: TreeNode,
  ) {
    this.#place = place
    this.#kinds = kinds
    this.#root = root
  }

  read(): ReadDocument {
    const root = this.#root
    const position = this.#place(root.at)
    const known = root.type === 'map' ? this.#kindOf(root) : this.#notAMap()
    if (root.type !== 'map' || known === undefined) return { position, problems: this.#problems }

    const metadata = valueAt(root, 'metadata')
    const kind = textAt(root, 'kind')!
    const name = metadata?.type === 'map' ? textAt(metadata, 'name') : undefined
    const namespace = metadata?.type === 'map' ? textAt(metadata, 'namespace') : undefined
    if (name !== undefined) this.#object = `${kind}/${name}`

    const observed = isObserved(metadata)
    const context: ShapeContext = {
      place: this.#place,
      positions: this.#positions,
      isComposite: (name) => this.#kinds.get(name)?.composite ?? false,
      requires: (path) => !(observed && path.startsWith('spec')),
      report: (at, path, severity, code, message, hint) =>
        this.#report(at, path, severity, code, message, hint),
    }
    const value = shape(root, known.schema, '', context) as {
      metadata?: Metadata
      spec?: Record<string, unknown>
    }
    const meta = value.metadata ?? {}
    const spec = value.spec ?? {}
    this.#checkMetadata(meta, known)
    const lives = meta.namespace ?? namespace
    const identity = {
      kind,
      position,
      ...(name === undefined ? {} : { name }),
      ...(lives === undefined ? {} : { namespace: lives }),
    }
    if (known.kind === undefined) {
      const at = this.#at()
      const environment =
        name === undefined ? undefined : readEnvironment(name, spec, this.#problems, at)
      return { ...identity, ...(environment ? { environment } : {}), problems: this.#problems }
    }
    const manifest = this.#manifest(kind, meta, meta.name ?? '', spec, position)
    if (!observed) this.#applyRules(known.kind, manifest)
    const { spec: specSchema = {} } = known.schema.properties as Record<string, JsonSchema>
    this.#problems.push(...ignoreProblems(manifest.annotations, spec, specSchema, this.#at()))
    return { ...identity, ...(this.#failed() ? {} : { manifest }), problems: this.#problems }
  }

  /** Rules over what could be read; what they say about a value that is wrong already is left out. */
  #applyRules(kind: Pick<Kind, 'validate'>, manifest: Manifest): void {
    const wrong = this.#problems.flatMap(({ severity, path }) =>
      severity === 'error' && path !== undefined ? [path] : [],
    )
    const news = kind.validate(manifest, this.#at()).filter(({ path = '' }) => {
      return !wrong.some(
        (above) =>
          path === above || (/^[.[]/.test(path.slice(above.length)) && path.startsWith(above)),
      )
    })
    this.#problems.push(...news)
  }

  #manifest(
    kind: string,
    meta: Metadata,
    name: string,
    spec: Record<string, unknown>,
    position: Position,
  ): Manifest {
    const namespace = meta.namespace ?? defaultNamespace
    const annotations = meta.annotations ?? {}
    return {
      key: `${namespace}/${kind}/${name}`,
      namespace,
      kind,
      name,
      annotations,
      labels: meta.labels ?? {},
      spec,
      position,
      positions: this.#positions,
      digest: digestOf(kind, annotations, spec),
    }
  }

  #notAMap(): undefined {
    const message = 'this is no manifest: expected a map with apiVersion, kind, metadata and spec'
    this.#report(this.#root.at, undefined, 'error', 'NotAManifest', message)
  }

  /** The kind of the document; undefined where it is none of ours, with the reason reported. */
  #kindOf(root: MapNode): DocumentKind | undefined {
    const version = textAt(root, 'apiVersion')
    const kind = textAt(root, 'kind')
    const known = kind === undefined ? undefined : this.#kinds.get(kind)
    const place = (key: string) => valueAt(root, key)?.at ?? root.at
    if (version === undefined && known === undefined) {
      this.#report(root.at, undefined, 'error', 'NotAManifest', notAManifest, this.#looksLike(root))
      return undefined
    }
    if (version !== undefined && version.split('/')[0] !== apiGroup) {
      const what = kind === undefined ? 'a document' : `a ${kind}`
      const message = `${what} of ${version} is not for fairlead, and was left out`
      const meant =
        known === undefined ? undefined : `for fairlead it would be apiVersion: ${apiVersion}`
      this.#report(place('apiVersion'), 'apiVersion', 'notice', 'NotOurs', message, meant)
      return undefined
    }
    if (version === undefined) {
      this.#report(root.at, 'apiVersion', 'error', 'Required', `needs apiVersion: ${apiVersion}`)
      return undefined
    }
    if (version !== apiVersion) {
      const message = `"${version}" is not a version that is known here: expected ${apiVersion}`
      this.#report(place('apiVersion'), 'apiVersion', 'error', 'UnknownVersion', message)
      return undefined
    }
    if (kind === undefined) {
      this.#report(place('kind'), 'kind', 'error', 'Required', `needs a kind: ${this.#kindNames()}`)
      return undefined
    }
    if (known === undefined) {
      const message = `there is no kind "${kind}": expected ${this.#kindNames()}`
      this.#report(
        place('kind'),
        'kind',
        'error',
        'UnknownKind',
        message,
        didYouMean(kind, this.#kinds.keys()),
      )
    }
    return known
  }

  #kindNames(): string {
    return [...this.#kinds.keys()].join(', ')
  }

  /** People keep what `aws ecs` prints or takes in files. */
  #looksLike(root: MapNode): string | undefined {
    const has = (...keys: string[]) => root.entries.some(({ key }) => keys.includes(key))
    if (has('containerDefinitions', 'taskDefinition', 'ContainerDefinitions')) {
      return 'this looks like an AWS task definition or service: put it under spec'
    }
    return has('services') ? 'this looks like a compose file' : undefined
  }

  #checkMetadata(meta: Metadata, known: DocumentKind): void {
    const at = this.#at()
    if (meta.name !== undefined && !/^[A-Za-z0-9_-]{1,255}$/.test(meta.name)) {
      const message = 'must be 1 to 255 letters, digits, - and _'
      this.#problems.push(at('metadata.name', 'BadName', message))
    }
    if (meta.namespace !== undefined) {
      if (known.kind === undefined) {
        // A kustomization with `namespace:` stamps it on everything.
        if (meta.namespace !== meta.name) {
          const message = 'an Environment has no namespace: it is one'
          const hint =
            "leave it out; only its own name is taken there, as a kustomization's namespace writes it"
          this.#problems.push(at('metadata.namespace', 'NamespaceOfEnvironment', message, hint))
        }
      } else if (!namespacePattern.test(meta.namespace)) {
        this.#problems.push(at('metadata.namespace', 'BadName', namespaceExpected))
      }
    }
    this.#problems.push(...wrongAnnotations(meta.annotations ?? {}, known.kind?.name, at))
  }

  #at(): At {
    return placer(this.#positions, this.#place(this.#root.at), this.#object)
  }

  #report(
    at: number,
    path: string | undefined,
    severity: Problem['severity'],
    code: string,
    message: string,
    hint?: string,
  ): void {
    this.#problems.push({
      ...this.#place(at),
      code,
      severity,
      ...(this.#object ? { object: this.#object } : {}),
      ...(path ? { path } : {}),
      message,
      ...(hint ? { hint } : {}),
    })
  }

  #failed(): boolean {
    return this.#problems.some((problem) => problem.severity === 'error')
  }
}

/** Changes when, and only when, the meaning of a document changes. */
export function digestOf(
  kind: string,
  annotations: Readonly<Record<string, string>>,
  spec: Record<string, unknown>,
): string {
  const ours = Object.entries(annotations).filter(([key]) => key.startsWith(annotationPrefix))
  const meaning = canonical({ kind, annotations: Object.fromEntries(ours), spec })
  return createHash('sha256').update(meaning).digest('hex')
}

const notAManifest = 'this is no manifest: it has neither apiVersion nor a kind that is known here'

function isObserved(metadata: TreeNode | undefined): boolean {
  const annotations = metadata?.type === 'map' ? valueAt(metadata, 'annotations') : undefined
  return annotations?.type === 'map' && textAt(annotations, `${annotationPrefix}mode`) === 'observe'
}

/** Places problems of one object at a path, or at the nearest thing above it that the file has. */
export function placer(
  positions: Readonly<Record<string, Position>>,
  start: Position,
  object: string | undefined,
): At {
  return (path, code, message, hint) => ({
    ...nearestPosition(positions, path, start),
    code,
    severity: 'error',
    ...(object ? { object } : {}),
    path,
    message,
    ...(hint ? { hint } : {}),
  })
}

function nearestPosition(
  positions: Readonly<Record<string, Position>>,
  path: string,
  fallback: Position,
): Position {
  for (let at: string | undefined = path; at !== undefined; at = parentPath(at)) {
    if (Object.hasOwn(positions, at)) return positions[at]!
  }
  return fallback
}

/** JSON with sorted keys: equal values give equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
