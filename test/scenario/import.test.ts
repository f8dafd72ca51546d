/** Promise: an account that was made by hand becomes manifests that are valid, and whose first plan writes nothing but tags. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Imported } from '../../src/cli/import/account.ts'
import { type Documents, differing, documentsIn, importFrom, planOf } from '../import.ts'
import { createRig, type Rig } from '../rig.ts'
import { handMadeAccount, onFargate, register, serve } from './hand-made-account.ts'

const container = (image: string) => ({ name: 'app', image, memory: 128 })

const secret =
  'TaskDefinition web: containerDefinitions[app].environment[DB_PASSWORD] looks like a secret, and is written as it stands'

const networkConfiguration = {
  awsvpcConfiguration: { subnets: ['subnet-0defa00000000000a'] },
}

describe('an account of every sort', () => {
  let rig: Rig
  let imported: Imported
  let documents: Documents
  beforeAll(async () => {
    rig = await handMadeAccount()
    rig.calls.length = 0
    imported = await importFrom(rig)
    documents = documentsIn(imported)
  })

  test('is a folder for each cluster, a file for each service, and nothing of AWS Batch', () => {
    expect(Object.keys(imported.files).sort()).toEqual([
      'Shop_Prod/FrontDoor.yaml',
      'Shop_Prod/Legacy_Worker.yaml',
      'Shop_Prod/agent.yaml',
      'Shop_Prod/cluster.yaml',
      'Shop_Prod/scaled.yaml',
      'Shop_Prod/web.yaml',
      'batch/cluster-2.yaml',
      'batch/cluster.yaml',
      'batch/web.yaml',
      'environment.yaml',
    ])
    expect(imported.remarks).toContain(
      'Cluster AWSBatch-jobs-0f0f: belongs to AWS Batch, and is not imported',
    )
    expect(imported).toMatchObject({ clean: true, resources: 19, toAdopt: 17 })
  })

  test('has a plan that takes over by tags, and changes nothing', async () => {
    const { changes } = await planOf(rig, imported.files)
    expect(changes).toHaveLength(19)
    expect(differing(changes)).toEqual({})
    const operations = new Set(changes.flatMap(({ calls }) => calls.map((call) => call.operation)))
    expect([...operations].sort()).toEqual([
      'application-autoscaling:TagResource',
      'autoscaling:CreateOrUpdateTags',
      'ec2:CreateTags',
      'ecs:TagResource',
    ])
  })

  test('refers between what was imported, and names the rest as AWS does', () => {
    expect(documents['Environment/default'].spec).toEqual({
      accountId: '123456789012',
      region: 'us-east-1',
    })
    expect(documents['Service/Legacy_Worker'].spec).toEqual({
      cluster: { ref: 'Shop_Prod' },
      taskDefinition: { ref: 'Legacy_Worker' },
      desiredCount: 1,
      placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
      availabilityZoneRebalancing: 'ENABLED',
      capacityProviderStrategy: [{ capacityProvider: { ref: 'shop-hosts' }, weight: 1 }],
    })
    expect(documents['CapacityProvider/shop-hosts'].spec).toEqual({
      autoScalingGroupProvider: {
        autoScalingGroupArn: { ref: 'shop-hosts' },
        managedScaling: { status: 'ENABLED', targetCapacity: 90 },
      },
    })
    expect(documents['AutoScalingGroup/shop-hosts'].spec).toEqual({
      minSize: 1,
      maxSize: 1,
      launchTemplate: { launchTemplateName: { ref: 'shop-hosts' }, version: '$Latest' },
      vpcZoneIdentifier: ['subnet-0defa00000000000a', 'subnet-0defa00000000000b'],
    })
    const { loadBalancers } = documents['Service/FrontDoor'].spec
    expect(loadBalancers[0].targetGroupArn).toMatch(/^arn:.*:targetgroup\//)
  })

  test('keeps what a person would write, and no default', () => {
    expect(documents['TaskDefinition/Legacy_Worker'].spec).toEqual({
      containerDefinitions: [{ name: 'app', image: 'nginx:1.27', memory: 128 }],
    })
    expect(documents['TaskDefinition/web'].spec).toEqual(onFargate)
    expect(documents['Service/FrontDoor'].spec.deploymentConfiguration).toEqual({
      // The schema requires the second.
      deploymentCircuitBreaker: { enable: true, rollback: false },
    })
    expect(documents['LaunchTemplate/shop-hosts'].spec.launchTemplateData.userData).toBe(
      '#!/bin/bash\necho ECS_CLUSTER=Shop_Prod >> /etc/ecs/ecs.config\n',
    )
    expect(documents['Service/agent'].spec).not.toHaveProperty('desiredCount')
  })

  test('leaves the number of tasks to what scales them, which is called after its service', () => {
    expect(documents['Service/scaled'].spec).not.toHaveProperty('desiredCount')
    expect(documents['ScalableTarget/scaled'].spec).toEqual({
      resourceId: { ref: 'scaled' },
      minCapacity: 2,
      maxCapacity: 6,
    })
    expect(documents['ScalingPolicy/batch-web-cpu-at-50'].spec).toMatchObject({
      resourceId: { ref: 'batch-web' },
      policyName: 'cpu at 50 %',
    })
  })

  test('gives services of one name names of their own, and says which is meant', () => {
    expect(documents['Service/batch-web'].spec).toMatchObject({
      cluster: { ref: 'batch' },
      serviceName: 'web',
    })
    expect(documents['Service/Shop_Prod-web'].spec.serviceName).toBe('web')
    expect(documents['Service/FrontDoor'].spec).not.toHaveProperty('serviceName')
  })

  test('tells of secrets, and of who else keeps things', () => {
    expect(imported.files['Shop_Prod/web.yaml']).toContain('value: hunter2')
    expect(imported.remarks).toContain(secret)
    expect(imported.remarks.join('\n')).not.toContain('hunter2')
    expect(imported.remarks).toContain(
      '2 resources are kept by Terraform (tag ManagedBy: terraform): let go of them there before fairlead changes anything',
    )
  })

  test('one cluster alone takes its own, in a namespace that is asked for', async () => {
    const arn = 'arn:aws:ecs:us-east-1:123456789012:cluster/batch'
    const some = await importFrom(rig, { clusters: [arn], namespace: 'prod' })
    expect(Object.keys(some.files).sort()).toEqual([
      'batch/cluster-2.yaml',
      'batch/cluster.yaml',
      'batch/web.yaml',
      'environment.yaml',
    ])
    const { changes } = await planOf(rig, some.files)
    expect(changes.map(({ key }) => key)).toContain('prod/Service/web')
    expect(differing(changes)).toEqual({})
    await expect(importFrom(rig, { clusters: ['shop'] })).rejects.toThrow(
      'there is no cluster shop',
    )
  })

  test('the controller writes tags once, and a second import has nothing to take over', async () => {
    rig.calls.length = 0
    await rig.git(imported.files)
    await rig.ready()
    const written = new Set(rig.writes().map(({ operation }) => operation))
    expect(
      [...written].filter((operation) => !/:(TagResource|Create(OrUpdate)?Tags)$/.test(operation)),
    ).toEqual([])
    const again = await importFrom(rig)
    expect(again).toMatchObject({ clean: true, resources: 19, toAdopt: 0 })
    expect(Object.keys(documentsIn(again)).sort()).toEqual(Object.keys(documents).sort())
    expect(Object.values(again.files).join()).not.toContain('fairlead.dev/adopt')
    const { changes } = await planOf(rig, again.files)
    expect(changes.filter(({ verdict }) => verdict !== 'keep')).toEqual([])
    await rig.stop()
  })
})

describe('what a manifest cannot say', () => {
  const cluster = async () => {
    const rig = createRig({ simulator: { throttle: false } })
    await rig.aws('ecs:CreateCluster', { clusterName: 'shop' })
    return rig
  }
  const quiet = { desiredCount: 0 }

  test('a service on an older revision names it, where a newer one of the same content is the first to be found', async () => {
    const rig = await cluster()
    const old = await register(rig, 'web')
    await register(rig, 'web')
    await serve(rig, 'shop', 'web', { ...quiet, taskDefinition: old })
    const imported = await importFrom(rig)
    expect(imported.clean).toBe(true)
    expect(documentsIn(imported)['Service/web'].spec.taskDefinition).toBe(old)
    expect(imported.remarks.join()).toContain('Service web: names its revision')
    expect(differing((await planOf(rig, imported.files)).changes)).toEqual({})
  })

  test('two services on two revisions of a family: the newest is the manifest’s, the other is named', async () => {
    const rig = await cluster()
    const old = await register(rig, 'web', { containerDefinitions: [container('nginx:1.26')] })
    const young = await register(rig, 'web', { containerDefinitions: [container('nginx:1.27')] })
    await serve(rig, 'shop', 'stable', { ...quiet, taskDefinition: old })
    await serve(rig, 'shop', 'canary', { ...quiet, taskDefinition: young })
    const imported = await importFrom(rig)
    const documents = documentsIn(imported)
    expect(documents['Service/canary'].spec.taskDefinition).toEqual({ ref: 'web' })
    expect(documents['Service/stable'].spec.taskDefinition).toBe(old)
    expect(documents['TaskDefinition/web'].spec.containerDefinitions[0].image).toBe('nginx:1.27')
    expect(differing((await planOf(rig, imported.files)).changes)).toEqual({})
  })

  test('a revision that five newer ones hide is named, and told', async () => {
    const rig = await cluster()
    const old = await register(rig, 'web', { containerDefinitions: [container('nginx:1.20')] })
    for (let minor = 21; minor < 27; minor++) {
      await register(rig, 'web', { containerDefinitions: [container(`nginx:1.${minor}`)] })
    }
    await serve(rig, 'shop', 'web', { ...quiet, taskDefinition: old })
    const imported = await importFrom(rig)
    const documents = documentsIn(imported)
    expect(documents['Service/web'].spec.taskDefinition).toBe(old)
    expect(documents).not.toHaveProperty('TaskDefinition/web')
    expect(imported.clean).toBe(false)
    expect(imported.remarks.join()).toContain('TaskDefinition web: is not imported')
    expect(differing((await planOf(rig, imported.files)).changes)).toEqual({})
  })

  test('a revision that is deregistered is named as it is', async () => {
    const rig = await cluster()
    const gone = await register(rig, 'web')
    await serve(rig, 'shop', 'web', { ...quiet, taskDefinition: gone })
    await rig.aws('ecs:DeregisterTaskDefinition', { taskDefinition: gone })
    const imported = await importFrom(rig)
    expect(documentsIn(imported)['Service/web'].spec.taskDefinition).toBe(gone)
    expect(imported).toMatchObject({ clean: true })
    expect(imported.remarks.join()).toContain('is no longer active')
    expect(differing((await planOf(rig, imported.files)).changes)).toEqual({})
  })

  test('what another owner keeps is told and left out, and named where it is needed', async () => {
    const rig = await cluster()
    const taskDefinition = await register(rig, 'web')
    await rig.aws('ecs:TagResource', {
      resourceArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/shop',
      tags: [{ key: 'fairlead:owner', value: 'platform' }],
    })
    await serve(rig, 'shop', 'web', { ...quiet, taskDefinition })
    const imported = await importFrom(rig)
    expect(imported.remarks).toContain('Cluster shop: belongs to the fairlead of owner "platform"')
    const documents = documentsIn(imported)
    expect(documents).not.toHaveProperty('Cluster/shop')
    expect(documents['Service/web'].spec.cluster).toBe('shop')
    expect(differing((await planOf(rig, imported.files)).changes)).toEqual({})
  })

  test('what the loader refuses is left out with its reason, and the rest stands', async () => {
    const rig = await cluster()
    const odd = await register(rig, 'odd', {
      containerDefinitions: [{ ...container('nginx:1.27'), hostname: '<fill me in>' }],
    })
    await serve(rig, 'shop', 'odd', { ...quiet, taskDefinition: odd })
    const imported = await importFrom(rig)
    expect(imported.clean).toBe(false)
    expect(imported.remarks.join()).toMatch(/TaskDefinition odd: is not imported: spec\..*hostname/)
    expect(documentsIn(imported)['Service/odd'].spec.taskDefinition).toBe(odd)
    expect(differing((await planOf(rig, imported.files)).changes)).toEqual({})
  })

  test('values that YAML could take for something else come back as they are', async () => {
    const rig = await cluster()
    const odd = [
      ...['yes', 'on', 'null', '~', '0123', '1e3', '0x1f', '2030-01-31', '22:22', '12:30:45'],
      ...[' lead', 'trail ', '# no comment', 'a: b', '[ 1 ]', '{a}', '*a', '!a', '%a', '@a', '`a`'],
      ...[
        'a\nb\n',
        'a\n\n b',
        '\t',
        '"',
        "'",
        'größe ☂',
        '-----BEGIN X-----\nabc=\n-----END X-----\n',
      ],
    ]
    const environment = odd.map((value, index) => ({ name: `V${index + 10}`, value }))
    const taskDefinition = await register(rig, 'web', {
      containerDefinitions: [{ ...container('nginx:1.27'), environment }],
    })
    await serve(rig, 'shop', 'web', { ...quiet, taskDefinition })
    const imported = await importFrom(rig)
    const { spec } = documentsIn(imported)['TaskDefinition/web']
    expect(spec.containerDefinitions[0].environment).toEqual(environment)
    expect(imported.clean).toBe(true)
    const text = imported.files['shop/web.yaml']
    for (const value of ['yes', 'on', '2030-01-31', '22:22', '12:30:45']) {
      expect(text).toContain(`value: "${value}"`)
    }
    expect(differing((await planOf(rig, imported.files)).changes)).toEqual({})
  })

  test('a service that CodeDeploy deploys has an empty plan too', async () => {
    const rig = await cluster()
    const taskDefinition = await register(rig, 'web', onFargate)
    await serve(rig, 'shop', 'web', {
      ...quiet,
      taskDefinition,
      launchType: 'FARGATE',
      networkConfiguration,
      deploymentController: { type: 'CODE_DEPLOY' },
    })
    const imported = await importFrom(rig)
    expect(documentsIn(imported)['Service/web'].spec.deploymentController).toEqual({
      type: 'CODE_DEPLOY',
    })
    expect(imported.remarks).toEqual([
      'Service shop/web: is deployed by CODE_DEPLOY, which goes on to decide what runs',
      secret,
    ])
    expect(imported.clean).toBe(true)
    expect(differing((await planOf(rig, imported.files)).changes)).toEqual({})
  })

  test('a service that something else deploys has no task definition of its own', async () => {
    const rig = await cluster()
    await serve(rig, 'shop', 'web', { ...quiet, deploymentController: { type: 'EXTERNAL' } })
    const imported = await importFrom(rig)
    const { spec } = documentsIn(imported)['Service/web']
    expect(spec).not.toHaveProperty('taskDefinition')
    expect(imported.clean).toBe(true)
    expect(differing((await planOf(rig, imported.files)).changes)).toEqual({})
  })

  test('what is kept already stays in its namespace, under its name', async () => {
    const rig = await cluster()
    const taskDefinition = await register(rig, 'web')
    await serve(rig, 'shop', 'web', { ...quiet, taskDefinition })
    const { files } = await importFrom(rig, { namespace: 'prod' })
    const renamed = files['shop/web.yaml']!.replace(
      'kind: Service\nmetadata: { name: web,',
      'kind: Service\nmetadata: { name: front,',
    )
    await rig.git({
      ...files,
      'shop/web.yaml': renamed.replace('cluster:', 'serviceName: web\n  cluster:'),
    })
    await rig.ready()
    const again = await importFrom(rig)
    const { changes } = await planOf(rig, again.files)
    expect(changes.map(({ key, verdict }) => `${key} ${verdict}`)).toEqual([
      'prod/Cluster/shop keep',
      'prod/TaskDefinition/web keep',
      'prod/Service/front keep',
    ])
    await rig.stop()
  })

  test('an empty account has nothing to import', async () => {
    const rig = createRig({ simulator: { throttle: false } })
    await expect(importFrom(rig)).rejects.toThrow('there is nothing to import')
  })
})
