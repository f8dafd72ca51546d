/**
 * Promise: the policy of `fairlead iam-policy` suffices, and each of its actions that the file from an empty account
 * needs is needed: without it something is refused, and a condition names the action. moto judges the action of each
 * call. It knows neither resources nor tags, and asks for nothing behind a call (roles that are passed on, tags in a
 * creation): that part is test/scenario/policy.test.ts.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Statement } from '../../src/cli/iam-policy/statements.ts'
import { composites, kinds } from '../../src/kinds/index.ts'
import type { Desired, Operation } from '../../src/model.ts'
import { createManifestCache, readManifests } from '../../src/reconcile/manifest.ts'
import { fairlead } from '../command.ts'
import { snapshotOf } from '../rig.ts'
import { clientEnv } from './harness.ts'
import { controllerOn, type Told } from './moto/controller.ts'
import { type Moto, startMoto, withoutMoto } from './moto/server.ts'
import { type Users, usersOf } from './moto/user.ts'

const file = 'test/fixtures/from-nothing/shop.yaml'
const owner = 'shop'

/** The actions that were refused: those that the conditions name, or what kept the controller from looking at all. */
function refusedIn({ ready, failed }: Told): string[] {
  const said = Object.values(ready).flatMap(({ status, message = '' }) =>
    status === 'True' ? [] : [message],
  )
  const named = [...said, ...failed].flatMap((text) => [
    ...text.matchAll(/not authorized to perform: (\S+?:\w+)|(\S+?:\w+): not authorized/g),
  ])
  return [...new Set(named.map(([, theirs, ours]) => (theirs ?? ours)!.replace(/^\W+/, '')))]
}

/** All but the service, as moto starts no tasks; what is written on the way to that has been written. */
const asFarAsMotoGoes = ({ ready }: Told) =>
  Object.entries(ready).every(([name, { status, reason }]) =>
    name === 'Service/web' ? reason === 'DeploymentInProgress' : status === 'True',
  ) && 'Service/web' in ready

describe.skipIf(withoutMoto)('the policy, enforced by moto', () => {
  let moto: Moto
  let users: Users
  let desired: Desired
  let statements: readonly Statement[]
  let actions: readonly string[]
  const called = new Set<Operation>()
  let drive: ReturnType<typeof controllerOn>

  /** What moto can judge of statements: it takes each resource for `*`, and has a name of its own for one service. */
  const asMotoReads = (given: readonly Statement[]) => [
    ...given.map((statement) => ({ ...statement, Resource: '*' })),
    ...(given.some(({ Action }) => Action.includes('tag:GetResources'))
      ? [{ Effect: 'Allow', Action: 'tagging:GetResources', Resource: '*' }]
      : []),
  ]
  const allow = (given: readonly Statement[]) => users.allow('fairlead', asMotoReads(given))
  const without = (action: string): Statement[] =>
    statements.flatMap((statement) => {
      const left = [statement.Action].flat().filter((name) => name !== action)
      return left.length > 0 ? [{ ...statement, Action: left }] : []
    })

  beforeAll(async () => {
    moto = await startMoto({ MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' })
    const root = usersOf(moto.url, { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' })
    const admin = await root.create('admin')
    await root.allow('admin', [{ Effect: 'Allow', Action: '*', Resource: '*' }])
    const { accessKeyId, secretAccessKey } = await root.create('fairlead')
    users = usersOf(moto.url, admin)
    const env = {
      ...clientEnv(moto.url),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    }
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    const snapshot = snapshotOf({ 'shop.yaml': readFileSync(file, 'utf8') })
    desired = await readManifests(snapshot, kinds, createManifestCache(), composites)
    const policy = await fairlead('iam-policy', file, '--owner', owner)
    statements = [JSON.parse(policy.stdout)].flat().flatMap(({ Statement }) => Statement)
    actions = [...new Set(statements.flatMap(({ Action }) => Action))]
    drive = controllerOn(process.env, called)
    await moto.enforce()
  })

  afterAll(async () => {
    vi.unstubAllEnvs()
    await moto?.stop()
  })

  it('suffices to apply, to find nothing to do, and to delete', async () => {
    await allow(statements)
    const applied = await drive(desired, { owner, until: asFarAsMotoGoes })
    expect(refusedIn(applied)).toEqual([])
    expect(applied.ready).toMatchObject({ 'Service/web': { reason: 'DeploymentInProgress' } })
    const planned = await fairlead('plan', file, '--owner', owner, '--detailed-exitcode')
    expect(planned.code, planned.stderr).toBe(0)
    const deleted = await drive(desired, {
      owner,
      teardown: true,
      until: ({ state }) => state === 'ready',
    })
    expect(deleted).toMatchObject({ state: 'ready', failed: [] })
    expect(deleted.writes.at(-1)).toBe('iam:DeleteRole')
    expect([...called].filter((operation) => !actions.includes(operation))).toEqual([])
  })

  it('is needed action by action: granted one after the other, each is refused until it is', async () => {
    // Reads of which a refusal is borne: whether a revision that its tags vouch for is what they say, which image a
    // parameter names today, and what a report of tasks that do not come up says itself that it could not read.
    const borne = [
      'ecs:DescribeTaskDefinition',
      'ecs:ListContainerInstances',
      'ecs:ListTasks',
      'ssm:GetParameters',
    ]
    const granted: string[] = []
    called.clear()
    const grant = () =>
      allow([{ Sid: 'Granted', Effect: 'Allow', Action: ['sts:None', ...granted], Resource: '*' }])
    for (const teardown of [false, true]) {
      const done = teardown ? ({ state }: Told) => state === 'ready' : asFarAsMotoGoes
      for (;;) {
        await grant()
        const told = await drive(desired, {
          owner,
          teardown,
          until: (told) => refusedIn(told).length > 0 || done(told),
        })
        const refused = refusedIn(told).map((name) => name.replace(/^tagging:/, 'tag:'))
        if (refused.length === 0) {
          expect(told.ready).toSatisfy(() => done(told))
          break
        }
        // A refusal of what is granted, or of what the policy does not hold, would go on for ever.
        expect(refused.filter((name) => granted.includes(name))).toEqual([])
        expect(refused.filter((name) => !actions.includes(name))).toEqual([])
        granted.push(...refused)
      }
    }
    expect([...granted, ...borne].toSorted()).toEqual([...called].toSorted())
    expect(granted.length).toBeGreaterThan(50)
  })

  it('ends a command with 1 that names the action, when one is missing', async () => {
    await allow(without('ec2:CreateVpc'))
    const { code, stderr } = await fairlead('apply', file, '--owner', owner, '--timeout', '2m')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Vpc shop is not Ready: AccessDenied: .*ec2:CreateVpc$/m)
    expect(stderr).not.toMatch(/^(Role|InstanceProfile|LaunchTemplate) /m)
  })
})
