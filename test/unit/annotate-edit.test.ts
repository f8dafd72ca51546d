/** Promise: an annotation is set, changed and taken away in files as people write them, and every other byte stays. */
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { editAnnotation } from '../../src/cli/annotate/edit.ts'

const suspend = 'fairlead.dev/suspend'

/** Sets it on the document that starts there, first by default. */
const set = (text: string, value: string | undefined, line = 1, column = 1, name = suspend) =>
  editAnnotation(text, { line, column }, name, value)

/** Lines that are in one text only: `+ …`, `- …`. */
function difference(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  let head = 0
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head++
  let tail = 0
  while (
    tail < Math.min(a.length, b.length) - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail++
  return [
    ...a.slice(head, a.length - tail).map((line) => `- ${line}`),
    ...b.slice(head, b.length - tail).map((line) => `+ ${line}`),
  ]
}

const spec = 'spec:\n  cluster: shop   # the old one\n\n  desiredCount: 02\n'

const block = `# Owned by the web team.
apiVersion: fairlead.dev/v1alpha1
kind: Service
metadata:
  name: web   # as in DNS
  annotations:
    # do not touch
    team.example/pager: "4711"  # Mo-Fr
    note: |
      two
      lines

  # labels come later
${spec}`

test('into a block of annotations, behind the last', () => {
  const edited = set(block, 'incident 4711', 2)
  expect(difference(block, edited!.text)).toEqual([`+     ${suspend}: "incident 4711"`])
  expect(edited!.text.split('\n')[edited!.line - 1]).toContain(suspend)
})

test('no annotations yet: a block of its own, as deep as the neighbours', () => {
  const text = 'kind: Service\nmetadata:\n    name: web\n    labels: { a: b } # x\nspec: {}\n'
  const edited = set(text, 'because')
  expect(difference(text, edited!.text)).toEqual([
    '+     annotations:',
    `+         ${suspend}: "because"`,
  ])
  expect(edited!.line).toBe(6)
})

test('flow style stays flow style', () => {
  const text = 'kind: Service\nmetadata: { name: web }   # short\nspec: {}\n'
  const edited = set(text, 'x')
  expect(edited!.text).toBe(
    `kind: Service\nmetadata: { name: web, annotations: { ${suspend}: "x" } }   # short\nspec: {}\n`,
  )
  const again = set(edited!.text, '2', 1, 1, 'fairlead.dev/retry')
  expect(again!.text).toContain(`{ ${suspend}: "x", fairlead.dev/retry: "2" } }   # short`)
})

test('flow style over several lines', () => {
  const text = 'kind: S\nmetadata: {\n  name: web,\n  annotations: {\n    a: b,\n  },\n}\n'
  expect(difference(text, set(text, 'x')!.text)).toEqual([`+     ${suspend}: "x",`])
})

test('of several documents, the one that is meant', () => {
  const other = 'kind: Cluster\nmetadata:\n  name: web\n'
  const text = `${other}---\n# second\n${block}...\n---\n${other}`
  const edited = set(text, 'x', 7)
  expect(difference(text, edited!.text)).toEqual([`+     ${suspend}: "x"`])
  const last = set(text, 'x', text.split('\n').length - 3)
  expect(last!.text.startsWith(`${text}`)).toBe(true)
  expect(last!.text.slice(text.length)).toBe(`  annotations:\n    ${suspend}: "x"\n`)
})

test('an item of a List', () => {
  const text =
    'kind: List\nitems:\n- kind: Service\n  metadata:\n    name: web\n- kind: Service\n  metadata: {name: api}\n'
  expect(difference(text, set(text, 'x', 3, 3)!.text)).toEqual([
    '+     annotations:',
    `+       ${suspend}: "x"`,
  ])
  expect(set(text, 'x', 6, 3)!.text).toContain(`{name: api, annotations: { ${suspend}: "x" }}`)
})

test('Windows line ends, a byte order mark, no last line end', () => {
  const text = `\uFEFF${block.replaceAll('\n', '\r\n')}`
  const edited = set(text, 'x', 2)!.text
  expect(edited.replace(`    ${suspend}: "x"\r\n`, '')).toBe(text)
  const open = 'kind: Service\nmetadata:\n  name: web'
  expect(set(open, 'x')!.text).toBe(`${open}\n  annotations:\n    ${suspend}: "x"`)
})

test('JSON stays JSON', () => {
  const pretty = JSON.stringify({ kind: 'Service', metadata: { name: 'web' }, spec: {} }, null, 2)
  for (const text of [pretty, JSON.stringify(JSON.parse(pretty)), `${pretty}\n`]) {
    const edited = set(text, 'say "why"')!.text
    expect(JSON.parse(edited).metadata).toEqual({
      name: 'web',
      annotations: { [suspend]: 'say "why"' },
    })
    expect(set(edited, undefined)!.text).toBe(text)
  }
})

test('anchors, merge keys and tags are kept', () => {
  const text = `kind: Service
metadata:
  name: &name web
  annotations:
    <<: &common { a: "1", ${suspend}: "false" }
    b: *name
spec: { tags: [{ key: n, value: *name }], more: *common }
`
  const edited = set(text, 'x')
  expect(difference(text, edited!.text)).toEqual([`+     ${suspend}: "x"`])
})

test('annotations without a value', () => {
  for (const empty of ['', ' # none', ' ~', ' {}', ' null   # none']) {
    const text = `kind: Service\nmetadata:\n  name: web\n  annotations:${empty}\nspec: {}\n`
    const edited = set(text, 'x')!.text
    const [document] = parseAllDocuments(edited)
    expect((document as { toJS(): unknown }).toJS()).toEqual({
      kind: 'Service',
      metadata: { name: 'web', annotations: { [suspend]: 'x' } },
      spec: {},
    })
    if (empty.includes('#')) expect(edited).toContain('# none')
  }
})

describe('a value that is there', () => {
  const withValue = (value: string) =>
    `kind: S\nmetadata:\n  annotations:\n    ${suspend}: ${value}\n    other: here\n  name: web\n`

  test('is replaced, whatever it is written in', () => {
    for (const value of [
      'plain text  # why',
      "'it''s'",
      '"x"',
      '>-\n      folded\n      text',
      '!!str 5',
    ]) {
      const edited = set(withValue(value), 'new')!.text
      const expected = withValue(value.includes('#') ? '"new"  # why' : '"new"')
      expect(edited.replace('!!str ', '')).toBe(expected)
    }
  })

  test('is left where it is right already', () => {
    expect(set(withValue('"new" # x'), 'new')).toBeUndefined()
  })

  test('goes with its line', () => {
    const text = withValue('|\n      some\n      text')
    expect(set(text, undefined)!.text).toBe(
      'kind: S\nmetadata:\n  annotations:\n    other: here\n  name: web\n',
    )
  })

  test('the last one takes its block along, but for what others wrote there', () => {
    const text = `kind: S\nmetadata:\n  annotations:\n    ${suspend}: x # tmp\n  name: web\n`
    expect(set(text, undefined)!.text).toBe('kind: S\nmetadata:\n  name: web\n')
    const commented = `kind: S\nmetadata:\n  annotations: # all\n    # why\n    ${suspend}: x\n  name: web\n`
    expect(set(commented, undefined)!.text).toBe(
      'kind: S\nmetadata:\n  annotations: {} # all\n    # why\n  name: web\n',
    )
  })
})

test('there and back again: not a byte is left behind', () => {
  const texts = [
    block,
    'kind: S\nmetadata: {name: web}\n',
    'kind: S\nmetadata:\n    name: web\n    z: 1',
  ]
  for (const text of texts) {
    const line = text.startsWith('#') ? 2 : 1
    const there = set(set(text, 'x', line)!.text, '2030-01-01', line, 1, `${suspend}-until`)!.text
    const back = set(there, undefined, line)!.text
    expect(set(back, undefined, line, 1, `${suspend}-until`)!.text).toBe(text)
  }
})

test('what would change something else is refused', () => {
  const shared = `kind: List
items:
- kind: Service
  metadata:
    name: web
    annotations: &all
      ${suspend}: x
- kind: Service
  metadata: { name: api, annotations: *all }
`
  expect(() => set(shared, 'y', 3, 3)).toThrow('without changing something else')
  expect(() => set(shared, undefined, 3, 3)).toThrow('without changing something else')
  expect(() => set(shared, 'y', 8, 3)).toThrow('cannot be set')
  const anchored = `kind: S\nmetadata:\n  name: web\n  annotations:\n    ${suspend}: &w x\nspec: { a: *w }\n`
  expect(() => set(anchored, 'y')).toThrow('without changing something else')
})
