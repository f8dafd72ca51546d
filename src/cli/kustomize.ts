/** What kustomize must be told about our kinds: where images, replicas and references stand, and how lists merge. */
import { stringify } from 'yaml'
import type { Composite, JsonSchema, Kind } from '../kind.ts'
import { apiGroup, apiVersion } from '../reconcile/manifest/envelope.ts'

const configFile = 'fairlead-kustomizeconfig.yaml'
const schemaFile = 'fairlead-openapi.json'

/** Name and text of each file of a kustomize Component. */
export function kustomizeFiles(
  kinds: readonly (Kind | Composite)[],
  documents: ReadonlyMap<string, JsonSchema>,
): Record<string, string> {
  const component = {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    configurations: [configFile],
    openapi: { path: schemaFile },
  }
  const header =
    '# Written by `fairlead schema --kustomize`: names this folder under `components:` in a kustomization.\n'
  return {
    'kustomization.yaml': header + stringify(component),
    [configFile]: stringify(configuration(kinds)),
    [schemaFile]: `${JSON.stringify(openApi(documents), null, 2)}\n`,
  }
}

function configuration(kinds: readonly (Kind | Composite)[]) {
  const known = new Set(kinds.map(({ name }) => name))
  const targets = new Map<string, { kind: string; group: string; path: string }[]>()
  for (const kind of kinds) {
    for (const [field, target] of Object.entries(kind.references)) {
      if (!known.has(target.kind)) continue
      const path = `spec/${field.replaceAll('[]', '').replaceAll('.', '/')}/ref`
      const specs = targets.get(target.kind) ?? []
      targets.set(target.kind, [...specs, { kind: kind.name, group: apiGroup, path }])
    }
  }
  return {
    nameReference: [...targets].map(([kind, fieldSpecs]) => ({
      kind,
      group: apiGroup,
      fieldSpecs,
    })),
    images: [
      { kind: 'TaskDefinition', group: apiGroup, path: 'spec/containerDefinitions[]/image' },
    ],
    replicas: [{ kind: 'Service', group: apiGroup, path: 'spec/desiredCount', create: true }],
  }
}

/** Lists that a patch merges item by item, where their key is not `name`. */
const mergeKeys: Readonly<Record<string, string>> = {
  portMappings: 'containerPort',
  mountPoints: 'containerPath',
  dependsOn: 'containerName',
  tags: 'key',
}

function openApi(documents: ReadonlyMap<string, JsonSchema>) {
  const [group = '', version = ''] = apiVersion.split('/')
  const definitions = [...documents].map(([kind, document]) => {
    const name = `${group.split('.').reverse().join('.')}.${version}.${kind}`
    const gvk = [{ group, kind, version }]
    return [name, { ...merging(document, ''), 'x-kubernetes-group-version-kind': gvk }]
  })
  return { definitions: Object.fromEntries(definitions) }
}

/** The part of a schema that merging looks at: structure and keys. */
function merging(schema: JsonSchema, name: string): JsonSchema {
  if (schema.type === 'array') {
    const items = schema.items as JsonSchema
    const fields = Object.keys((items.properties as object | undefined) ?? {})
    const key = mergeKeys[name] ?? 'name'
    const strategy = fields.includes(key)
      ? { 'x-kubernetes-patch-merge-key': key, 'x-kubernetes-patch-strategy': 'merge' }
      : {}
    return { type: 'array', ...strategy, items: merging(items, '') }
  }
  if (schema.properties === undefined) {
    return { type: Array.isArray(schema.type) ? 'object' : (schema.type ?? 'object') }
  }
  const properties = Object.entries(schema.properties as Record<string, JsonSchema>)
  return {
    type: 'object',
    properties: Object.fromEntries(
      properties.map(([field, value]) => [field, merging(value, field)]),
    ),
  }
}
