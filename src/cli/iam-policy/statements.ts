/** The statements that allow a set of operations, and no more than AWS can be told. Pure. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'
import { needs, taggers } from './needs.ts'
import { boundable, type Fence, scopeOf } from './scopes.ts'

export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>
}

export interface Fences {
  readonly owner: string
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string
  /** Paths under which roles are made and passed; `/` for all. */
  readonly rolePaths: readonly string[]
  /** Boundaries that roles must have; none: no boundary is asked for. */
  readonly boundaries: readonly string[]
}

const tag = 'fairlead:owner'

/** Each kind of fence as AWS is told of it; what is claimed passes the second gate or the third. */
const gates: readonly {
  readonly sid: string
  readonly fences: readonly (Fence | undefined)[]
  readonly condition?: (owner: string) => NonNullable<Statement['Condition']>
}[] = [
  {
    sid: 'Create',
    fences: ['created'],
    condition: (owner) => ({ StringEquals: { [`aws:RequestTag/${tag}`]: owner } }),
  },
  {
    sid: 'Change',
    fences: ['owned', 'claimed'],
    condition: (owner) => ({ StringEquals: { [`aws:ResourceTag/${tag}`]: owner } }),
  },
  {
    sid: 'TagNew',
    fences: ['claimed'],
    condition: (owner) => ({
      StringEquals: { [`aws:RequestTag/${tag}`]: owner },
      Null: { [`aws:ResourceTag/${tag}`]: 'true' },
    }),
  },
  { sid: 'Anywhere', fences: [undefined] },
]

const titled = (service: string) =>
  service.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())

const oneOrMany = (list: readonly string[]): string | readonly string[] => {
  const sorted = [...new Set(list)].sort()
  return sorted.length === 1 ? sorted[0]! : sorted
}

/** What is read; what is made, changed, claimed; then what the calls need besides. */
export function statementsFor(
  operations: Readonly<Record<Operation, Safety>>,
  fences: Fences,
): Statement[] {
  const reads = namesOf(operations, (safety) => safety === 'read')
  const writes = namesOf(operations, (safety) => safety !== 'read')
  for (const operation of [...writes]) {
    for (const name of needs[operation]?.actions ?? []) {
      ;(/:(Get|Describe|List)/.test(name) ? reads : writes).push(name)
    }
    const tagger = taggers[operation.split(':')[0]!]
    if (tagger && scopeOf(operation).fence === 'created') writes.push(tagger)
  }
  const services = [...new Set(writes.map((name) => name.split(':')[0]!))].sort()
  return [
    { Sid: 'Read', Effect: 'Allow', Action: oneOrMany(reads), Resource: '*' },
    ...merged(
      services.map((service) =>
        ofService(
          writes.filter((name) => name.startsWith(`${service}:`)),
          fences,
        ),
      ),
    ),
    ...besides(writes, fences),
  ]
}

function namesOf(
  operations: Readonly<Record<Operation, Safety>>,
  wanted: (safety: Safety) => boolean,
): Operation[] {
  return Object.entries(operations).flatMap(([name, safety]) =>
    wanted(safety) ? [name as Operation] : [],
  )
}

/** Characters of a statement's actions: few statements, since each costs its condition, that still pack well. */
const actionsLimit = 2_500

/** Those that differ in nothing but their actions as one, service after service; the further ones are numbered. */
function merged(services: readonly (readonly Statement[])[]): Statement[] {
  const alike = new Map<string, Statement[]>()
  for (const statement of services.flat()) {
    const { Action, ...rest } = statement
    const key = JSON.stringify(rest)
    const before = alike.get(key) ?? []
    const last = before.at(-1)
    const actions = last ? [last.Action, Action].flat() : []
    if (last && JSON.stringify(actions).length <= actionsLimit) {
      before[before.length - 1] = { ...last, Action: oneOrMany(actions) }
    } else before.push(statement)
    alike.set(key, before)
  }
  return [...alike.values()].flatMap((list) =>
    list.map((one, index) => (index === 0 ? one : { ...one, Sid: `${one.Sid}${index + 1}` })),
  )
}

