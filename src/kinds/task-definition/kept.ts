/**
 * Manifests that leave fields to others: whoever registers a revision with another image decides that image, so the
 * family's newest revision says what these fields are. Reads AWS for such manifests alone.
 */
import { AwsFailure } from '../../errors.ts'
import { ignoredPaths, withoutIgnored } from '../../ignored.ts'
import type { IndexEntry, ObserveContext, Wanted } from '../../kind.ts'
import { unread } from '../../kit/finding.ts'
import type { Manifest, ObjectKey, Observation } from '../../model.ts'
import type { TaskDefinitionSpec } from './manifest.ts'
import { fields } from './policy.ts'
import { isRemembered } from './remember.ts'
import { describeOnce, newestArns, parseArn, type Revision } from './revisions.ts'

type Want = Wanted<TaskDefinitionSpec>
type Definition = Readonly<Record<string, unknown>>

export interface Kept {
  readonly want: Want
  /** Absent where nothing is ignored, or nothing is registered. */
  readonly newest?: Revision
  /** The newest revisions; absent where they were not asked for. */
  readonly arns?: readonly string[]
}

/** The manifest with the values that it leaves to others, or why they could not be read. */
export async function keptIn(
  want: Want,
  context: ObserveContext,
): Promise<Kept | Observation<never>> {
  if (ignoredPaths(want.manifest.annotations).length === 0) return { want }
  try {
    const arns = await newestArns(want.identity.name, context)
    const newest = arns[0] ? await describeOnce(arns[0], context) : undefined
    if (!newest?.definition) return { want }
    const { spec } = keeping(want.spec, newest.definition, want.manifest)
    return { want: { ...want, spec }, newest, arns }
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    return unread(error)
  }
}

export const keeping = (spec: TaskDefinitionSpec, newest: Definition, manifest: Manifest) =>
  withoutIgnored(spec, newest as Record<string, unknown>, fields, manifest.annotations)

/** Whether the family is ours: then a revision that another program registered in it may become ours. */
export function isOurFamily(
  key: ObjectKey,
  family: string,
  index: readonly IndexEntry[],
  { memory }: Pick<ObserveContext, 'memory'>,
): boolean {
  const indexed = index.some(
    ({ arn, tags }) => tags['fairlead:resource'] === key && parseArn(arn)?.family === family,
  )
  return indexed || isRemembered(memory, family)
}
