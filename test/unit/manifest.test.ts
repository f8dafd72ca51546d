/** Good manifests: what people bring is taken, said, and placed; environments, identities, digests and the cache. */
import { expect, test } from 'vitest'
import { createManifestCache, readManifests } from '../../src/reconcile/manifest.ts'
import {
  documentOf,
  errors,
  kinds,
  notices,
  read,
  snapshotOf,
  taskDefinitionWith,
} from './manifest-support.ts'

const container = 'containerDefinitions: [{ name: nginx, image: nginx:1.27, memory: 128 }]'
const environment = (name: string, spec = '{}') => documentOf('Environment', name, spec)
const clusterIn = (namespace: string, name = 'shop', spec = '{}') =>
  documentOf('Cluster', name, spec, `, namespace: ${namespace}`)

test('documents, comments, anchors, merge keys, empty documents, a byte order mark and CRLF', async () => {
  const text = [
    '\uFEFF# a comment before anything',
    '--- # nothing in here',
    '---',
    'apiVersion: fairlead.dev/v1alpha1',
    'kind: TaskDefinition',
    'metadata: { name: web }   # the name',
    'spec:',
    '  containerDefinitions:',
    '    - &base',
    '      name: nginx',
    '      image: nginx:1.27',
    '      memory: 128',
    '      environment: [{ name: A, value: &a "1" }]',
    '    - <<: *base',
    '      name: sidecar',
    '      hostname: *a',
    '---',
    '# only a comment',
    '...',
  ].join('\r\n')
  const desired = await read(text)
  expect(desired.problems).toEqual([])
  expect(desired.manifests[0]?.spec).toEqual({
    containerDefinitions: [
      { name: 'nginx', image: 'nginx:1.27', memory: 128, environment: [{ name: 'A', value: '1' }] },
      {
        image: 'nginx:1.27',
        memory: 128,
        environment: [{ name: 'A', value: '1' }],
        name: 'sidecar',
        hostname: '1',
      },
    ],
  })
  expect(desired.manifests[0]?.position).toEqual({ file: 'a.yaml', line: 4, column: 1 })
})

test('JSON with tabs, and a List as kubectl prints it', async () => {
  const cluster = {
    apiVersion: 'fairlead.dev/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'shop' },
  }
  const other = {
    ...cluster,
    metadata: { name: 'other', creationTimestamp: null, uid: '1' },
    status: {},
  }
  const list = { apiVersion: 'v1', kind: 'List', items: [cluster, other] }
  const desired = await read({ 'a.json': JSON.stringify(list, null, '\t') })
  expect(errors(desired)).toEqual([])
  expect(desired.manifests.map(({ key }) => key)).toEqual([
    'default/Cluster/shop',
    'default/Cluster/other',
  ])
  expect(notices(desired)).toEqual([
    'note a.json:17:5 ResponseOnly Cluster/other metadata.creationTimestamp: "creationTimestamp" is only in what AWS answers, and was dropped',
    expect.stringContaining('"uid"'),
    expect.stringContaining('"status"'),
  ])
})

