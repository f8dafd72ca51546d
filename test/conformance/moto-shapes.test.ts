/** Promise: what has been applied needs nothing more, on an AWS that we did not write, as far as moto keeps what it is told. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan } from '../../src/model.ts'
import { clientEnv, eventually, run, start, temporaryFolder } from './harness.ts'
import { type Moto, startMoto, withoutMoto } from './moto/server.ts'

const root = join(import.meta.dirname, '../..')
const program = join(root, 'dist/fairlead.js')
const shapes = join(root, 'test/fixtures/shapes')
const region = 'us-east-1'

/** Services of which CreateService drops fields that the first UpdateService then keeps. */
const updatedOnce = [
  'api',
  'api-blue-green',
  'api-canary',
  'blog',
  'payments',
  'storefront',
  'thumbnailer',
]

/**
 * Fields that neither call keeps. AWS shows the first three in the service's deployments, where moto puts none of
 * them; of the circuit breaker moto knows the two oldest fields.
 */
const forgotten: Readonly<Record<string, readonly string[]>> = {
  'Service/api-client': ['serviceConnectConfiguration'],
  'Service/api-connect': ['serviceConnectConfiguration'],
  'Service/orders': ['serviceConnectConfiguration'],
  'Service/api-lattice': ['vpcLatticeConfigurations'],
  'Service/ledger': ['volumeConfigurations'],
  'Service/report': [
    'deploymentConfiguration.deploymentCircuitBreaker.resetOnHealthyTask',
    'deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration',
  ],
}

/** Services that moto cannot create: without security groups it answers with a page of HTML. */
const refused = ['Service/mailer']

/** Fields of task definitions that moto strips; the revision is kept all the same. */
const stripped = {
  'TaskDefinition/docs-site':
    'enableFaultInjection was registered, but this endpoint does not keep it',
}

describe.skipIf(withoutMoto)('the shapes on moto', () => {
  const folder = temporaryFolder()
  const all = join(folder.path, 'all.yaml')
  const kept = join(folder.path, 'kept.yaml')
  let moto: Moto
  let env: NodeJS.ProcessEnv

  const fairlead = (...args: string[]) => run(process.execPath, [program, ...args], { env })

  async function plan(path: string) {
    const { code, stdout, stderr } = await fairlead(
      'plan',
      path,
      '-o',
      'json',
      '--detailed-exitcode',
    )
    if (code === 1) throw new Error(`fairlead plan: ${stderr}`)
    const changes = (JSON.parse(stdout).environments as Plan[]).flatMap((one) => one.changes)
    return { code, changes }
  }

  beforeAll(async () => {
    moto = await startMoto()
    const { url } = moto
    env = clientEnv(url, region)
    const ids = await networkIds(url)
    const documents = readdirSync(shapes)
      .toSorted()
      .flatMap((name) => readFileSync(join(shapes, name), 'utf8').split(/^---$/m))
      .map((text) =>
        Object.entries(ids).reduce((made, [ours, its]) => made.replaceAll(ours, its), text),
      )
    const without = new Set([...Object.keys(forgotten), ...refused])
    const nameOf = (text: string) =>
      `${/^kind: (\S+)/m.exec(text)?.[1]}/${/^metadata: { name: (\S+) }|^ {2}name: (\S+)/m.exec(text)?.slice(1).find(Boolean)}`
    writeFileSync(all, documents.join('\n---\n'))
    writeFileSync(kept, documents.filter((text) => !without.has(nameOf(text))).join('\n---\n'))
  }, 60_000)

  afterAll(async () => {
    await moto?.stop()
    folder.remove()
  })

  it('applies what moto keeps and then finds nothing to do', async () => {
    const { code, stdout, stderr } = await fairlead(
      'apply',
      kept,
      '--wait=false',
      '--timeout',
      '40s',
    )
    expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' })
    const updated = [...stdout.matchAll(/^Updated +(\S+) ([\w-]+)/gm)].map(
      ([, kind, name]) => `${kind} ${name}`,
    )
    expect(updated.toSorted()).toEqual(updatedOnce.map((name) => `Service ${name}`))

    const again = await plan(kept)
    expect(again.changes.filter(({ verdict }) => verdict !== 'keep')).toEqual([])
    expect(again.code).toBe(0)
    const notes = again.changes.filter((one) => one.notes.length > 0)
    expect(
      Object.fromEntries(
        notes.map(({ key, notes }) => [key.replace('default/', ''), notes.join()]),
      ),
    ).toEqual(stripped)
    expect(
      again.changes.filter(({ key }) => key.includes('/TaskDefinition/')).length,
    ).toBeGreaterThan(30)
  })

  it('imports what is there, and then finds nothing to do', async () => {
    const out = join(folder.path, 'imported')
    const { code, stdout, stderr } = await fairlead('import', '--out', out)
    expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' })
    expect(stdout).toContain(join(out, 'shapes', 'storefront.yaml'))
    const { code: planned, changes } = await plan(out)
    expect(changes.filter(({ verdict }) => verdict !== 'keep')).toEqual([])
    expect(planned).toBe(0)
    expect(changes.length).toBeGreaterThanOrEqual(20)
  })

  it('shows as drift what moto forgets, and no more', async () => {
    const applying = start(process.execPath, [program, 'apply', all, '--wait=false'], { env })
    try {
      const asTold = Object.fromEntries([
        ...Object.entries(forgotten),
        ...refused.map((name) => [name, ['create']]),
      ])
      let seen: Record<string, readonly string[]> = {}
      await eventually('all is sent', async () => {
        const { code, changes } = await plan(all)
        expect(code).toBe(2)
        const left = changes.filter(({ verdict }) => verdict !== 'keep')
        seen = Object.fromEntries(
          left.map(({ key, verdict, fields }) => {
            const name = key.replace('default/', '')
            const known = forgotten[name] ?? []
            const paths = fields.map(
              ({ path }) => known.find((gap) => path.startsWith(gap)) ?? path,
            )
            return [name, verdict === 'create' ? ['create'] : [...new Set(paths)]]
          }),
        )
        return (
          JSON.stringify(Object.entries(seen).toSorted()) ===
            JSON.stringify(Object.entries(asTold).toSorted()) || undefined
        )
      }).catch(() => {})
      expect(seen).toEqual(asTold)
    } finally {
      await applying.stop()
    }
  })

  /** The fixed ids of the simulator's default network, and those that moto made up for its own. */
  async function networkIds(endpoint: string): Promise<Record<string, string>> {
    const ec2 = new EC2Client({
      endpoint,
      region,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    })
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}))
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}))
    const subnets = ['a', 'b', 'c'].map((zone, i) => [
      `subnet-0defa00000000000${zone}`,
      Subnets[i]?.SubnetId ?? '',
    ])
    return Object.fromEntries([
      ...subnets,
      ['sg-0defa000000000000', SecurityGroups[0]?.GroupId ?? ''],
    ])
  }
})
