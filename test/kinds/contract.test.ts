/** What every kind of the registry keeps to. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { folderOf } from '../../scripts/derive-schema.ts'
import { untaggingOf } from '../../src/adoption.ts'
import { scopeOf } from '../../src/cli/iam-policy/scopes.ts'
import { kinds } from '../../src/kinds/index.ts'
import type { Operation } from '../../src/model.ts'
import { environment, type GoldenCase, manifestOf, planCase } from './golden.ts'

function goldensOf(kind: string): GoldenCase[] {
  const root = join(import.meta.dirname, folderOf(kind))
  return readdirSync(root)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => parseAllDocuments(readFileSync(join(root, name), 'utf8')))
    .map((document) => document.toJS() as GoldenCase)
}

test('the registry is in the order of creation, and its names are unique', () => {
  expect(kinds.map(({ name }) => name)).toEqual([
    'Vpc',
    'Subnet',
    'InternetGateway',
    'RouteTable',
    'SecurityGroup',
    'Role',
    'InstanceProfile',
    'Repository',
    'Secret',
    'LoadBalancer',
    'TargetGroup',
    'Listener',
    'ListenerRule',
    'Cluster',
    'LaunchTemplate',
    'AutoScalingGroup',
    'CapacityProvider',
    'TaskDefinition',
    'Task',
    'Service',
    'ScalableTarget',
    'ScalingPolicy',
    'ScheduledTask',
  ])
  expect(new Set(kinds.map(({ plural }) => plural)).size).toBe(kinds.length)
})

/** What names one, where nothing is found by a name that is derived. */
const examples: Readonly<Record<string, Record<string, unknown>>> = {
  Listener: {
    listenerArn: 'arn:aws:elasticloadbalancing:eu-central-1:1:listener/app/a/1/2',
  },
  ListenerRule: {
    ruleArn: 'arn:aws:elasticloadbalancing:eu-central-1:1:listener-rule/app/a/1/2/3',
  },
}

/** Writes of which no golden tells: the stories that see them sent. */
const elsewhere: Readonly<Record<string, string>> = {
  'autoscaling:TerminateInstanceInAutoScalingGroup': 'test/scenario/agents.test.ts',
  'ecs:StopServiceDeployment': 'test/scenario/early-stop.test.ts',
  'ecs:DeregisterTaskDefinition': 'test/scenario/old-revisions.test.ts',
  'ecs:DeregisterContainerInstance': 'test/scenario/agents.test.ts',
  'ecs:UpdateContainerAgent': 'test/scenario/agents.test.ts',
  'ec2:ReplaceRouteTableAssociation': 'test/scenario/network-drift.test.ts',
}

/** Kinds whose resources carry tags and are changed by calls of their own. */
const updated: ReadonlySet<string> = new Set([
  ...['Vpc', 'Subnet', 'InternetGateway', 'RouteTable', 'SecurityGroup', 'Role', 'Repository'],
  ...['InstanceProfile', 'Cluster', 'LaunchTemplate', 'AutoScalingGroup', 'CapacityProvider'],
  ...['Service', 'ScheduledTask', 'ScalableTarget'],
  ...['LoadBalancer', 'TargetGroup', 'Listener', 'ListenerRule'],
])

