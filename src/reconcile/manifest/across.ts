/** What can only be seen over all documents: what AWS calls each, what is described twice, and what refers to nothing. */

import type { Kind } from '../../kind.ts'
import type { Environment, Identity, Manifest, ObjectKey, Problem, Reference } from '../../model.ts'
import { findReferences, objectKey, parseRef, substitute } from '../../references.ts'
import { circlesIn, type Link } from './circles.ts'
import { placer, type ReadDocument } from './document.ts'
import { annotationPrefix } from './envelope.ts'
import { accountOf } from './environment.ts'
import { didYouMean } from './suggest.ts'

/** A problem and the environment that it stops; undefined: every one. */
export interface Placed {
  readonly problem: Problem
  readonly environment: string | undefined
}

export interface Across {
  readonly manifests: readonly Manifest[]
  readonly identities: Readonly<Record<ObjectKey, Identity>>
  readonly references: Readonly<Record<ObjectKey, readonly Reference[]>>
  readonly problems: readonly Placed[]
}

/**
 * Relates the manifests of one snapshot to one another. `environmentOf` gives the environment of a namespace.
 * `documents` holds the broken ones too: a reference to one of them is not a reference to nothing.
 */
export function relate(
  manifests: readonly Manifest[],
  documents: readonly ReadDocument[],
  kinds: ReadonlyMap<string, Kind>,
  environmentOf: (namespace: string) => Environment,
  /** Names of the kinds that only stand for others. */
  composites: readonly string[] = [],
): Across {
  const problems: Placed[] = []
  const refuse = (manifest: Manifest, path: string, code: string, message: string, hint?: string) =>
    problems.push({
      problem: atOf(manifest)(path, code, message, hint),
      environment: environmentOf(manifest.namespace).name,
    })

  const unique = new Map<ObjectKey, Manifest>()
  for (const manifest of manifests) {
    const first = unique.get(manifest.key)
    if (first === undefined) unique.set(manifest.key, manifest)
    else
      refuse(
        manifest,
        'metadata.name',
        'DescribedTwice',
        `is described twice: first at ${place(first)}`,
      )
  }

  const targets = new Targets(unique.values(), documents, [...kinds.keys(), ...composites])
  const references: Record<ObjectKey, readonly Reference[]> = {}
  const broken = new Set<ObjectKey>()
  for (const manifest of unique.values()) {
    const found = [
      ...findReferences(manifest, kinds.get(manifest.kind)!),
      ...dependsOn(manifest),
      ...(manifest.after ?? []).map((to) => ({
        path: 'spec',
        to,
        attribute: 'name',
        orders: true,
      })),
    ]
    for (const reference of found) {
      const wrong = targets.missing(reference)
      if (wrong === undefined) continue
      refuse(manifest, reference.path, 'RefersToNothing', wrong.message, wrong.hint)
      broken.add(manifest.key)
    }
    references[manifest.key] = found
  }
  for (const circle of circlesIn(unique, references, [...kinds.values()])) {
    const all = [...circle, circle[0]!].map(({ manifest: { kind, name } }) => `${kind}/${name}`)
    const message = `is in a circle, of which nothing can be made first: ${all.join(' → ')}`
    // Every environment that has a part in it is stopped, and told once.
    const placeOf = ({ manifest }: Link) => environmentOf(manifest.namespace).name
    const told = new Map([...circle].reverse().map((link) => [placeOf(link), link]))
    for (const { manifest, path } of told.values())
      refuse(manifest, path, 'CircularReference', message)
    for (const { manifest } of circle) broken.add(manifest.key)
  }
  for (const manifest of unique.values()) {
    if (isObserved(manifest)) continue
    const kind = kinds.get(manifest.kind)!
    const environment = environmentOf(manifest.namespace)
    for (const problem of [
      ...(kind.within?.(manifest, environment, atOf(manifest)) ?? []),
      ...validateTogether(manifest, kind, references[manifest.key] ?? [], unique),
    ]) {
      problems.push({ problem, environment: environment.name })
      if (problem.severity === 'error') broken.add(manifest.key)
    }
  }

  for (const kind of kinds.values()) {
    const own = [...unique.values()].filter(
      (manifest) => manifest.kind === kind.name && !isObserved(manifest),
    )
    kind.among?.(own, (manifest, ...problem) => {
      refuse(manifest, ...problem)
      broken.add(manifest.key)
    })
  }

  const valid = [...unique.values()].filter((manifest) => !broken.has(manifest.key))
  const identities = identify(valid, unique, kinds, environmentOf)
  const owners = new Map<string, Manifest>()
  const kept = valid.filter((manifest) => {
    const environment = environmentOf(manifest.namespace)
    const name = identities[manifest.key]!.name
    if (`${environment.namePrefix}${manifest.name}`.length > 255) {
      const message = `with the prefix ${environment.namePrefix} the name has more than 255 characters`
      refuse(manifest, 'metadata.name', 'BadName', message)
      return false
    }
    if (isObserved(manifest)) return true
    const identity = [accountOf(environment), environment.region, manifest.kind, name].join(' ')
    const first = owners.get(identity)
    if (first === undefined) owners.set(identity, manifest)
    else {
      const message = `means the same AWS resource (${name}) as ${first.kind}/${first.name} at ${place(first)}`
      refuse(manifest, 'metadata.name', 'SameResource', message)
    }
    return first === undefined
  })
  const known = new Set(kept.map((manifest) => manifest.key))
  const only = <T>(record: Readonly<Record<ObjectKey, T>>): Record<ObjectKey, T> =>
    Object.fromEntries(Object.entries(record).filter(([key]) => known.has(key)))
  return { manifests: kept, identities: only(identities), references: only(references), problems }
}

