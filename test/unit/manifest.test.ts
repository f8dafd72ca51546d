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
