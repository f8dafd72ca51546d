/** The manifests of test/fixtures/shapes, read as the program reads them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kinds } from '../../src/kinds/index.ts'
import type { Desired } from '../../src/model.ts'
import { readManifests } from '../../src/reconcile/manifest.ts'
import { snapshotOf } from '../rig.ts'

const root = join(import.meta.dirname, '../fixtures/shapes')

export const shapeFiles: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(root)
    .sort()
    .map((name) => [name, readFileSync(join(root, name), 'utf8')]),
)

export const readShapes = (): Promise<Desired> => readManifests(snapshotOf(shapeFiles), kinds)
