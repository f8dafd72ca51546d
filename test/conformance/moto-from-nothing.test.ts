/**
 * Promise: the file that takes an empty account to a running service goes as far on moto as moto goes, has nothing
 * to do when it is applied again, and leaves nothing when it is deleted.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan } from '../../src/model.ts'
import type { ResourceObject } from '../../src/server/api.ts'
import { clientEnv, run } from './harness.ts'
import { type Inventory, inventoryOf } from './moto/inventory.ts'
import { type Moto, startMoto, withoutMoto } from './moto/server.ts'

const root = join(import.meta.dirname, '../..')
const program = join(root, 'dist/fairlead.js')
const file = join(root, 'test/fixtures/from-nothing/shop.yaml')
const region = 'eu-west-1'

const resourceTypes = [
  ...['AutoScalingGroup', 'CapacityProvider', 'Cluster', 'InstanceProfile', 'InternetGateway'],
  ...['LaunchTemplate', 'Role', 'RouteTable', 'Service', 'Subnet', 'TaskDefinition', 'Vpc'],
]

describe.skipIf(withoutMoto)('one file from an empty account, on moto', () => {
  let moto: Moto
  let env: NodeJS.ProcessEnv
  let inventory: () => Promise<Inventory>
  let empty: Inventory

  const fairlead = (...args: string[]) =>
    run(process.execPath, [program, ...args, '--owner', 'shop'], { env })

  /** What moto holds now that it did not hold at first, and the other way round. */
  async function changed(): Promise<Record<string, readonly string[]>> {
    const now = await inventory()
    const lists = Object.keys(now).map((list): [string, string[]] => {
      const more = now[list]!.filter((name) => !empty[list]!.includes(name))
      const gone = empty[list]!.filter((name) => !now[list]!.includes(name))
      return [list, [...more, ...gone.map((name) => `no more: ${name}`)]]
    })
    return Object.fromEntries(lists.filter(([, names]) => names.length > 0))
  }

  beforeAll(async () => {
    // The policy that instances are given is one of AWS's.
    moto = await startMoto({ MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' })
    env = clientEnv(moto.url, region)
    inventory = inventoryOf(moto.url, region)
    empty = await inventory()
  })

  afterAll(async () => {
    await moto?.stop()
  })

  it('is applied; all but the service becomes Ready, since moto starts no tasks', async () => {
    const { code, stdout, stderr } = await fairlead('apply', file, '--wait=false')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const created = [...stdout.matchAll(/^Created +(\S+) /gm)].map(([, kind]) => kind)
    expect([...new Set(created)].toSorted()).toEqual(resourceTypes)
    // CreateService drops the strategy on moto, and UpdateService keeps it; nothing else is written twice.
    const updated = [...stdout.matchAll(/^Updated +(\S+ \S+) .*· (\w+)$/gm)]
    expect(updated.map(([, name, call]) => `${name} ${call}`)).toEqual([
      'Cluster shop: PutClusterCapacityProviders',
      'Service web: UpdateService',
    ])

    const shown = await fairlead('get', '--live', file, '-o', 'json')
    const items: ResourceObject[] = JSON.parse(shown.stdout).items
    const unready = items.flatMap(({ kind, metadata, status }) => {
      const ready = status.conditions.find(({ type }) => type === 'Ready')
      return ready?.status === 'True' ? [] : [[kind, metadata.name, ready?.reason]]
    })
    expect(unready).toEqual([['Service', 'web', 'DeploymentInProgress']])
    expect(items.map(({ kind }) => kind)).toEqual(expect.arrayContaining(resourceTypes))

    const made = await changed()
    expect(Object.keys(made).toSorted()).toEqual([
      'autoscaling:DescribeAutoScalingGroups',
      'autoscaling:DescribeTags',
      'clusters',
      'ec2:DescribeInternetGateways',
      'ec2:DescribeLaunchTemplates',
      'ec2:DescribeRouteTables',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVolumes',
      'ec2:DescribeVpcs',
      'ecs:ListTaskDefinitions',
      'iam:ListInstanceProfiles',
      'iam:ListRoles',
      'in clusters',
      'instances',
      'interfaces',
      'network ACLs',
      'tag:GetResources',
    ])
  })

  it('has nothing to do when it is applied again', async () => {
    const planned = await fairlead('plan', file, '--detailed-exitcode', '-o', 'json')
    const changes = (JSON.parse(planned.stdout).environments as Plan[]).flatMap((of) => of.changes)
    expect(changes.filter(({ verdict }) => verdict !== 'keep')).toEqual([])
    expect(planned.code).toBe(0)
    expect(changes.length).toBe(13)
    const { code, stdout } = await fairlead('apply', file, '--wait=false')
    expect(code).toBe(0)
    expect(stdout).not.toMatch(/^(Created|Updated|Deleted)/m)
  })

  it('is deleted, and nothing is left', async () => {
    const { code, stderr } = await fairlead('delete', file, '--yes', '--timeout', '60s')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const arn = (name: string) => `arn:aws:ecs:${region}:123456789012:${name}`
    const revision = arn('task-definition/web:1')
    expect(await changed()).toEqual({
      // moto's index goes on naming what is INACTIVE.
      'tag:GetResources': [arn('cluster/shop'), arn('service/shop/web'), revision],
    })
    const again = await fairlead('delete', file, '--yes', '--timeout', '60s')
    expect(again.code).toBe(0)
    expect(again.stdout).not.toMatch(/^Deleted/m)
  })
})