test('what people bring is taken, and said', async () => {
  const desired = await read(
    taskDefinitionWith(
      [
        'Family: web',
        'revision: 12',
        'status: ACTIVE',
        'requiresAttributes: [{ name: x }]',
        'compatibilities: [EC2]',
        'pidMode: ""',
        'ipcMode: ~',
        'Cpu: .25 vcpu',
        'memory: 0.5 GB',
        'ContainerDefinitions:',
        '  - Name: nginx',
        '    Image: nginx',
        '    memory: "128"',
        '    command: null',
        '    portMappings: [{ containerPort: "80" }]',
        '    environment: [{ name: PORT, value: 8080 }]',
      ].join('\n'),
    ),
  )
  expect(errors(desired)).toEqual([])
  expect(desired.manifests[0]?.spec).toEqual({
    family: 'web',
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'nginx',
        image: 'nginx',
        memory: 128,
        portMappings: [{ containerPort: 80 }],
        environment: [{ name: 'PORT', value: '8080' }],
      },
    ],
  })
  expect(notices(desired)).toEqual([
    'note a.yaml:5:3 AwsSpelling TaskDefinition/web spec.family: "Family" was taken as family',
    'note a.yaml:6:3 ResponseOnly TaskDefinition/web spec.revision: "revision" is only in what AWS answers, and was dropped',
    'note a.yaml:7:3 ResponseOnly TaskDefinition/web spec.status: "status" is only in what AWS answers, and was dropped',
    'note a.yaml:8:3 ResponseOnly TaskDefinition/web spec.requiresAttributes: "requiresAttributes" is only in what AWS answers, and was dropped',
    'note a.yaml:9:3 ResponseOnly TaskDefinition/web spec.compatibilities: "compatibilities" is only in what AWS answers, and was dropped',
    'note a.yaml:10:12 EmptyEnum TaskDefinition/web spec.pidMode: the empty text was taken as left out',
    'note a.yaml:12:3 AwsSpelling TaskDefinition/web spec.cpu: "Cpu" was taken as cpu',
    'note a.yaml:12:8 SizeInWords TaskDefinition/web spec.cpu: ".25 vcpu" was taken as 256',
    'note a.yaml:13:11 SizeInWords TaskDefinition/web spec.memory: "0.5 GB" was taken as 512',
    'note a.yaml:14:3 AwsSpelling TaskDefinition/web spec.containerDefinitions: "ContainerDefinitions" was taken as containerDefinitions',
    'note a.yaml:15:7 AwsSpelling TaskDefinition/web spec.containerDefinitions[nginx].name: "Name" was taken as name',
    'note a.yaml:16:7 AwsSpelling TaskDefinition/web spec.containerDefinitions[nginx].image: "Image" was taken as image',
    'note a.yaml:17:15 TextAsNumber TaskDefinition/web spec.containerDefinitions[nginx].memory: the text "128" was taken as a number',
    'note a.yaml:19:39 TextAsNumber TaskDefinition/web spec.containerDefinitions[nginx].portMappings[0].containerPort: the text "80" was taken as a number',
    'note a.yaml:20:42 NumberAsText TaskDefinition/web spec.containerDefinitions[nginx].environment[PORT].value: the number was taken as text',
  ])
})

test("a described service's cluster ARN is taken as its cluster", async () => {
  const arn = 'arn:aws:ecs:eu-central-1:123456789012:cluster/shop'
  const desired = await read(
    documentOf(
      'Service',
      'web',
      `clusterArn: ${arn}\ntaskDefinition: web:1\nstatus: ACTIVE\nrunningCount: 2`,
    ),
  )
  expect(errors(desired)).toEqual([])
  expect(desired.manifests[0]?.spec).toEqual({ cluster: arn, taskDefinition: 'web:1' })
  expect(desired.identities['default/Service/web']).toEqual({
    name: 'shop/web',
    parts: { cluster: 'shop', service: 'web' },
  })
})

test('shell text keeps its dollars, and values of the application only raise a notice', async () => {
  const desired = await read(
    taskDefinitionWith(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the point
      'containerDefinitions:\n  - name: nginx\n    image: nginx\n    memory: 128\n    command: [sh, -c, "echo ${HOME} <html>"]\n    environment: [{ name: A, value: "{{ todo }}" }]',
    ),
  )
  expect(errors(desired)).toEqual([])
  expect(notices(desired)).toEqual([
    expect.stringContaining('environment[A].value: looks like an unfilled placeholder: {{ todo }}'),
  ])
})

test('documents of other tools are left out with a notice', async () => {
  const desired = await read('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata: {}\n')
  expect(notices(desired)).toEqual([
    'note a.yaml:1:13 NotOurs apiVersion: a ConfigMap of v1 is not for fairlead, and was left out',
  ])
  expect(errors(desired)).toEqual([])
  expect(desired.stopped).toEqual([])
})

