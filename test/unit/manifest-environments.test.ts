/** Environments: the border of names, problems and duplicates. */
import { expect, test } from 'vitest'
import { readManifests } from '../../src/reconcile/manifest.ts'
import { documentOf, errors, kinds, read, snapshotOf } from './manifest-support.ts'

const environment = (name: string, spec = '{}') => documentOf('Environment', name, spec)
const clusterIn = (namespace: string, name = 'shop', spec = '{}') =>
  documentOf('Cluster', name, spec, `, namespace: ${namespace}`)

test('without an Environment everything lives in one, and namespaces keep keys apart', async () => {
  const desired = await read(`${documentOf('Cluster', 'a', '{}')}---\n${clusterIn('team', 'b')}`)
  expect(desired.environments).toEqual([
    { name: 'default', namePrefix: '', tags: {}, mode: 'apply' },
  ])
  expect(desired.manifests.map(({ key }) => key)).toEqual(['default/Cluster/a', 'team/Cluster/b'])
  expect(desired.stopped).toEqual([])
})

test('an Environment is read in full, and its prefix reaches derived names only', async () => {
  const spec = [
    'accountId: "123456789012"',
    'region: eu-central-1',
    'roleArn: arn:aws:iam::123456789012:role/fairlead',
    'namePrefix: prod-',
    'tags: { team: shop }',
    'mode: observe',
    'prune: true',
    'maxDeletes: 3',
    'rolePath: /fairlead/',
    'permissionsBoundary: arn:aws:iam::123456789012:policy/bound',
  ].join('\n')
  const service = documentOf(
    'Service',
    'web',
    'cluster: { ref: shop }\ntaskDefinition: web:1',
    ', namespace: prod',
  )
  const desired = await read(
    [
      environment('prod', spec),
      clusterIn('prod'),
      clusterIn('prod', 'b', 'clusterName: exact'),
      service,
    ].join('---\n'),
  )
  expect(errors(desired)).toEqual([])
  expect(desired.environments).toEqual([
    {
      name: 'prod',
      accountId: '123456789012',
      region: 'eu-central-1',
      roleArn: 'arn:aws:iam::123456789012:role/fairlead',
      namePrefix: 'prod-',
      tags: { team: 'shop' },
      mode: 'observe',
      prune: true,
      maxDeletes: 3,
      rolePath: '/fairlead/',
      permissionsBoundary: 'arn:aws:iam::123456789012:policy/bound',
    },
  ])
  expect(Object.values(desired.identities).map(({ name }) => name)).toEqual([
    'prod-shop',
    'exact',
    'prod-shop/prod-web',
  ])
})

test('a broken document stops its environment and no other', async () => {
  const desired = await read({
    'env.yaml': `${environment('prod')}---\n${environment('stage')}`,
    'prod.yaml': clusterIn('prod', 'shop', 'clusterNam: x'),
    'stage.yaml': clusterIn('stage'),
  })
  expect(desired.stopped).toEqual(['prod'])
  expect(desired.manifests.map(({ key }) => key)).toEqual(['stage/Cluster/shop'])
})

test('a rule, a reference to nothing and a bad Environment stop one environment each', async () => {
  const environments = ['a', 'b', 'c', 'd'].map((name) =>
    environment(name, name === 'c' ? 'mode: look' : '{}'),
  )
  const broken = [
    clusterIn('a', 'shop', 'clusterName: a b'),
    documentOf(
      'Service',
      'web',
      'cluster: { ref: nowhere }\ntaskDefinition: web:1',
      ', namespace: b',
    ),
    clusterIn('c', 'other'),
    clusterIn('d', 'fine'),
  ]
  const desired = await read([...environments, ...broken].join('---\n'))
  expect(errors(desired).length).toBe(3)
  expect(desired.stopped).toEqual(['a', 'b', 'c'])
  expect(desired.environments.find(({ name }) => name === 'c')?.mode).toBe('observe')
})

test('what cannot be placed stops every environment', async () => {
  const good = `${environment('prod')}---\n${environment('stage')}---\n${clusterIn('prod')}`
  for (const bad of ['a: [', documentOf('Cluster', 'x', '{}'), clusterIn('nowhere'), 'just text']) {
    const desired = await read({ 'good.yaml': good, 'bad.yaml': bad })
    expect(desired.stopped, bad).toEqual(['prod', 'stage'])
  }
  const snapshot = snapshotOf({ 'good.yaml': good })
  const problem = {
    file: '.',
    line: 1,
    column: 1,
    code: 'EmptySource',
    severity: 'error',
    message: 'x',
  } as const
  expect((await readManifests({ ...snapshot, problems: [problem] }, kinds)).stopped).toEqual([
    'prod',
    'stage',
  ])
})