function isObserved(manifest: Manifest): boolean {
  return manifest.annotations[`${annotationPrefix}mode`] === 'observe'
}

function place(manifest: Manifest): string {
  const { file, line, column } = manifest.position
  return `${file}:${line}:${column}`
}

function atOf(manifest: Manifest) {
  return placer(manifest.positions, manifest.position, `${manifest.kind}/${manifest.name}`)
}

/** The edges that people add by hand. */
function dependsOn(manifest: Manifest): Reference[] {
  const name = `${annotationPrefix}depends-on`
  const text = manifest.annotations[name] ?? ''
  return text.split(',').flatMap((item) => {
    const parsed = item.trim() === '' ? undefined : parseRef(item.trim(), manifest.namespace, '')
    const path = `metadata.annotations.${name}`
    return parsed ? [{ path, to: objectKey(parsed), attribute: 'name', orders: true }] : []
  })
}

/** Everything that a reference may point at. */
class Targets {
  readonly #known: Set<ObjectKey>
  readonly #kinds: ReadonlySet<string>

  constructor(
    manifests: Iterable<Manifest>,
    documents: readonly ReadDocument[],
    kinds: readonly string[],
  ) {
    this.#kinds = new Set(kinds)
    this.#known = new Set([...manifests].map((manifest) => manifest.key))
    for (const { kind, name, namespace } of documents) {
      if (kind && name)
        this.#known.add(objectKey({ namespace: namespace ?? 'default', kind, name }))
    }
  }

  /** Why the reference finds nothing, or undefined where it does. */
  missing({ to }: Reference): { message: string; hint?: string } | undefined {
    if (this.#known.has(to)) return undefined
    const [namespace = '', kind = '', name = ''] = to.split('/')
    if (!this.#kinds.has(kind)) {
      return {
        message: `refers to a ${kind}, a kind that is not known here yet`,
        hint: 'write the id, ARN or name that it has in AWS',
      }
    }
    const message = `there is no ${kind} "${name}" in namespace ${namespace}`
    const there = [...this.#known].map((key) => key.split('/')).filter((parts) => parts[1] === kind)
    const elsewhere = there.find((parts) => parts[2] === name)
    if (elsewhere)
      return { message, hint: `there is one in ${elsewhere[0]}: { ref: ${elsewhere[0]}/${name} }` }
    const names = there.filter((parts) => parts[0] === namespace).map((parts) => parts[2] ?? '')
    const hint = didYouMean(name, names)
    return { message, ...(hint ? { hint } : {}) }
  }
}

/** Rules over two manifests, which AWS would only find at the second call. */
function validateTogether(
  manifest: Manifest,
  kind: Kind,
  references: readonly Reference[],
  manifests: ReadonlyMap<ObjectKey, Manifest>,
): readonly Problem[] {
  return Object.entries(kind.together ?? {}).flatMap(([path, rule]) => {
    const meant = references.filter((reference) => fieldOf(reference.path) === path)
    return meant.flatMap((reference) => {
      const target = manifests.get(reference.to)
      return target === undefined ? [] : rule(manifest, target, atOf(manifest), reference.path)
    })
  })
}

/** The field that a path is an instance of: `spec.routes[0].gatewayId` → `spec.routes[].gatewayId`. */
const fieldOf = (path: string) => path.replace(/\[[^\]]*\]/g, '[]')

/** AWS names; a reference to something whose name Git knows is replaced by that name first. */
function identify(
  valid: readonly Manifest[],
  manifests: ReadonlyMap<ObjectKey, Manifest>,
  kinds: ReadonlyMap<string, Kind>,
  environmentOf: (namespace: string) => Environment,
): Record<ObjectKey, Identity> {
  const identities: Record<ObjectKey, Identity> = {}
  const open = new Set<ObjectKey>()
  const identityOf = (manifest: Manifest): Identity => {
    const done = identities[manifest.key]
    if (done) return done
    open.add(manifest.key)
    const kind = kinds.get(manifest.kind)!
    const spec = substitute(manifest.spec, kind, manifest.namespace, ({ to, attribute }) => {
      const target = attribute === 'name' && !open.has(to) ? manifests.get(to) : undefined
      return target ? identityOf(target).name : { $hole: { key: to, attribute } }
    })
    open.delete(manifest.key)
    const identity = kind.identify(spec, manifest.name, environmentOf(manifest.namespace))
    identities[manifest.key] = identity
    return identity
  }
  for (const manifest of valid) identityOf(manifest)
  return identities
}