test('positions point at keys, by plan notation', async () => {
  const desired = await read(
    taskDefinitionWith(
      'containerDefinitions:\n  - image: nginx:1.27\n    name: nginx\n    memory: 128\n    portMappings:\n      - containerPort: 80',
    ),
  )
  const positions = desired.manifests[0]!.positions
  expect(positions['spec.containerDefinitions[nginx].image']).toEqual({
    file: 'a.yaml',
    line: 6,
    column: 7,
  })
  expect(positions['spec.containerDefinitions[nginx].portMappings[0].containerPort']).toEqual({
    file: 'a.yaml',
    line: 10,
    column: 11,
  })
})

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

test('references become edges, by hand too', async () => {
  const annotations =
    ', annotations: { fairlead.dev/depends-on: "Cluster/shop, TaskDefinition/web" }'
  const desired = await read(
    [
      documentOf('Cluster', 'shop', '{}'),
      taskDefinitionWith(container),
      documentOf(
        'Service',
        'web',
        'cluster: { ref: shop }\ntaskDefinition: { ref: default/TaskDefinition/web }',
        annotations,
      ),
    ].join('---\n'),
  )
  expect(errors(desired)).toEqual([])
  const by = 'metadata.annotations.fairlead.dev/depends-on'
  expect(desired.references['default/Service/web']).toEqual([
    { path: 'spec.cluster', to: 'default/Cluster/shop', attribute: 'name', orders: true },
    {
      path: 'spec.taskDefinition',
      to: 'default/TaskDefinition/web',
      attribute: 'arn',
      orders: true,
    },
    { path: by, to: 'default/Cluster/shop', attribute: 'name', orders: true },
    { path: by, to: 'default/TaskDefinition/web', attribute: 'name', orders: true },
  ])
})

test('a reference to a broken document raises no second problem', async () => {
  const desired = await read(
    `${taskDefinitionWith('volumes: 1')}---\n${documentOf('Service', 'web', 'taskDefinition: { ref: web }')}`,
  )
  expect(errors(desired).filter((text) => text.includes('Service'))).toEqual([])
})

test('the digest changes with the meaning, and only then', async () => {
  const digest = async (text: string) => (await read(text)).manifests[0]!.digest
  const plain = await digest(documentOf('Cluster', 'shop', 'clusterName: a\ntags: []'))
  expect(
    await digest(
      `# moved\n\n${documentOf('Cluster', 'shop', 'tags: []\nClusterName: "a"', ', labels: { a: b }')}`,
    ),
  ).toBe(plain)
  expect(await digest(documentOf('Cluster', 'shop', 'clusterName: b\ntags: []'))).not.toBe(plain)
  const adopted = ', annotations: { fairlead.dev/adopt: unchanged }'
  expect(await digest(documentOf('Cluster', 'shop', 'clusterName: a\ntags: []', adopted))).not.toBe(
    plain,
  )
})

test('files with the same digest are not parsed again; changed and removed ones are', async () => {
  const cache = createManifestCache()
  const first = await readManifests(
    snapshotOf({ 'a.yaml': clusterIn('x', 'a'), 'b.yaml': clusterIn('x', 'b') }),
    kinds,
    cache,
  )
  const changed = snapshotOf({ 'a.yaml': clusterIn('x', 'a'), 'b.yaml': clusterIn('x', 'c') })
  const second = await readManifests(changed, kinds, cache)
  expect(second.manifests[0]).toBe(first.manifests[0])
  expect(second.manifests.map(({ name }) => name)).toEqual(['a', 'c'])
  const third = await readManifests(snapshotOf({ 'b.yaml': clusterIn('x', 'c') }), kinds, cache)
  expect(third.manifests).toEqual([second.manifests[1]])
  expect([...cache.files.keys()]).toEqual(['b.yaml'])
})
