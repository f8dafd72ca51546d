/** An import of what stands in a rig's account, and the plan that its files have there. */
import { parseAllDocuments } from 'yaml'
import { type Imported, importAccount } from '../src/cli/import/account.ts'
import { differencesOf } from '../src/cli/import/check.ts'
import { composites, kinds } from '../src/kinds/index.ts'
import type { Change, Manifest } from '../src/model.ts'
import { readManifests } from '../src/reconcile/manifest.ts'
import { runPass } from '../src/reconcile/pass.ts'
import { type Rig, snapshotOf } from './rig.ts'

export interface ImportMore {
  readonly owner?: string
  readonly clusters?: readonly string[]
  readonly namespace?: string
}

export function importFrom(
  { aws, clock }: Pick<Rig, 'aws' | 'clock'>,
  { owner = 'default', ...more }: ImportMore = {},
): Promise<Imported> {
  return importAccount({ aws, kinds, composites, owner, now: clock.now(), ...more })
}

/** What `fairlead plan` of the files says, in a process of its own. */
export async function planOf(
  { aws, clock }: Pick<Rig, 'aws' | 'clock'>,
  files: Readonly<Record<string, string>>,
  owner = 'default',
): Promise<{ readonly changes: readonly Change[]; readonly manifests: readonly Manifest[] }> {
  const desired = await readManifests(snapshotOf(files), kinds, undefined, composites)
  const wrong = desired.problems.filter(({ severity }) => severity === 'error')
  if (wrong.length > 0) throw new Error(wrong.map(({ message }) => message).join('\n'))
  const pass = await runPass({
    aws,
    kinds,
    owner,
    desired,
    environment: desired.environments[0]!,
    memories: new Map(),
    now: () => clock.now(),
  })
  return { changes: pass.plan.changes, manifests: desired.manifests }
}

/** What would change beside tags, by key. */
export const differing = (changes: readonly Change[]): Record<string, readonly string[]> =>
  Object.fromEntries(
    changes.flatMap((change) => {
      const paths = differencesOf(change)
      return paths.length > 0 ? [[change.key, paths]] : []
    }),
  )

// biome-ignore lint/suspicious/noExplicitAny: documents of any kind
export type Documents = Record<string, any>

/** By `Kind/name`. */
export const documentsIn = ({ files }: Imported): Documents =>
  Object.fromEntries(
    Object.values(files)
      .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()))
      .map((document) => [`${document.kind}/${document.metadata.name}`, document]),
  )
