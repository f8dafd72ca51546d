/**
 * From an account to files. What is written is planned at once, against the same reads; where a plan would not be
 * empty, the documents are written so that it is, as far as manifests can say it, and else say what differs.
 */
import type { Aws } from '../../aws/aws.ts'
import { UserError } from '../../errors.ts'
import type { Composite, Kind } from '../../kind.ts'
import type { Environment, ObjectKey } from '../../model.ts'
import { defaultEnvironment } from '../../reconcile/manifest/environment.ts'
import { renderKey } from '../../render-value.ts'
import type { Draft } from '../init/yaml.ts'
import { type Checked, check, differencesOf, isTakenOver } from './check.ts'
import { type Discovery, discover } from './discover.ts'
import { draftsOf } from './drafts.ts'
import { entriesOf, namespaceIn } from './entries.ts'
import { filesOf } from './files.ts'
import { type Remark, remembering } from './looker.ts'
import { type Course, mended, withoutRefused } from './mend.ts'
import { secretsIn } from './secrets.ts'

export interface ImportInput {
  readonly aws: Aws
  readonly kinds: readonly Kind[]
  readonly composites: readonly Composite[]
  readonly owner: string
  /** By name; absent: every active one. */
  readonly clusters?: readonly string[]
  readonly namespace?: string
  readonly now: number
}

export interface Imported {
  /** Path → text. */
  readonly files: Readonly<Record<string, string>>
  /** For people: what was left out, what to know, what differs. */
  readonly remarks: readonly string[]
  /** Resources, and those of them that are not this owner's yet. */
  readonly resources: number
  readonly toAdopt: number
  /** Whether a plan of the files is empty, but for the tags that take over, and nothing is missing in them. */
  readonly clean: boolean
}

export async function importAccount(input: ImportInput): Promise<Imported> {
  const { kinds, owner } = input
  const remarks: string[] = []
  let lost = false
  const remark: Remark = (line, how) => {
    remarks.push(line)
    lost ||= how === 'lost'
  }
  const aws = remembering(input.aws)
  const { found, place } = await discover({
    ...input,
    aws,
    environment: defaultEnvironment,
    remark,
  })
  const namespace = input.namespace ?? namespaceIn(found, owner) ?? defaultEnvironment.name
  const entries = entriesOf(found, { namespace, owner, kinds }, remark)
  if (entries.length === 0) {
    const hint = remarks.join('; ') || 'no cluster is there: is it the right account and region?'
    throw new UserError('there is nothing to import', { hint })
  }
  const environment = { ...defaultEnvironment, name: namespace }
  const render = await renderer(kinds, environment, place)
  const { course, checked } = await settled(
    { entries, pinned: new Set(), steady: new Set() },
    (files) => check(files, { ...input, aws }),
    render,
    remark,
  )
  const { changes, problems } = checked
  for (const { message } of problems) remark(message)
  const heads = new Map<ObjectKey, string>()
  for (const change of changes) {
    const differing = differencesOf(change).join(', ')
    if (differing === '') continue
    heads.set(change.key, `Not as it is in AWS: ${differing}`)
    remark(`${renderKey(change.key)}: a plan would not be empty: ${differing}`)
  }
  for (const entry of course.entries) {
    for (const path of secretsIn(entry)) {
      remark(`${renderKey(entry.key)}: ${path} looks like a secret, and is written as it stands`)
    }
  }
  return {
    files: render(course, heads),
    remarks,
    resources: course.entries.length,
    toAdopt: changes.filter(isTakenOver).length,
    clean: heads.size === 0 && problems.length === 0 && !lost,
  }
}

type Render = (course: Course, heads?: ReadonlyMap<ObjectKey, string>) => Record<string, string>

async function renderer(
  kinds: readonly Kind[],
  environment: Environment,
  place: Discovery['place'],
): Promise<Render> {
  const schemas = new Map(
    await Promise.all(kinds.map(async ({ name, schema }) => [name, await schema()] as const)),
  )
  const { account: accountId, region } = place ?? {}
  const where = { ...(accountId ? { accountId } : {}), ...(region ? { region } : {}) }
  const document: Draft = { kind: 'Environment', name: environment.name, spec: where }
  return ({ entries, pinned, steady }, heads = new Map()) => {
    const drafts = draftsOf(entries, { kinds, schemas, environment, pinned, steady, heads })
    return filesOf(entries, drafts, document)
  }
}

/** Mends until nothing more can be: each turn leaves less to mend, so there is a last one. */
async function settled(
  first: Course,
  checking: (files: Readonly<Record<string, string>>) => Promise<Checked>,
  render: Render,
  remark: Remark,
): Promise<{ readonly course: Course; readonly checked: Checked }> {
  let course = first
  for (;;) {
    const checked = await checking(render(course))
    const next =
      checked.problems.length > 0
        ? withoutRefused(course, checked.problems, remark)
        : mended(course, checked.changes, remark)
    if (!next) return { course, checked }
    course = next
  }
}
