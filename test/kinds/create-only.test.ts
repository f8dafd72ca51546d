/** Of every kind: what is fixed at creation is refused with the reason and the annotation, and replaced with it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { folderOf } from '../../scripts/derive-schema.ts'
import type { Fields } from '../../src/diff.ts'
import { kinds } from '../../src/kinds/index.ts'
import { type GoldenCase, planCase } from './golden.ts'

function goldensOf(kind: string): GoldenCase[] {
  const root = join(import.meta.dirname, folderOf(kind))
  return readdirSync(root)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => parseAllDocuments(readFileSync(join(root, name), 'utf8')))
    .map((document) => document.toJS() as GoldenCase)
}

async function fixedOf(kind: string): Promise<string[]> {
  const path = join(import.meta.dirname, `../../src/kinds/${folderOf(kind)}/policy.ts`)
  if (!existsSync(path)) return []
  const { fields } = (await import(path)) as { fields: Fields }
  return Object.entries(fields).flatMap(([name, field]) => (field.createOnly ? name : []))
}

const table = await Promise.all(
  kinds.map(async (kind) => [kind, await fixedOf(kind.name)] as const),
)
const concerned = table.filter(([, fixed]) => fixed.length > 0)

test('fifteen kinds have such fields', () => {
  expect(concerned.map(([{ name }]) => name)).toEqual([
    'Vpc',
    'Subnet',
    'RouteTable',
    'SecurityGroup',
    'Role',
    'InstanceProfile',
    'Repository',
    'LoadBalancer',
    'TargetGroup',
    'Listener',
    'ListenerRule',
    'AutoScalingGroup',
    'CapacityProvider',
    'Service',
    'ScalingPolicy',
  ])
})

for (const [kind, fixed] of concerned) {
  const refused = goldensOf(kind.name)
    .map((golden) => ({ golden, draft: planCase(kind, golden) }))
    .filter(({ draft }) => draft.reason?.code === 'CreateOnly' && draft.verdict === 'blocked')

  test(`${kind.name}: refused, with the field, the reason, and the annotation that allows it`, () => {
    expect(refused.length).toBeGreaterThan(0)
    for (const { draft } of refused) {
      expect(draft).toMatchObject({ stalled: true })
      expect(draft.calls ?? []).toEqual([])
      const [head = ''] = draft.fields?.[0]?.path.split(/[.[]/) ?? []
      expect(fixed).toContain(head)
      expect(draft.reason?.message).toMatch(
        new RegExp(`^.*${head}.* cannot be changed in place: .{10,}fairlead.dev/replace: allowed$`),
      )
    }
  })

  test(`${kind.name}: with the annotation it is deleted first`, () => {
    for (const { golden } of refused) {
      const annotations = { ...golden.annotations, 'fairlead.dev/replace': 'allowed' }
      const draft = planCase(kind, { ...golden, annotations })
      expect(draft.verdict).toBe('replace')
      expect(draft.calls?.at(-1)?.operation).toMatch(/:(Delete|Update)/)
      expect(draft.fields?.length).toBeGreaterThan(0)
      // A service has no users that AWS would wait for.
      expect(draft.alone ?? false).toBe(kind.name !== 'Service')
    }
  })
}
