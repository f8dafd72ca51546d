/**
 * Goldens: each document of test/kinds/<kind>/*.yaml says what Git wants and what AWS shows, and records what the
 * planner makes of it. `UPDATE=1 npx vitest run test/kinds/golden.test.ts` writes `gives` anew; read the
 * difference, then format with biome.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { folderOf } from '../../scripts/derive-schema.ts'
import { kinds } from '../../src/kinds/index.ts'
import { type GoldenCase, plain, planCase } from './golden.ts'

for (const kind of kinds) {
  const { name } = kind
  const root = join(import.meta.dirname, folderOf(name))
  for (const file of readdirSync(root).filter((entry) => entry.endsWith('.yaml'))) {
    describe(`${name}: ${basename(file, '.yaml')}`, () => {
      const path = join(root, file)
      const documents = parseAllDocuments(readFileSync(path, 'utf8'))
      if (process.env.UPDATE) {
        for (const document of documents) {
          document.set(
            'gives',
            document.createNode(plain(planCase(kind, document.toJS() as GoldenCase))),
          )
        }
        writeFileSync(
          path,
          documents.map((document) => document.toString({ lineWidth: 110 })).join(''),
        )
      }
      for (const document of documents) {
        const golden = document.toJS() as GoldenCase
        test(golden.case, () => {
          expect(document.errors).toEqual([])
          expect(plain(planCase(kind, golden))).toEqual(golden.gives)
        })
      }
    })
  }
}
