/** The proof of an import: what was written is loaded and planned as any manifests are, and nothing may come of it. */
import type { Aws } from '../../aws/aws.ts'
import type { Composite, Kind } from '../../kind.ts'
import type { Change, Problem } from '../../model.ts'
import { createManifestCache, readManifests } from '../../reconcile/manifest.ts'
import { runPass } from '../../reconcile/pass.ts'
import { digestOf } from '../../reconcile/source/folder.ts'

export interface CheckInput {
  readonly aws: Aws
  readonly kinds: readonly Kind[]
  readonly composites: readonly Composite[]
  readonly owner: string
  readonly now: number
}

export interface Checked {
  readonly problems: readonly Problem[]
  /** Empty where there are problems: then nothing is planned. */
  readonly changes: readonly Change[]
}

export async function check(
  files: Readonly<Record<string, string>>,
  { aws, kinds, composites, owner, now }: CheckInput,
): Promise<Checked> {
  const list = Object.entries(files).map(([path, text]) => ({
    path,
    bytes: new TextEncoder().encode(text),
    digest: digestOf(text),
  }))
  const snapshot = { revision: 'import', files: list, problems: [] }
  const desired = await readManifests(snapshot, kinds, createManifestCache(), composites)
  const problems = desired.problems.filter(({ severity }) => severity === 'error')
  const [environment] = desired.environments
  if (problems.length > 0 || !environment) return { problems, changes: [] }
  const pass = await runPass({
    aws,
    kinds,
    owner,
    desired,
    environment,
    memories: new Map(),
    now: () => now,
  })
  return { problems, changes: pass.plan.changes }
}

const ofTags = /^tags[.[]/

/** What would be done besides taking it over: the fields, or why nothing can be said. Empty where it is as it should be. */
export function differencesOf({ verdict, fields, reason }: Change): readonly string[] {
  if (verdict === 'keep') return []
  const paths = fields.map(({ path }) => path).filter((path) => !ofTags.test(path))
  if (paths.length > 0) return paths
  return verdict === 'update' ? [] : [reason?.message ?? verdict]
}

/** It would be taken over: tags of ours are written, and nothing else. */
export const isTakenOver = (change: Change): boolean =>
  change.verdict === 'update' && differencesOf(change).length === 0
