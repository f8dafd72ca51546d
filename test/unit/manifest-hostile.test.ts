/** Hostile input: whatever the bytes, reading ends soon, answers with problems, and never throws. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { errors, read, taskDefinitionWith } from './manifest-support.ts'

/** Fixed, so that a run can be repeated; another one is tried with SEED=n. */
const seed = Number(process.env.SEED ?? 1)

const bytes = (text: string) => new TextEncoder().encode(text)
const good = readFileSync('test/fixtures/manifests/shop.yaml', 'utf8')

const hostile: Readonly<Record<string, readonly [string | Uint8Array, string]>> = {
  'ten megabytes': [
    'x'.repeat(10 * 1024 * 1024),
    'a.yaml:1:1 FileTooLarge: the file has 10.0 MiB; at most 1 MiB is read (split it, or take it out of the folder)',
  ],
  'invalid UTF-8': [
    new Uint8Array([...bytes('# ok\nname: '), 0xff, 0xfe]),
    'a.yaml:2:7 NotUtf8: the file is not UTF-8 from here on (save it as UTF-8)',
  ],
  'UTF-16': [
    new Uint8Array([0xff, 0xfe, 0x61, 0x00]),
    'a.yaml:1:1 NotUtf8: the file is not UTF-8 from here on (save it as UTF-8)',
  ],
  'a NUL byte': ['a: 1\nb: \0', 'a.yaml:2:4 NotText: the file holds a NUL byte, so it is not text'],
  'a program': [
    new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0]),
    'a.yaml:1:5 NotText: the file holds a NUL byte, so it is not text',
  ],
  'a hundred thousand brackets': [
    '['.repeat(100_000),
    'a.yaml:1:66 TooDeep: nested too deeply: at most 64 levels are read',
  ],
  'a deep map': [
    '{a: '.repeat(100_000),
    'a.yaml:1:261 TooDeep: nested too deeply: at most 64 levels are read',
  ],
  'dashes in a row': [
    '- '.repeat(200_000),
    'a.yaml:1:131 TooDeep: nested too deeply: at most 64 levels are read',
  ],
  'many aliases': [
    `a: &a 1\nb: [${'*a,'.repeat(100_000)}]`,
    'a.yaml:2:60005 TooManyAliases: aliases blow the file up to more than 20000 further values',
  ],
  'merge keys that multiply': [
    `a: &a { x: &x [${'1,'.repeat(200)}] }\n${Array.from({ length: 40 }, (_, n) => `k${n}: { <<: *a, y: [*x, *x, *x, *x] }`).join('\n')}`,
    'a.yaml:21:32 TooManyAliases: aliases blow the file up to more than 20000 further values',
  ],
}

for (const [name, [content, expected]] of Object.entries(hostile)) {
  test(`${name}: one clear problem`, async () => {
    const desired = await read({ 'a.yaml': content })
    const [first, ...more] = errors(desired)
    expect(more).toEqual([])
    expect(first).toBe(expected)
    expect(desired.stopped).toEqual(['default'])
  })
}

test('five thousand documents are read, and no more', async () => {
  const document = '--- {apiVersion: v1, kind: A}\n'
  const desired = await read({ 'a.yaml': document.repeat(5_001) })
  expect(errors(desired)).toEqual(['a.yaml:5001:1 TooManyDocuments: more than 5000 documents'])
})

test('a line of half a megabyte is a value like any other', async () => {
  const long = 'x'.repeat(500_000)
  const desired = await read(
    taskDefinitionWith(`family: ${long}\ncontainerDefinitions: [{ name: a, image: b, memory: 8 }]`),
  )
  expect(errors(desired).map((text) => text.length < 300)).toEqual([true, true])
})

test('polluting keys pollute nothing', async () => {
  for (const key of ['constructor', 'prototype', 'toString', 'hasOwnProperty']) {
    const desired = await read(
      taskDefinitionWith(
        `${key}: { polluted: true }\ncontainerDefinitions: [{ name: a, image: b, memory: 8, dockerLabels: { ${key}: x } }]`,
      ),
    )
    expect(errors(desired)[0]).toContain('UnknownField')
  }
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('empty files and files of comments hold nothing', async () => {
  for (const text of ['', '\n', '# nothing\n', '---\n', '---\n---\n', 'null', '~']) {
    expect((await read(text)).problems, JSON.stringify(text)).toEqual([])
  }
})

test('random bytes never make it throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (content) => {
      await read({ 'a.yaml': content })
    }),
    { numRuns: 300, seed },
  )
})

test('mutations of a good manifest never make it throw, and every problem has a place', async () => {
  const piece = fc.constantFrom(
    '\t',
    ' ',
    '\n',
    '- ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '&a ',
    '*a',
    '<<: ',
    '|',
    '#',
    '---\n',
    '? ',
    '!x ',
    '0x1F',
    '012',
    '~',
    'ref',
    '\u2028',
    '%',
    '@',
    '`',
  )
  const mutation = fc.tuple(fc.nat(good.length), fc.nat(12), fc.oneof(piece, fc.constant('')))
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 5 }), async (mutations) => {
      const text = mutations.reduce(
        (all, [at, cut, put]) => all.slice(0, at) + put + all.slice(at + cut),
        good,
      )
      const desired = await read(text)
      const lines = text.split('\n').length
      for (const problem of desired.problems) {
        expect(problem.line).toBeGreaterThanOrEqual(1)
        expect(problem.line).toBeLessThanOrEqual(lines)
        expect(problem.column).toBeGreaterThanOrEqual(1)
      }
      if (errors(desired).length > 0) expect(desired.stopped).toEqual(['default'])
    }),
    { numRuns: 120, seed },
  )
})

test('values of wrong types anywhere never make the rules throw', async () => {
  const junk = fc.constantFrom(
    '1',
    'x',
    '[]',
    '{}',
    '[x]',
    '{ a: b }',
    'true',
    '""',
    '[[]]',
    '[{}]',
    '-1',
  )
  const places = [...good.matchAll(/: +(\S.*)$/gm)].map((match) => ({
    at: match.index,
    whole: match[0],
  }))
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(places, { minLength: 1, maxLength: 3 }),
      junk,
      async (some, put) => {
        const text = some.reduceRight(
          (all, { at, whole }) => `${all.slice(0, at)}: ${put}${all.slice(at + whole.length)}`,
          good,
        )
        await read(text)
      },
    ),
    { numRuns: 120, seed },
  )
})
