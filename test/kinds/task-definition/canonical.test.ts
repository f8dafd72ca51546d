/** Promises: what AWS answers for a revision equals what was registered, and hashes do not change by themselves. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  canonicalDefinition,
  differences,
  hashOf,
  sameContent,
} from '../../../src/kinds/task-definition/canonical.ts'
import type { Manifest } from '../../../src/model.ts'
import { readShapes } from '../shapes.ts'
import { asDescribed } from './as-described.ts'

const arn = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1'
const goldenPath = join(import.meta.dirname, 'hashes.json')

let shapes: readonly Manifest[]
beforeAll(async () => {
  shapes = (await readShapes()).manifests.filter(({ kind }) => kind === 'TaskDefinition')
})

test('what AWS answers for a registered revision has no difference', () => {
  for (const { name, spec } of shapes) {
    const want = canonicalDefinition(spec)
    const live = canonicalDefinition(asDescribed(spec, arn))
    expect([name, differences(want, live)]).toEqual([name, []])
    expect(sameContent(want, live), name).toBe(true)
  }
})

test('the canonical form is its own canonical form', () => {
  for (const { spec } of shapes) {
    const canonical = canonicalDefinition(spec)
    expect(canonicalDefinition(canonical)).toEqual(canonical)
  }
})

/** A changed hash means: every fresh process reads this family anew; a changed content: registers it anew. */
test('hashes are those of yesterday', () => {
  const hashes = Object.fromEntries(
    shapes.map(({ name, spec }) => [name, hashOf(canonicalDefinition(spec))]),
  )
  if (process.env.UPDATE) writeFileSync(goldenPath, `${JSON.stringify(hashes, null, 2)}\n`)
  expect(hashes).toEqual(JSON.parse(readFileSync(goldenPath, 'utf8')))
})

describe('any change of a field is a difference', () => {
  test('each member of each shape, taken out', () => {
    let tried = 0
    for (const { name, spec } of shapes) {
      const want = canonicalDefinition(spec)
      for (const path of paths(want)) {
        const live = without(want, path)
        tried++
        expect([name, path, sameContent(live, want)]).toEqual([name, path, false])
      }
    }
    expect(tried).toBeGreaterThan(300)
  })

  test('each text and number of each shape, changed', () => {
    for (const { name, spec } of shapes) {
      const want = canonicalDefinition(spec)
      for (const path of paths(want)) {
        const live = changed(want, path)
        expect([name, path, sameContent(want, live)]).toEqual([name, path, false])
      }
    }
  })
})

type Path = readonly (string | number)[]

/** Every place in a value, but for list items, whose absence the list's own path stands for. */
function paths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, inner]) =>
    paths(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

function edit(
  value: unknown,
  path: Path,
  how: (parent: Record<string, unknown>, key: string) => void,
) {
  const copy = structuredClone(value)
  let parent = copy as Record<string, unknown>
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>
  how(parent, String(path.at(-1)))
  return copy as Record<string, unknown>
}

const without = (value: unknown, path: Path) =>
  edit(value, path, (parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else delete parent[key]
  })

const changed = (value: unknown, path: Path) =>
  edit(value, path, (parent, key) => {
    const old = parent[key]
    parent[key] =
      typeof old === 'number' ? old + 1 : typeof old === 'boolean' ? !old : `${old}-other`
  })
