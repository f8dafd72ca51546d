/** Composites to the manifests that they stand for, and references to them to references to their children. Pure. */
import { ignoreAnnotation, ignoredPaths } from '../../ignored.ts'
import type { Child, Composite, Kind, ReferenceField } from '../../kind.ts'
import type { Environment, Manifest, ObjectKey, Position } from '../../model.ts'
import { expandReferences, objectKey, type ParsedRef } from '../../references.ts'
import type { Placed } from './across.ts'
import { digestOf, placer } from './document.ts'

export interface Expanded {
  /** All manifests of kinds, children among them. */
  readonly manifests: readonly Manifest[]
  readonly composites: readonly Manifest[]
  readonly problems: readonly Placed[]
}

export function expand(
  all: readonly Manifest[],
  kinds: readonly Kind[],
  composites: readonly Composite[],
  environmentOf: (namespace: string) => Environment,
): Expanded {
  const kindOf = new Map(kinds.map((kind) => [kind.name, kind]))
  const compositeOf = new Map(composites.map((composite) => [composite.name, composite]))
  const own = all.filter(({ kind }) => kindOf.has(kind))
  const parents = all.filter(({ kind }) => compositeOf.has(kind))
  const problems: Placed[] = []
  const childrenOf = new Map<ObjectKey, Manifest[]>()
  for (const parent of parents) {
    const environment = environmentOf(parent.namespace)
    const parts = compositeOf.get(parent.kind)!.expand(parent, environment)
    const children = parts.map((child) => born(child, parent))
    childrenOf.set(parent.key, children)
    for (const path of ignoredPaths(parent.annotations)) {
      if (parts.some(({ from = {} }) => partsOf(path, from).length > 0)) continue
      const at = placer(parent.positions, parent.position, `${parent.kind}/${parent.name}`)
      const message = `spec.${path} cannot be left to others: no part of it is made of that alone`
      const place = `metadata.annotations.${ignoreAnnotation}`
      problems.push({ problem: at(place, 'NotIgnorable', message), environment: environment.name })
    }
    for (const child of children) {
      const at = placer(child.positions, child.position, `${child.kind}/${child.name}`)
      const found = kindOf.get(child.kind)?.validate(child, at) ?? []
      problems.push(...found.map((problem) => ({ problem, environment: environment.name })))
    }
  }

  const known = new Set([...own, ...[...childrenOf.values()].flat()].map(({ key }) => key))
  const rewrite = (manifest: Manifest): Manifest => {
    const kind = kindOf.get(manifest.kind)!
    const at = placer(manifest.positions, manifest.position, `${manifest.kind}/${manifest.name}`)
    const after = new Set<ObjectKey>()
    const children = (
      to: ParsedRef,
      { kind: wanted, late, orders }: ReferenceField,
      path: string,
    ) => {
      if (!compositeOf.has(to.kind) && known.has(objectKey(to))) return undefined
      const among = compositeOf.has(to.kind)
        ? [objectKey(to)]
        : composites.map(({ name }) => objectKey({ ...to, kind: name }))
      // Several composites may have one name: meant is the one that has what is wanted.
      const parent = among.find(
        (key) =>
          childrenOf.has(key) &&
          (among.length === 1 || childrenOf.get(key)!.some(({ kind: name }) => name === wanted)),
      )
      if (parent === undefined) return undefined
      const found = (childrenOf.get(parent) ?? []).filter(({ kind: name }) => name === wanted)
      const single = !path.endsWith(']')
      if (found.length === 0 || (single && found.length > 1)) {
        const [, kindName, name] = parent.split('/')
        const names = found.map((child) => child.name).join(', ')
        const message =
          found.length === 0
            ? `${kindName} "${name}" has no ${wanted}`
            : `${kindName} "${name}" has ${found.length} of kind ${wanted}: name one of ${names}`
        const problem = at(
          path,
          found.length === 0 ? 'RefersToNothing' : 'RefersToSeveral',
          message,
        )
        problems.push({ problem, environment: environmentOf(manifest.namespace).name })
      }
      // What starts in the subnets of a network needs its routes too, and has to go before them.
      const waits = !single && !late && orders !== false && parent !== manifest.parent
      if (waits) for (const { key } of childrenOf.get(parent) ?? []) after.add(key)
      return found.map((child) => ({ ref: `${child.namespace}/${child.kind}/${child.name}` }))
    }
    const spec = expandReferences(manifest.spec, kind.references, manifest.namespace, children)
    if (spec === manifest.spec) return manifest
    return { ...manifest, spec, ...(after.size > 0 ? { after: [...after] } : {}) }
  }
  const manifests = [...own, ...[...childrenOf.values()].flat()].map(rewrite)
  return { manifests, composites: parents, problems }
}

/** A child stands where its parent stands; its own fields, where those of the parent do that they come from. */
function born(child: Child, parent: Manifest): Manifest {
  const { kind, name, spec, from = {} } = child
  const annotations = handedDown(parent.annotations, from)
  const positions: Record<string, Position> = { '': parent.position }
  for (const [path, source] of Object.entries(from)) {
    const position = parent.positions[source]
    if (position) positions[path] = position
  }
  return {
    key: `${parent.namespace}/${kind}/${name}`,
    namespace: parent.namespace,
    kind,
    name,
    parent: parent.key,
    annotations,
    labels: parent.labels,
    spec,
    position: parent.position,
    positions,
    digest: digestOf(kind, annotations, spec),
  }
}

/** Fields that a composite leaves to others are those of the child that come from them. */
function handedDown(
  annotations: Manifest['annotations'],
  from: NonNullable<Child['from']>,
): Manifest['annotations'] {
  const { [ignoreAnnotation]: ignore, ...rest } = annotations
  if (ignore === undefined) return annotations
  const own = ignoredPaths(annotations).flatMap((path) => partsOf(path, from))
  return own.length === 0 ? rest : { ...rest, [ignoreAnnotation]: own.join(', ') }
}

/** The child's paths that a path of the parent means: all that come from it, or the same part of what it lies in. */
function partsOf(path: string, from: NonNullable<Child['from']>): string[] {
  const full = `spec.${path}`
  return Object.entries(from).flatMap(([own, source]) => {
    if (source === full || isWithin(source, full)) return [own]
    const alike = own.slice(own.lastIndexOf('.')) === source.slice(source.lastIndexOf('.'))
    return alike && isWithin(full, source) ? [own + full.slice(source.length)] : []
  })
}

const isWithin = (path: string, above: string) =>
  path.startsWith(above) && /^[.[]/.test(path.slice(above.length))
