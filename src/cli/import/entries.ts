/** Which of the found are written down, by which key, and whose they are so far. Pure. */
import type { Kind } from '../../kind.ts'
import type { ObjectKey } from '../../model.ts'
import { rivalIn } from '../../rivals.ts'
import type { Found } from './found.ts'
import type { Remark } from './looker.ts'
import { nameFrom, namesFor } from './names.ts'

/** A resource that gets a manifest. */
export interface Entry extends Found {
  readonly name: string
  readonly key: ObjectKey
  /** Kept by this owner already. */
  readonly mine: boolean
}

/** `default/Service/web`, as the tags of ours say it. */
function formerOf({ kind, live }: Found, owner: string) {
  if (live.tags['fairlead:owner'] !== owner || kind === 'ScalingPolicy') return undefined
  const [namespace = '', of, name] = (live.tags['fairlead:resource'] ?? '').split('/')
  return of === kind && name ? { namespace, name } : undefined
}

/** The namespace that what is ours lives in, where it is one. */
export function namespaceIn(found: readonly Found[], owner: string): string | undefined {
  const spaces = new Set(found.flatMap((one) => formerOf(one, owner)?.namespace ?? []))
  return spaces.size === 1 ? [...spaces][0] : undefined
}

export function entriesOf(
  found: readonly Found[],
  { namespace, owner, kinds }: { namespace: string; owner: string; kinds: readonly Kind[] },
  remark: Remark,
): readonly Entry[] {
  const others = new Set<string>()
  const free = found.filter(({ kind, live }) => {
    const holder = live.tags['fairlead:owner']
    if (holder === undefined || holder === owner) return true
    if (kind === 'Service') others.add(live.identity.name)
    if (kind === 'ScalingPolicy') return false
    remark(`${kind} ${live.identity.name}: belongs to the fairlead of owner "${holder}"`)
    return false
  })
  // What scales a service goes with it.
  const open = free.filter(
    ({ kind, cluster, service }) => !/^Scal/.test(kind) || !others.has(`${cluster}/${service}`),
  )
  tellRivals(open, remark)
  const services = new Map<string, string>()
  const namesOf = ({ kind, cluster, service, names }: Found): readonly string[] => {
    const its = services.get(`${cluster}/${service}`)
    if (kind === 'ScalableTarget' && its) return [its]
    return kind === 'ScalingPolicy' && its ? [...names, `${its}-${names[0]}`] : names
  }
  // In the order of the registry services come before what scales them.
  return kinds.flatMap(({ name: kind }) => {
    const ofKind = open.filter((one) => one.kind === kind)
    const names = namesFor(
      ofKind,
      (one) => namesOf(one).map(nameFrom),
      (one) => formerOf(one, owner)?.name,
    )
    return ofKind.map((one): Entry => {
      const name = names.get(one)!
      if (kind === 'Service') services.set(`${one.cluster}/${one.service}`, name)
      const mine = one.live.tags['fairlead:owner'] === owner
      return { ...one, name, key: `${namespace}/${kind}/${name}`, mine }
    })
  })
}

/** Two that keep one thing fight over it. */
function tellRivals(found: readonly Found[], remark: Remark): void {
  const counts = new Map<string, number>()
  for (const { kind, live } of found) {
    const rival = kind === 'ScalingPolicy' ? undefined : rivalIn(live.tags)
    if (rival) counts.set(rival, (counts.get(rival) ?? 0) + 1)
  }
  for (const [rival, count] of counts) {
    const what = count === 1 ? '1 resource is' : `${count} resources are`
    remark(`${what} kept by ${rival}: let go of them there before fairlead changes anything`)
  }
}