for (const kind of kinds) {
  /** Else it is only looked at. */
  const written = Object.values(kind.operations).some((safety) => safety !== 'read')
  const goldens = goldensOf(kind.name)
  const drafts = goldens.map((golden) => ({ golden, draft: planCase(kind, golden) }))

  test(`${kind.name}: every operation of a call is declared as a write`, () => {
    const calls = drafts.flatMap(({ draft }) => draft.calls ?? [])
    if (written) expect(calls.length).toBeGreaterThan(3)
    else expect(calls).toEqual([])
    for (const { operation } of calls) {
      expect(['idempotent', 'token', 'find', 'once']).toContain(kind.operations[operation])
    }
  })

  test(`${kind.name}: every write that is declared, and so allowed, is planned in some case`, () => {
    const adopted = goldens.map((golden) =>
      planCase(kind, { ...golden, ownership: 'adopt-overwrite', tags: {} }),
    )
    const calls = [...drafts.map(({ draft }) => draft), ...adopted].flatMap(
      (one) => one.calls ?? [],
    )
    // What is released loses its tags: test/scenario/released.test.ts.
    const released = untaggingOf(kind.operations)?.operation
    const planned = new Set([...calls.map(({ operation }) => operation), released])
    const never = Object.entries(kind.operations).flatMap(([name, safety]) =>
      safety === 'read' || planned.has(name as Operation) ? [] : [name],
    )
    for (const name of never) {
      const story = readFileSync(elsewhere[name] ?? 'package.json', 'utf8')
      expect([name, story.includes(name)]).toEqual([name, true])
    }
  })

  test(`${kind.name}: every read is declared as one`, async () => {
    const reads: Operation[] = []
    const read = async (operation: Operation) => {
      reads.push(operation)
      return {} as never
    }
    const spec = examples[kind.name] ?? {}
    const manifest = manifestOf(kind.name, 'web', spec)
    const identity = kind.identify(spec, 'web', environment)
    const context = { read, owner: 'default', index: [], memory: new Map(), now: 0 }
    const seen = await kind.observe(context, [{ manifest, identity, spec }])
    expect(seen.get(manifest.key)).toEqual({ found: 'no' })
    expect(reads.length).toBeGreaterThan(0)
    for (const operation of reads) expect(kind.operations[operation]).toBe('read')
  })

  test(`${kind.name}: what it can adopt it can release`, () => {
    const untagging = untaggingOf(kind.operations)
    // The record of a task is nobody's but fairlead's; a policy is whose its target is.
    const bare = ['Task', 'ScalingPolicy'].includes(kind.name)
    expect(untagging !== undefined).toBe(written && !bare)
    if (untagging) expect(kind.operations[untagging.operation]).toBe('idempotent')
  })

  test(`${kind.name}: a verdict has the calls that it needs, and no others`, () => {
    for (const { golden, draft } of drafts) {
      const calls = (draft.calls ?? []).length
      const writes = ['create', 'update', 'replace', 'delete'].includes(draft.verdict)
      // What is blocked may be remembered in a tag, and no more.
      const notes = (draft.calls ?? []).every(({ operation }) => operation.endsWith(':TagResource'))
      if (draft.verdict === 'blocked') expect([golden.case, notes]).toEqual([golden.case, true])
      else expect([golden.case, calls > 0]).toEqual([golden.case, writes])
      expect([golden.case, draft.verdict === 'blocked' ? !!draft.reason : true]).toEqual([
        golden.case,
        true,
      ])
    }
  })

  test(`${kind.name}: what is adopted and changed is tagged first, as the policy asks`, () => {
    const adopted = goldens.flatMap((golden) => {
      if (!golden.want || !golden.live || golden.ownership) return []
      const draft = planCase(kind, { ...golden, ownership: 'adopt-overwrite', tags: {} })
      const operations = (draft.calls ?? []).map(({ operation }) => operation)
      return operations.length > 1 ? [operations] : []
    })
    if (updated.has(kind.name)) expect(adopted.length).toBeGreaterThan(0)
    for (const [first] of adopted) expect(scopeOf(first!).fence).toBe('claimed')
  })

  test(`${kind.name}: what is created yields all that others refer to`, () => {
    const wanted = kinds
      .flatMap(({ references }) => Object.values(references))
      .filter((reference) => reference.kind === kind.name && reference.attribute !== 'name')
      .map(({ attribute }) => attribute)
    const created = drafts.filter(({ draft }) => draft.verdict === 'create')
    expect(created.length > 0).toBe(written)
    for (const { draft } of created) {
      const yielded = draft.calls?.flatMap((call) => Object.keys(call.yields ?? {}))
      expect(yielded).toEqual(expect.arrayContaining(wanted))
    }
  })

  test(`${kind.name}: planning changes nothing of its input, and says the same again`, () => {
    for (const golden of goldens) {
      const before = JSON.stringify(golden)
      const first = planCase(kind, golden)
      expect(planCase(kind, golden)).toEqual(first)
      expect(JSON.stringify(golden)).toBe(before)
    }
  })
}
