/** Broken manifests: each is answered with every problem at its place. The golden file reads as a list of answers. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errors, line, read } from './manifest-support.ts'

const folder = 'test/fixtures/broken'
const names = readdirSync(folder)
  .filter((name) => /\.(yaml|json)$/.test(name))
  .sort()

test('every broken manifest is answered as the golden file says', async () => {
  const sections: string[] = []
  for (const name of names) {
    const desired = await read({ [name]: readFileSync(`${folder}/${name}`) })
    expect(errors(desired), name).not.toEqual([])
    expect(desired.stopped, name).toEqual(
      desired.environments.map((environment) => environment.name),
    )
    sections.push(
      `${name}\n${desired.problems.map((problem) => `  ${line(problem).replace(`${name}:`, '')}`).join('\n')}\n`,
    )
  }
  expect(names.length).toBeGreaterThanOrEqual(100)
  await expect(sections.join('\n')).toMatchFileSnapshot('../fixtures/broken/EXPECTED.txt')
})
