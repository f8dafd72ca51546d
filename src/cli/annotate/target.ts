/** Which resource a command means: its manifest among those of PATH, and where that is written. */
import { basename } from 'node:path'
import { UserError } from '../../errors.ts'
import type { Desired, Manifest } from '../../model.ts'
import { didYouMean } from '../../reconcile/manifest/suggest.ts'
import { renderKey } from '../../render-value.ts'
import { kindNamed } from '../ask.ts'
import type { Io } from '../io.ts'
import { load, renderProblem } from '../load.ts'

export interface TargetOptions {
  readonly namespace?: string
}

export interface Target {
  readonly manifest: Manifest
  readonly desired: Desired
  /** The file that it is written in; absent where a build or standard input gave it. */
  readonly file?: string
}

/** What kustomize builds stands under these names. */
const built = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

export async function findTarget(
  kind: string,
  name: string,
  path: string,
  options: TargetOptions,
  io: Io,
): Promise<Target> {
  const wanted = kindNamed(kind)
  const desired = await load(path, options, io)
  const all = [...desired.composites, ...desired.manifests]
  const found = all.filter((one) => one.kind === wanted && one.name === name)
  const [manifest, another] = found
  if (!manifest) {
    // Perhaps its document is among those that cannot be read.
    for (const problem of desired.problems) io.stderr(`${renderProblem(problem)}\n`)
    const names = all.filter((one) => one.kind === wanted).map((one) => one.name)
    const hint = didYouMean(name, names)
    throw new UserError(`there is no ${wanted} ${name} in ${path}`, hint ? { hint } : {})
  }
  if (another) {
    const places = found.map((one) => one.namespace).join(', ')
    throw new UserError(`there is a ${wanted} ${name} in ${places}`, {
      hint: 'say which with -n NAMESPACE',
    })
  }
  if (manifest.parent) {
    throw new UserError(`${wanted} ${name} is a part of ${renderKey(manifest.parent)}`, {
      hint: 'name that one: its annotations are handed down',
    })
  }
  const { file } = manifest.position
  const plain = path !== '-' && !built.includes(basename(file))
  return { manifest, desired, ...(plain ? { file } : {}) }
}
