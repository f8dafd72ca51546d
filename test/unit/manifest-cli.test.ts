/** The offline commands on manifests: validate, explain, schema. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { explain } from '../../src/cli/explain.ts'
import { schema } from '../../src/cli/schema.ts'
import { validate } from '../../src/cli/validate.ts'
import { capture } from '../command.ts'
import { kinds, snapshotOf } from './manifest-support.ts'

const bare = () => capture({ env: {} })

const shop = readFileSync('test/fixtures/manifests/shop.yaml', 'utf8')
const broken = shop.replace('cpu: 512', 'cpuu: 512')

test('validate prints file:line:column: Kind/name: path: message, and exits 1', async () => {
  const { out, io } = bare()
  expect(await validate(snapshotOf({ 'live/shop.yaml': broken }), kinds, [], {}, io)).toBe(1)
  expect(out.stdout).toBe(
    'live/shop.yaml:27:3: TaskDefinition/web: spec.cpuu: unknown field (did you mean cpu?)\n' +
      'live/shop.yaml:28:11: TaskDefinition/web: spec.memory: "1 GB" was taken as 1024 [notice]\n',
  )
  expect(out.stderr).toBe('2 valid manifests, 1 error, 1 notice\n')
})

test('notices alone are fine', async () => {
  const { out, io } = bare()
  expect(await validate(snapshotOf({ 'shop.yaml': shop }), kinds, [], { output: 'text' }, io)).toBe(
    0,
  )
  expect(out.stderr).toBe('3 valid manifests, 0 errors, 1 notice\n')
})

test('validate as JSON and as SARIF', async () => {
  const json = bare()
  await validate(snapshotOf({ 'shop.yaml': broken }), kinds, [], { output: 'json' }, json.io)
  const report = JSON.parse(json.out.stdout)
  expect(report).toMatchObject({ valid: false, manifests: 2, stopped: ['default'] })
  expect(report.problems[0]).toEqual({
    file: 'shop.yaml',
    line: 27,
    column: 3,
    code: 'UnknownField',
    severity: 'error',
    object: 'TaskDefinition/web',
    path: 'spec.cpuu',
    message: 'unknown field',
    hint: 'did you mean cpu?',
  })
  const sarif = bare()
  expect(
    await validate(snapshotOf({ 'shop.yaml': broken }), kinds, [], { output: 'sarif' }, sarif.io),
  ).toBe(1)
  const [run] = JSON.parse(sarif.out.stdout).runs
  expect(run.tool.driver.rules).toEqual([{ id: 'SizeInWords' }, { id: 'UnknownField' }])
  expect(run.results[0]).toEqual({
    ruleId: 'UnknownField',
    ruleIndex: 1,
    level: 'error',
    message: { text: 'TaskDefinition/web: spec.cpuu: unknown field (did you mean cpu?)' },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'shop.yaml' },
          region: { startLine: 27, startColumn: 3 },
        },
      },
    ],
  })
})

test('explain tells type, requirement, values, references, and what fairlead adds', async () => {
  const text = async (path: string) => {
    const { out, io } = bare()
    expect(await explain(path, io, kinds)).toBe(0)
    return out.stdout
  }
  expect(await text('services.launchtype')).toMatch(
    /^Service\.launchType {2}text\n\nThe infrastructure[\s\S]*Allowed: EC2, EXTERNAL, FARGATE, MANAGED_INSTANCES\n$/,
  )
  expect(await text('TaskDefinition.containerDefinitions')).toMatch(
    /list of map, required[\s\S]*fairlead: 1 to 10 containers/,
  )
  expect(await text('TaskDefinition.containerDefinitions[web].ulimits')).toMatch(
    /Fields \(\* required\):\n {2}name\* +text /,
  )
  expect(await text('Service.spec.cluster')).toContain('{ ref: name } of a Cluster')
  expect(await text('Cluster')).toMatch(
    /^Cluster {2}map\n[\s\S]*\n {2}clusterName +text +The name of your cluster\.\n/,
  )
  expect(await text('Service.metadata.annotations')).toContain('Those under fairlead.dev/')
  expect(await text('environment.maxDeletes')).toContain('a share such as "10%"')
})

test('explain knows what was meant', async () => {
  const { io } = bare()
  await expect(explain('Servce', io, kinds)).rejects.toMatchObject({
    hint: 'did you mean Service?',
  })
  await expect(
    explain('TaskDefinition.containerDefinitions.imgae', io, kinds),
  ).rejects.toMatchObject({
    message: 'TaskDefinition.containerDefinitions has no field "imgae"',
    hint: 'did you mean image?',
  })
})

test('the schema for editors takes good documents of every kind and refuses bad ones', async () => {
  const { out, io } = bare()
  expect(await schema(undefined, {}, io, kinds)).toBe(0)
  expect(out.stdout).not.toContain('"x-')
  const check = new Ajv2020({ strict: false }).compile(JSON.parse(out.stdout))
  const document = (kind: string, spec: object) => ({
    apiVersion: 'fairlead.dev/v1alpha1',
    kind,
    metadata: { name: 'a' },
    spec,
  })
  expect(check(document('Service', { cluster: { ref: 'shop' }, taskDefinition: 'web:1' }))).toBe(
    true,
  )
  expect(check(document('Environment', { region: 'eu-central-1', maxDeletes: 3 }))).toBe(true)
  expect(
    check(document('TaskDefinition', { cpu: 256, containerDefinitions: [{ name: 'a' }] })),
  ).toBe(true)
  expect(check(document('Service', { containerDefinitions: [] }))).toBe(false)
  expect(check(document('Servce', {}))).toBe(false)
  expect(check({ ...document('Cluster', {}), specs: {} })).toBe(false)
})

test('the schema of one kind, and of none', async () => {
  const { out, io } = bare()
  await schema('cluster', {}, io, kinds)
  expect(JSON.parse(out.stdout).title).toBe('Cluster')
  await expect(schema('Clutser', {}, io, kinds)).rejects.toMatchObject({
    hint: 'did you mean Cluster?',
  })
})

test('the kustomize Component names images, replicas, references and merge keys', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-'))
  try {
    await schema(undefined, { kustomize: join(folder, 'component') }, capture().io, kinds)
    const text = (name: string) => readFileSync(join(folder, 'component', name), 'utf8')
    expect(readdirSync(join(folder, 'component')).sort()).toEqual([
      'fairlead-kustomizeconfig.yaml',
      'fairlead-openapi.json',
      'kustomization.yaml',
    ])
    expect(parse(text('kustomization.yaml'))).toMatchObject({
      kind: 'Component',
      configurations: ['fairlead-kustomizeconfig.yaml'],
      openapi: { path: 'fairlead-openapi.json' },
    })
    const config = parse(text('fairlead-kustomizeconfig.yaml'))
    expect(config.images).toEqual([
      { kind: 'TaskDefinition', group: 'fairlead.dev', path: 'spec/containerDefinitions[]/image' },
    ])
    expect(config.replicas[0]).toMatchObject({ kind: 'Service', path: 'spec/desiredCount' })
    const revisions = config.nameReference.find(
      ({ kind }: { kind: string }) => kind === 'TaskDefinition',
    )
    expect(revisions.fieldSpecs).toContainEqual({
      kind: 'Service',
      group: 'fairlead.dev',
      path: 'spec/taskDefinition/ref',
    })
    const definition = JSON.parse(text('fairlead-openapi.json')).definitions[
      'dev.fairlead.v1alpha1.TaskDefinition'
    ]
    const { containerDefinitions } = definition.properties.spec.properties
    expect(containerDefinitions['x-kubernetes-patch-merge-key']).toBe('name')
    expect(containerDefinitions.items.properties.portMappings['x-kubernetes-patch-merge-key']).toBe(
      'containerPort',
    )
    expect(
      containerDefinitions.items.properties.command['x-kubernetes-patch-merge-key'],
    ).toBeUndefined()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