function ofService(writes: readonly Operation[], fences: Fences): Statement[] {
  const statements: Statement[] = []
  const allow = (
    sid: string,
    actions: readonly string[],
    condition?: Statement['Condition'],
    resources: readonly string[] = ['*'],
  ) => {
    if (actions.length === 0) return
    statements.push({
      Sid: sid,
      Effect: 'Allow',
      Action: oneOrMany(actions),
      Resource: oneOrMany(resources),
      ...(condition ? { Condition: condition } : {}),
    })
  }
  for (const gate of gates) {
    const fenced = writes.filter((name) => gate.fences.includes(scopeOf(name).fence))
    const condition = gate.condition?.(fences.owner)
    const ofRoles = fenced.filter((name) => scopeOf(name).role)
    const bounded = ofRoles.filter((name) => fences.boundaries.length > 0 && boundable(name))
    const free = ofRoles.filter((name) => !bounded.includes(name))
    allow(
      gate.sid,
      fenced.filter((name) => !scopeOf(name).role),
      condition,
    )
    allow(`${gate.sid}Role`, free, condition, roleArns(fences))
    const boundary = { 'iam:PermissionsBoundary': [...fences.boundaries] }
    const both = { ...condition, StringEquals: { ...condition?.StringEquals, ...boundary } }
    allow(`${gate.sid}BoundedRole`, bounded, both, roleArns(fences))
  }
  for (const [types, actions] of grouped(writes)) {
    const arns = types.split(' ').map((type) => `arn:${fences.partition}:ec2:*:*:${type}/*`)
    allow(`Beside${titled(types.split(' ')[0]!)}`, actions, undefined, arns)
  }
  return statements
}

/** Actions by the further resource types that they are decided on. */
function grouped(writes: readonly Operation[]): Map<string, Operation[]> {
  const groups = new Map<string, Operation[]>()
  for (const name of writes) {
    const types = scopeOf(name).beside?.join(' ')
    if (types) groups.set(types, [...(groups.get(types) ?? []), name])
  }
  return groups
}

function roleArns({ partition, rolePaths }: Fences): string[] {
  return rolePaths.map((path) => `arn:${partition}:iam::*:role${path}*`)
}

/** Roles that are passed on or made by AWS itself, and instances that a group starts. */
function besides(writes: readonly Operation[], fences: Fences): Statement[] {
  const asked = writes.map((name) => needs[name] ?? {})
  const passed = asked.flatMap(({ pass = [] }) => pass)
  const linked = asked.flatMap(({ linked = [] }) => linked)
  const statement = (
    Sid: string,
    Action: string,
    Resource: readonly string[],
    Condition: NonNullable<Statement['Condition']>,
  ): Statement => ({ Sid, Effect: 'Allow', Action, Resource: oneOrMany(Resource), Condition })
  const all = `arn:${fences.partition}:iam::*:role/aws-service-role/*`
  const templates = `arn:${fences.partition}:ec2:*:*:launch-template/*`
  return [
    ...(passed.length > 0
      ? [
          statement('PassRoles', 'iam:PassRole', roleArns(fences), {
            StringEquals: { 'iam:PassedToService': oneOrMany(passed) as string | string[] },
          }),
        ]
      : []),
    ...(linked.length > 0
      ? [
          statement('ServiceLinkedRoles', 'iam:CreateServiceLinkedRole', [all], {
            StringEquals: { 'iam:AWSServiceName': oneOrMany(linked) as string | string[] },
          }),
        ]
      : []),
    ...(asked.some(({ launches }) => launches)
      ? [
          statement('LaunchFromTemplates', 'ec2:RunInstances', ['*'], {
            ArnLike: { 'ec2:LaunchTemplate': templates },
          }),
        ]
      : []),
  ]
}
