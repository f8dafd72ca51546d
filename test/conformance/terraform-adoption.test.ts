/** What Terraform made on the served simulator changes hands: fairlead adopts it by tags alone, and lets it go again. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run, skipped, temporaryFolder } from './harness.ts'
import { type ServedForTest, serveForTest } from './simulated.ts'
import { type TerraformProject, terraformProject } from './terraform.ts'
import { terraformShop } from './terraform-shop.ts'
import { manifestsOf } from './terraform-shop-manifests.ts'

const root = join(import.meta.dirname, '../..')
const services = 3
/** All that the manifests adopt: 13 things, and each service with its task definition. */
const adopted = 13 + 2 * (services + 1)
const updated = { one_image_tag: 'v2' }
const ignoring = { ...updated, ignored: '["fairlead:"]' }
const isTagging = /:(TagResource|TagRole|TagInstanceProfile|CreateTags|CreateOrUpdateTags)$/
const isUntagging = /:(UntagResource|UntagRole|UntagInstanceProfile|DeleteTags)$/

interface PlannedChange {
  readonly key: string
  readonly verdict: string
  readonly reason?: { readonly message: string }
  readonly fields: readonly { readonly path: string }[]
  readonly calls: readonly { readonly operation: string }[]
}

describe.skipIf(skipped('terraform'))('Terraform, and fairlead after it', () => {
  const folder = temporaryFolder()
  const manifests = join(folder.path, 'shop.yaml')
  let simulated: ServedForTest
  let project: TerraformProject
  let looked = 0

  /** What has been written since the last look. */
  function written(): string[] {
    const operations = simulated.requests.slice(looked).map(({ operation }) => operation)
    looked = simulated.requests.length
    return operations.filter(
      (operation) => !/:(Describe|List|Get|BatchGet|HeadBucket)/.test(operation),
    )
  }

  async function expectEmptyPlan(variables?: Record<string, string>) {
    const { code, stdout, stderr } = await project.plan(variables)
    expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' })
  }

  const fairlead = (...args: string[]) =>
    run(process.execPath, [join(root, 'scripts/run.mjs'), join(root, 'src/main.ts'), ...args], {
      cwd: root,
      env: simulated.env,
      timeoutMs: 120_000,
    })

  async function planned(path = manifests): Promise<readonly PlannedChange[]> {
    const { stdout, stderr } = await fairlead('plan', path, '-o', 'json')
    if (!stdout) throw new Error(stderr)
    return JSON.parse(stdout).environments[0].changes
  }

  /** What is not as it should be, and why. */
  const differing = (changes: readonly PlannedChange[], ...fine: string[]) =>
    changes
      .filter(({ verdict }) => !fine.includes(verdict))
      .map(({ key, verdict, reason }) => `${key}: ${reason?.message ?? verdict}`)

  /** Nothing on stderr, and the exit code of success. */
  async function must(...args: string[]) {
    const { code, stdout, stderr } = await fairlead(...args)
    expect({ code, said: code === 0 ? stderr : stdout + stderr }).toEqual({ code: 0, said: '' })
  }

  const describeAll = (adopt: boolean) =>
    writeFileSync(manifests, manifestsOf(simulated, ['v2', 'v1', 'v1'], { adopt }))

  /** What stands, whatever its tags. */
  const standing = () => {
    const names = [...Array.from({ length: services }, (_, i) => `svc-${i}`), 'web']
    const running = simulated.call('ecs:DescribeServices', { cluster: 'base', services: names })
    return {
      services: running.services.map(
        ({ status, taskDefinition, deployments }: Record<string, unknown>) => ({
          status,
          taskDefinition,
          deployments: (deployments as { id: string }[]).map(({ id }) => id),
        }),
      ),
      revisions: simulated.call('ecs:ListTaskDefinitions', {}).taskDefinitionArns,
    }
  }

  beforeAll(async () => {
    simulated = await serveForTest({ timeScale: 60 })
    project = await terraformProject(terraformShop(services), simulated.env)
  })

  afterAll(async () => {
    project?.remove()
    folder.remove()
    await simulated?.close()
    expect(simulated?.bugs ?? []).toEqual([])
  })

  it('is applied by Terraform, and plans nothing then', async () => {
    expect(await project.apply()).toContain('0 changed, 0 destroyed')
    for (const imageTag of ['v1', 'v2']) {
      const imageManifest = JSON.stringify({ schemaVersion: 2, imageTag })
      simulated.call('ecr:PutImage', { repositoryName: 'base/app', imageTag, imageManifest })
    }
    simulated.advance(3_600_000)
    await expectEmptyPlan()
  })

  it('takes one registration and one update for one image', async () => {
    written()
    await project.apply(updated)
    expect(
      written()
        .filter((operation) => !operation.startsWith('sts:'))
        .sort(),
    ).toEqual(['ecs:DeregisterTaskDefinition', 'ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
    simulated.advance(3_600_000)
    await expectEmptyPlan(updated)
  })

  it('is imported as manifests whose plan tags, and changes nothing', async () => {
    const out = join(folder.path, 'imported')
    const { code, stdout, stderr } = await fairlead('import', '--out', out)
    expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' })
    const changes = await planned(out)
    expect(differing(changes, 'keep', 'update')).toEqual([])
    expect(changes.filter(({ key }) => key.includes('/Service/'))).toHaveLength(services + 1)
    expect(
      changes.flatMap(({ fields }) => fields).filter(({ path }) => !/^tags\[/.test(path)),
    ).toEqual([])
    expect(written().filter((operation) => !/^(sts|tag):/.test(operation))).toEqual([])
  })

  it('is adopted by tagging calls, one for each resource and no other', async () => {
    describeAll(true)
    const before = standing()
    const changes = await planned()
    const calls = changes.flatMap((change) =>
      change.calls.map(({ operation }) => `${change.key.split('/')[1]} ${operation}`),
    )
    expect(differing(changes, 'keep', 'update')).toEqual([])
    expect(calls.filter((call) => !isTagging.test(call))).toEqual([])
    expect(calls).toHaveLength(adopted)
    expect(
      changes.flatMap(({ fields }) => fields).filter(({ path }) => !/^tags\[/.test(path)),
    ).toEqual([])
    written()
    await must('apply', manifests, '--timeout', '90s')
    const sent = written().filter((operation) => !operation.startsWith('tag:'))
    expect(sent).toHaveLength(calls.length)
    expect(standing()).toEqual(before)
  })

  it('finds nothing to do then, with the annotation and without it', async () => {
    for (const adopt of [true, false]) {
      describeAll(adopt)
      expect(differing(await planned(), 'keep')).toEqual([])
    }
  })

  it('leaves Terraform nothing but the tags to see, and nothing where it ignores them', async () => {
    const changes = await project.changes(updated)
    expect(changes.filter((change) => !/\.(tags|tags_all|tag)$/.test(change))).toEqual([])
    // Of the group they are blocks.
    const tagged = changes.filter((change) => /\.(tags_all|tag)$/.test(change))
    expect(tagged).toHaveLength(adopted)
    await expectEmptyPlan(ignoring)
  })

  it('is let go, though no annotation says that it was adopted', async () => {
    const before = standing()
    written()
    await must('delete', manifests, '--yes')
    const sent = written().filter((operation) => !operation.startsWith('tag:'))
    expect(sent.filter((operation) => !isUntagging.test(operation))).toEqual([])
    expect(standing()).toEqual(before)
    await expectEmptyPlan(updated)
  })

  it('is destroyed by Terraform, and nothing is left', async () => {
    expect(await project.destroy()).toContain('Destroy complete!')
    const left = {
      clusters: simulated.call('ecs:ListClusters', {}).clusterArns,
      revisions: simulated.call('ecs:ListTaskDefinitions', {}).taskDefinitionArns,
      groups: simulated.call('autoscaling:DescribeAutoScalingGroups').AutoScalingGroups,
      templates: simulated.call('ec2:DescribeLaunchTemplates').LaunchTemplates,
      profiles: simulated.call('iam:ListInstanceProfiles').InstanceProfiles,
      repositories: simulated.call('ecr:DescribeRepositories').repositories,
      balancers: simulated.call('elasticloadbalancing:DescribeLoadBalancers').LoadBalancers,
      // The one that every account has.
      vpcs: simulated.call('ec2:DescribeVpcs').Vpcs.slice(1),
      securityGroups: simulated.call('ec2:DescribeSecurityGroups').SecurityGroups.slice(1),
    }
    for (const [name, found] of Object.entries(left)) expect([name, found]).toEqual([name, []])
  })

  it('calls nothing that the simulator lacks', () => {
    const unknown = simulated.requests.filter(({ error }) => error === 'UnknownOperationException')
    expect(unknown).toEqual([])
  })
})
