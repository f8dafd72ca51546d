/** Promise: the policy allows what the kinds do to what is ours, nothing to what is others', and fits into IAM. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { packed, sizeLimit, sizeOf } from '../../src/cli/iam-policy/documents.ts'
import { scopeOf } from '../../src/cli/iam-policy/scopes.ts'
import { type Statement, statementsFor } from '../../src/cli/iam-policy/statements.ts'
import { iamPolicy } from '../../src/cli/iam-policy.ts'
import type { Kind } from '../../src/kind.ts'
import { kinds } from '../../src/kinds/index.ts'
import type { Operation } from '../../src/model.ts'
import { createSimulator } from '../../src/simulator/index.ts'
import { capture } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'fairlead-policy-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the command over documents, or over all kinds. */
async function policy(documents?: readonly object[], more: object = {}, of?: readonly Kind[]) {
  const { out, io } = capture({ env: {} })
  const file = join(folder, 'all.yaml')
  const texts = documents?.map((each) =>
    JSON.stringify({ apiVersion: 'fairlead.dev/v1alpha1', ...each }),
  )
  if (texts) writeFileSync(file, texts.join('\n---\n'))
  const code = await iamPolicy(documents ? file : undefined, { owner: 'ours', ...more }, io, of)
  const given = out.stdout ? JSON.parse(out.stdout) : []
  const statements: Statement[] = [given].flat().flatMap(({ Statement }) => Statement)
  return { code, ...out, given, statements }
}

const named = (statements: readonly Statement[], sid: string) =>
  statements.find(({ Sid }) => Sid === sid)
const actionsOf = (statements: readonly Statement[]) =>
  statements.flatMap(({ Action }) => [Action].flat())

type Facts = Readonly<Record<string, string>>

/** What IAM decides under a policy, as the simulator decides it. */
function judge(statements: readonly Statement[]) {
  const simulator = createSimulator({ now: () => 1_900_000_000_000 })
  const trust = { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' } }
  const { Role } = simulator.call('iam:CreateRole', {
    RoleName: 'controller',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ ...trust, Action: 'sts:AssumeRole' }],
    }),
  })
  return (action: string, facts: Facts = {}, resource = '*'): string => {
    const { EvaluationResults } = simulator.call('iam:SimulatePrincipalPolicy', {
      PolicySourceArn: Role.Arn,
      ActionNames: [action],
      ResourceArns: [resource],
      PolicyInputList: [JSON.stringify({ Version: '2012-10-17', Statement: statements })],
      ContextEntries: Object.entries(facts).map(([ContextKeyName, value]) => ({
        ContextKeyName,
        ContextKeyType: 'string',
        ContextKeyValues: [value],
      })),
    })
    return EvaluationResults[0].EvalDecision
  }
}

const request = (owner: string): Facts => ({ 'aws:RequestTag/fairlead:owner': owner })
const resource = (owner: string): Facts => ({ 'aws:ResourceTag/fairlead:owner': owner })

describe('all kinds', () => {
  const declared = Object.entries(
    Object.assign({}, ...kinds.map(({ operations }) => operations)) as Kind['operations'],
  ) as [Operation, string][]
  const arnOf = (operation: Operation) =>
    scopeOf(operation).role ? 'arn:aws:iam::123456789012:role/web' : '*'

  test('allows every operation on what is ours', async () => {
    const { statements } = await policy()
    const decide = judge(statements)
    const refused = declared.filter(([operation]) => {
      const arn = arnOf(operation)
      const facts = { ...request('ours'), ...resource('ours') }
      return decide(operation, facts, arn) !== 'allowed'
    })
    expect(refused).toEqual([])
    expect(decide('tag:GetResources')).toBe('allowed')
    expect(decide('sts:GetCallerIdentity')).toBe('allowed')
  })

  test('allows no write to what is others’, but where AWS knows no tags', async () => {
    const { statements } = await policy()
    const decide = judge(statements)
    const writes = declared.filter(([, safety]) => safety !== 'read').map(([name]) => name)
    const theirs = { ...request('theirs'), ...resource('theirs') }
    const open = writes.filter((name) => decide(name, theirs, arnOf(name)) === 'allowed')
    expect(open.filter((name) => scopeOf(name).fence)).toEqual([])
    // A tag that claims it for us does not make it ours.
    const claim = { ...request('ours'), ...resource('theirs') }
    const claimed = writes.filter((name) => scopeOf(name).fence !== 'created')
    expect(claimed.filter((name) => decide(name, claim, arnOf(name)) === 'allowed')).toEqual(
      claimed.filter((name) => !scopeOf(name).fence),
    )
    expect(decide('ecs:TagResource', request('ours'))).toBe('allowed')
  })

  test('names nothing but what is declared, and what those calls need', async () => {
    const { statements } = await policy()
    const known = new Set<string>(declared.map(([name]) => name))
    const further = actionsOf(statements).filter((name) => !known.has(name))
    const expected = [
      'iam:CreateServiceLinkedRole',
      'iam:PassRole',
      'cloudtrail:LookupEvents',
      'sts:GetCallerIdentity',
      'tag:GetResources',
      'autoscaling:CreateOrUpdateTags',
      'ec2:RunInstances',
      'ssm:GetParameters',
    ]
    expect(further.filter((name) => !expected.includes(name))).toEqual([])
    expect(actionsOf(statements).filter((name) => name.includes('*'))).toEqual([])
    const sids = statements.map(({ Sid }) => Sid)
    expect(new Set(sids).size).toBe(sids.length)
    expect(sids.filter((sid) => !/^[A-Za-z0-9]+$/.test(sid))).toEqual([])
  })

  test('--rehearse adds what a rehearsal reads, and no write', async () => {
    const plain = new Set(actionsOf((await policy()).statements))
    const more = actionsOf((await policy(undefined, { rehearse: true })).statements)
    const added = more.filter((name) => !plain.has(name))
    expect(added).toEqual(expect.arrayContaining(['ecs:ListServices', 'ec2:DescribeInstances']))
    expect(added.filter((name) => !/:(Get|Describe|List)/.test(name))).toEqual([])
  })

  test('--verify adds what verify reads, and no write', async () => {
    const plain = new Set(actionsOf((await policy()).statements))
    const more = actionsOf((await policy(undefined, { verify: true })).statements)
    const added = more.filter((name) => !plain.has(name))
    expect(added).toContain('iam:SimulatePrincipalPolicy')
    expect(added.filter((name) => !/:(Get|Describe|List|Simulate)/.test(name))).toEqual([])
  })
})

