/**
 * Which revisions of task definitions nobody needs any more: old ones of ours, beyond those that are kept for going back,
 * that no service, task or schedule runs or may run. Pure.
 */
import { isAdopted } from '../adoption.ts'
import { nameInArn } from '../arn.ts'
import type { IndexEntry } from '../kind.ts'
import type { Environment, Manifest, ObjectKey } from '../model.ts'
import type { Observations } from './observe.ts'

const kind = 'TaskDefinition'
const annotation = 'fairlead.dev/keep-revisions'
const usual = 5

/** Revisions of one family that belong to one manifest, or to one that there was. */
export interface Family {
  readonly key: ObjectKey
  readonly family: string
  /** How many are kept beyond those that are needed. */
  readonly keep: number
  /** Newest first. */
  readonly arns: readonly string[]
}

/**
 * The families that have more revisions than are kept anyway. `lost`: keys that no manifest describes, of which nothing
 * is kept; where nothing is pruned there are none.
 */
export function familiesOf(
  index: readonly IndexEntry[],
  manifests: ReadonlyMap<ObjectKey, Manifest>,
  lost: ReadonlySet<ObjectKey>,
  environment: Environment,
): Family[] {
  const found = new Map<string, { key: ObjectKey; family: string; entries: string[] }>()
  for (const { arn, tags } of index) {
    const key = tags['fairlead:resource']
    const family = nameInArn(arn, 'ecs', 'task-definition')?.split(':')[0]
    // What was adopted was not registered by fairlead.
    if (key === undefined || family === undefined || isAdopted({ tags })) continue
    if (!isKept(manifests.get(key)) && !lost.has(key)) continue
    const cell = `${key} ${family}`
    const one = found.get(cell) ?? { key, family, entries: [] }
    found.set(cell, one)
    one.entries.push(arn)
  }
  return [...found.values()].flatMap(({ key, family, entries }) => {
    const keep = lost.has(key) ? 0 : keptOf(manifests.get(key), environment)
    if (entries.length <= keep) return []
    return [{ key, family, keep, arns: entries.sort((a, b) => numberOf(b) - numberOf(a)) }]
  })
}

const isKept = (manifest: Manifest | undefined): boolean =>
  manifest?.kind === kind && manifest.annotations['fairlead.dev/mode'] !== 'observe'

function keptOf(manifest: Manifest | undefined, { keepRevisions }: Environment): number {
  const said = manifest?.annotations[annotation]
  return said === undefined ? (keepRevisions ?? usual) : Number(said)
}

const numberOf = (arn: string) => Number(arn.slice(arn.lastIndexOf(':') + 1))

/** Those that may go, oldest first. */
export function spareOf({ keep, arns }: Family, needed: ReadonlySet<string>): string[] {
  const unneeded = arns.filter((arn) => !needed.has(shortOf(arn)))
  return unneeded.slice(keep).reverse()
}

/** `web:7`, of an ARN or as it is. */
export const shortOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

/** Every revision that live resources and manifests name, wherever it stands in them. */
export function namedRevisions(
  observations: Observations,
  manifests: Iterable<Manifest>,
): Set<string> {
  const found = new Set<string>()
  for (const seen of observations.values()) {
    if (seen.found === 'yes') collect([seen.live.attributes, seen.live.state], found)
  }
  for (const { spec } of manifests) collect(spec, found)
  return found
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value === 'string') {
    const [, short] = /^(?:arn:[^/]*:task-definition\/)?([\w-]{1,255}:\d+)$/.exec(value) ?? []
    if (short) found.add(short)
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, found)
  } else if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    for (const item of Object.values(value)) collect(item, found)
  }
}