test('an Environment called default is no fall-back for documents without a namespace', async () => {
  const desired = await read(`${environment('default')}---\n${documentOf('Cluster', 'shop', '{}')}`)
  expect(errors(desired)).toEqual([
    'a.yaml:9:1 NoNamespace Cluster/shop metadata.namespace: needs metadata.namespace: expected default',
  ])
  expect(desired.manifests).toEqual([])
})

test('the same cluster under two accounts or regions is two clusters; observed ones may be shared', async () => {
  const two = ['eu-central-1', 'eu-west-1'].map((region, n) =>
    environment(`e${n}`, `region: ${region}`),
  )
  expect(errors(await read([...two, clusterIn('e0'), clusterIn('e1')].join('---\n')))).toEqual([])
  const same = [environment('e0'), environment('e1'), clusterIn('e0')]
  expect(errors(await read([...same, clusterIn('e1')].join('---\n')))).toEqual([
    'a.yaml:21:13 SameResource Cluster/shop metadata.name: means the same AWS resource (shop) as Cluster/shop at a.yaml:13:1',
  ])
  const kept = (await read([...same, clusterIn('e1')].join('---\n'))).manifests
  expect(kept.map(({ key }) => key)).toEqual(['e0/Cluster/shop'])
  const observed = ', namespace: e1, annotations: { fairlead.dev/mode: observe }'
  expect(
    errors(await read([...same, documentOf('Cluster', 'shop', '{}', observed)].join('---\n'))),
  ).toEqual([])
})

test('an observed manifest holds identity only', async () => {
  const observed = ', annotations: { fairlead.dev/mode: observe }'
  const desired = await read(documentOf('TaskDefinition', 'web', 'family: web', observed))
  expect(desired.problems).toEqual([])
  expect(desired.manifests.map(({ key }) => key)).toEqual(['default/TaskDefinition/web'])
})

test('a role says the account: another accountId is refused, another account holds other resources', async () => {
  const role = (account: string) => `roleArn: "arn:aws:iam::${account}:role/fairlead"`
  const wrong = await read(
    environment('prod', `${role('210987654321')}\naccountId: "123456789012"`),
  )
  expect(errors(wrong)).toEqual([
    expect.stringContaining(
      'spec.roleArn: the role is in account 210987654321, spec.accountId says 123456789012',
    ),
  ])
  const both = (first: string, second: string) =>
    read(
      [
        environment('a', role(first)),
        environment('b', `accountId: "${second}"`),
        clusterIn('a'),
        clusterIn('b'),
      ].join('---\n'),
    )
  expect(errors(await both('210987654321', '123456789012'))).toEqual([])
  expect(errors(await both('210987654321', '210987654321'))).toHaveLength(1)
})

test('a circle over two environments stops both, so that none of it seems to have gone', async () => {
  const definition = (namespace: string, name: string, on: string) =>
    `{apiVersion: fairlead.dev/v1alpha1, kind: Cluster, metadata: {name: ${name}, namespace: ${namespace}, annotations: {fairlead.dev/depends-on: ${on}}}, spec: {}}`
  const environment = (name: string) =>
    `{apiVersion: fairlead.dev/v1alpha1, kind: Environment, metadata: {name: ${name}}, spec: {}}`
  const documents = [
    ...['one', 'two', 'three'].map(environment),
    definition('one', 'a', 'two/Cluster/b'),
    definition('two', 'b', 'one/Cluster/a'),
  ]
  const desired = await read({ 'all.yaml': documents.join('\n---\n') })
  expect([...desired.stopped].sort()).toEqual(['one', 'two'])
  expect(desired.problems.map(({ code, object }) => `${code} ${object}`)).toEqual([
    'CircularReference Cluster/a',
    'CircularReference Cluster/b',
  ])
})

test('an Environment in a namespace of its own name is taken as it is meant: kustomize puts it there', async () => {
  const stamped = documentOf('Environment', 'prod', '{}', ', namespace: prod')
  const desired = await read(`${stamped}---\n${clusterIn('prod')}`)
  expect(errors(desired)).toEqual([])
  expect(desired.environments.map(({ name }) => name)).toEqual(['prod'])
  expect(desired.manifests.map(({ key }) => key)).toEqual(['prod/Cluster/shop'])
})