test('a policy that is too long for IAM becomes several, whose statements are the same', () => {
  const many = Object.fromEntries(
    Array.from({ length: 40 }, (_, service) =>
      Array.from({ length: 8 }, (__, n) => [`service${service}:UpdateThing${n}`, 'idempotent']),
    ).flat(),
  )
  const statements = statementsFor(many, {
    owner: 'ours',
    partition: 'aws',
    rolePaths: ['/'],
    boundaries: [],
  })
  const documents = packed(statements)
  expect(documents.length).toBeGreaterThan(1)
  expect(documents.filter((document) => sizeOf(document) > sizeLimit)).toEqual([])
  expect(documents.flatMap(({ Statement }) => Statement)).toEqual(statements)
})

describe('environments', () => {
  const cluster = (namespace?: string) => ({
    kind: 'Cluster',
    metadata: { name: 'shop', ...(namespace ? { namespace } : {}) },
    spec: {},
  })
  const definition = (namespace: string) => ({
    kind: 'TaskDefinition',
    metadata: { name: 'web', namespace },
    spec: { containerDefinitions: [{ name: 'web', image: 'nginx', memory: 64 }] },
  })
  const environment = (name: string, spec: object) => ({
    kind: 'Environment',
    metadata: { name },
    spec,
  })

  test('with PATH, only the kinds in use', async () => {
    const { statements } = await policy([cluster()])
    const actions = actionsOf(statements)
    expect(actions).toContain('ecs:CreateCluster')
    expect(actions.filter((name) => /Service$|TaskDefinition$/.test(name))).toEqual([])
    expect(named(statements, 'PassRoles')).toBeUndefined()
  })

  test('roles are passed under the path, to the services that take them', async () => {
    const { statements } = await policy([
      environment('live', { region: 'cn-north-1', rolePath: '/team/' }),
      definition('live'),
    ])
    expect(named(statements, 'PassRoles')).toEqual({
      Sid: 'PassRoles',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: 'arn:aws-cn:iam::*:role/team/*',
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    })
  })

  test('roles are written under the path and only with the boundary', async () => {
    const boundary = 'arn:aws:iam::123456789012:policy/bound'
    const role = {
      ...kinds[0]!,
      name: 'Role',
      operations: { 'iam:CreateRole': 'idempotent', 'iam:TagRole': 'idempotent' },
    } as Kind
    const { statements } = await policy(
      undefined,
      { rolePath: '/team/', permissionsBoundary: boundary },
      [role],
    )
    const decide = judge(statements)
    const ours = 'arn:aws:iam::123456789012:role/team/web'
    const bounded = { ...request('ours'), 'iam:PermissionsBoundary': boundary }
    expect(decide('iam:CreateRole', bounded, ours)).toBe('allowed')
    expect(decide('iam:CreateRole', request('ours'), ours)).toBe('implicitDeny')
    expect(decide('iam:CreateRole', bounded, 'arn:aws:iam::123456789012:role/admin')).toBe(
      'implicitDeny',
    )
    expect(decide('iam:TagRole', request('ours'), ours)).toBe('allowed')
  })

  test('an environment with a role needs that role alone; -n gives the policy of the role', async () => {
    const roleArn = 'arn:aws:iam::210987654321:role/fairlead'
    const both = [
      environment('here', {}),
      environment('there', { roleArn }),
      cluster('here'),
      definition('there'),
    ]
    const own = await policy(both)
    expect(named(own.statements, 'AssumeRoles')?.Resource).toBe(roleArn)
    expect(actionsOf(own.statements)).not.toContain('ecs:RegisterTaskDefinition')
    expect(own.stderr).toContain('-n there')
    const role = await policy(both, { namespace: 'there' })
    expect(actionsOf(role.statements)).toContain('ecs:RegisterTaskDefinition')
    expect(actionsOf(role.statements)).not.toContain('sts:AssumeRole')
    expect(actionsOf(role.statements)).not.toContain('ecs:CreateCluster')
  })

  test('manifests with problems give no policy', async () => {
    const { code, stdout, stderr } = await policy([{ ...cluster(), spec: { clusterNam: 'x' } }])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('clusterNam')
  })
})
