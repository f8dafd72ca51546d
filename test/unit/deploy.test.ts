/** Promise: what lies in deploy/ is what fairlead needs to keep itself, and no more: policy, manifests and template agree. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Document, parseAllDocuments, visit } from 'yaml'
import { iamPolicy } from '../../src/cli/iam-policy.ts'
import type { Io } from '../../src/cli/io.ts'

/** The documents that `fairlead iam-policy` prints. */
async function policyDocuments(): Promise<unknown[]> {
  let stdout = ''
  const io = {
    stdout: (text: string) => {
      stdout += text
    },
    stderr: () => {},
    env: {},
  } as unknown as Io
  expect(await iamPolicy(undefined, { owner: 'default' }, io)).toBe(0)
  return [JSON.parse(stdout)].flat()
}

const update = process.env.UPDATE === '1'
const options = { lineWidth: 0 }

/** Compares what a place in a file holds; with UPDATE=1 it is written there. */
function inStep(
  file: string,
  find: (documents: Document[]) => Document,
  path: string[],
  wanted: unknown,
) {
  // Short tags such as !Ref mean something to CloudFormation alone.
  const documents = parseAllDocuments(readFileSync(file, 'utf8'), {
    logLevel: 'silent',
  }) as Document[]
  const document = find(documents)
  if (update) {
    const node = document.createNode(wanted)
    visit(node, {
      Scalar(_, scalar) {
        // Some readers take it for a date.
        if (scalar.value === '2012-10-17') scalar.type = 'QUOTE_DOUBLE'
      },
    })
    document.setIn(path, node)
    writeFileSync(file, documents.map((each) => each.toString(options)).join(''))
  }
  expect(document.toJS()).toHaveProperty(path, wanted)
}

test('the task role may do what iam-policy says', async () => {
  const policies = (await policyDocuments()).map((policyDocument, index) => ({
    policyName: `fairlead-${index + 1}`,
    policyDocument,
  }))
  const isTaskRole = (document: Document) => document.getIn(['metadata', 'name']) === 'fairlead'
  inStep('deploy/roles.yaml', (all) => all.find(isTaskRole)!, ['spec', 'policies'], policies)
  // All inline policies of a role together: 10,240 characters.
  const size = policies.reduce(
    (sum, { policyDocument }) => sum + JSON.stringify(policyDocument).length,
    0,
  )
  expect(size).toBeLessThan(10_240)
})

test('the same in the CloudFormation template', async () => {
  const policies = (await policyDocuments()).map((PolicyDocument, index) => ({
    PolicyName: `fairlead-${index + 1}`,
    PolicyDocument,
  }))
  const path = ['Resources', 'TaskRole', 'Properties', 'Policies']
  inStep('deploy/bootstrap.template', ([template]) => template!, path, policies)
})

/** Resources of the template by name, with short tags as plain values. */
function template() {
  const text = readFileSync('deploy/bootstrap.template', 'utf8')
  const [document] = parseAllDocuments(text, { logLevel: 'silent' })
  return document!.toJS().Resources
}

function manifest(file: string, kind: string) {
  const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((each) => each.toJS())
  return documents.find((each) => each.kind === kind).spec
}

test('template and manifests run the same containers', () => {
  const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)
  const camel = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(camel)
    if (typeof value !== 'object' || value === null) return value
    // Options of a log driver keep their names.
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [lower(key), camel(item)]))
  }
  const same = (containers: Record<string, unknown>[]) =>
    containers.map(({ image: _, dockerLabels: __, environment, logConfiguration, ...rest }) => ({
      ...rest,
      variables: (environment as { name: string }[]).map(({ name }) => name),
      driver: (logConfiguration as { logDriver: string }).logDriver,
    }))
  const ours = manifest('deploy/fairlead.yaml', 'TaskDefinition')
  const theirs = camel(template().TaskDefinition.Properties) as typeof ours
  expect(same(theirs.containerDefinitions)).toEqual(same(ours.containerDefinitions))
  const service = camel(template().Service.Properties) as Record<string, unknown>
  const { deploymentConfiguration } = manifest('deploy/fairlead.yaml', 'Service')
  expect(service.deploymentConfiguration).toEqual(deploymentConfiguration)
  expect(deploymentConfiguration).toEqual({ minimumHealthyPercent: 0, maximumPercent: 100 })
})

test('no container runs as root, and none can write to its root', () => {
  const { containerDefinitions } = manifest('deploy/fairlead.yaml', 'TaskDefinition')
  for (const { name, user, privileged, readonlyRootFilesystem } of containerDefinitions) {
    expect([name, user, privileged, readonlyRootFilesystem]).toEqual([
      name,
      undefined,
      undefined,
      true,
    ])
  }
  expect(readFileSync('deploy/Dockerfile', 'utf8')).toMatch(/^USER node$/m)
})
