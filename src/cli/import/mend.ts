/** What can be done about a plan that is not empty: what no manifest would give is named as it is, or left out. Pure. */
import type { Change, ObjectKey, Problem } from '../../model.ts'
import { renderKey } from '../../render-value.ts'
import { differencesOf } from './check.ts'
import type { Entry } from './entries.ts'
import type { Remark } from './looker.ts'

/** How the documents are to be written; grown until nothing more can be mended. */
export interface Course {
  readonly entries: readonly Entry[]
  /** See DraftOptions. */
  readonly pinned: ReadonlySet<ObjectKey>
  readonly steady: ReadonlySet<ObjectKey>
}

/** The course without what the loader refuses, as AWS has it; undefined where it refuses none of the entries. */
export function withoutRefused(
  course: Course,
  problems: readonly Problem[],
  remark: Remark,
): Course | undefined {
  const refused = new Set<Entry>()
  for (const { object, path, message } of problems) {
    const entry = course.entries.find(({ kind, name }) => `${kind}/${name}` === object)
    if (!entry || refused.has(entry)) continue
    refused.add(entry)
    const why = [path, message].filter(Boolean).join(': ')
    remark(`${renderKey(entry.key)}: is not imported: ${why}`, 'lost')
  }
  if (refused.size === 0) return undefined
  return { ...course, entries: course.entries.filter((one) => !refused.has(one)) }
}

/** The course under which less differs; undefined where nothing can be mended. */
export function mended(
  course: Course,
  changes: readonly Change[],
  remark: Remark,
): Course | undefined {
  const differing = new Map(
    changes.flatMap((change) => {
      const paths = differencesOf(change)
      return paths.length > 0 ? [[change.key, paths] as const] : []
    }),
  )
  const found = (kind: string, path: RegExp, known: ReadonlySet<ObjectKey>) =>
    course.entries.flatMap(({ kind: of, key }) =>
      of === kind && !known.has(key) && differing.get(key)?.some((one) => path.test(one))
        ? [key]
        : [],
    )
  const unlike = found('TaskDefinition', /./, new Set())
  if (unlike.length > 0) {
    for (const key of unlike) {
      const revision = String(course.entries.find((one) => one.key === key)?.live.attributes.arn)
      const paths = differing.get(key)!.join(', ')
      remark(
        `${renderKey(key)}: is not imported, services name ${revision.split('/').pop()}: it is not among the newest of its family, or a manifest cannot say it (${paths})`,
        'lost',
      )
    }
    const entries = course.entries.filter(({ key }) => !unlike.includes(key))
    return { ...course, entries }
  }
  const pins = found('Service', /^taskDefinition$/, course.pinned)
  for (const key of pins) {
    remark(
      `${renderKey(key)}: names its revision, since another one of the family is the manifest's`,
    )
  }
  const steady = found('AutoScalingGroup', /^instances\[|^instanceRefresh/, course.steady)
  for (const key of steady) {
    remark(
      `${renderKey(key)}: has instances that are older than their template; instanceRefresh.enabled: false leaves them`,
    )
  }
  if (pins.length + steady.length === 0) return undefined
  return {
    ...course,
    pinned: new Set([...course.pinned, ...pins]),
    steady: new Set([...course.steady, ...steady]),
  }
}
