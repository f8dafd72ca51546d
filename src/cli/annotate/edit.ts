/**
 * One annotation of one document set or taken away, as an edit of the text: whatever else the file holds stays byte
 * for byte. What comes out is read again, and refused where anything else has changed. Pure.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
  visit,
  type YAMLMap,
  type Node as YamlNode,
} from 'yaml'
import { same } from '../../diff.ts'
import { UserError } from '../../errors.ts'
import { type Edit, removal, type Style, setting } from './splice.ts'

export interface Edited {
  readonly text: string
  /** Where the annotation stands, or stood. */
  readonly line: number
}

const mark = '\uFEFF'

/**
 * `at`: where the document starts, as its manifest says. `value` undefined: taken away. Undefined where there is nothing
 * to do. Throws UserError where the text cannot be edited so that nothing else changes.
 */
export function editAnnotation(
  text: string,
  at: { readonly line: number; readonly column: number },
  name: string,
  value: string | undefined,
): Edited | undefined {
  if (text.startsWith(mark)) {
    const inner = editAnnotation(text.slice(1), at, name, value)
    return inner && { ...inner, text: mark + inner.text }
  }
  const root = documentAt(text, at)
  const before = annotationsOf(root)
  if ((before[name] ?? undefined) === value) return undefined
  const edit = editFor(text, root, name, value)
  const edited = text.slice(0, edit.from) + edit.put + text.slice(edit.to)
  if (!isOnlyThat(text, edited, at, name, value)) throw byHand()
  const place = edit.from + Math.max(0, edit.put.indexOf(name))
  return { text: edited, line: edited.slice(0, place).split('\n').length }
}

const byHand = (hint = 'edit it by hand') =>
  new UserError('the annotation cannot be set without changing something else of the file', {
    hint,
  })

type Entry = Pair<YamlNode | null, YamlNode | null>

const pairOf = (map: YAMLMap, key: string) =>
  (map.items as Entry[]).find(({ key: one }) => isScalar(one) && one.value === key)

function documents(text: string) {
  const lines = new LineCounter()
  return { lines, parsed: parseAllDocuments(text, { lineCounter: lines, version: '1.2' }) }
}

function documentAt(text: string, at: { line: number; column: number }): YAMLMap {
  const { lines, parsed } = documents(text)
  const offset = (lines.lineStarts[at.line - 1] ?? 0) + at.column - 1
  let found: YAMLMap | undefined
  for (const document of Array.isArray(parsed) ? parsed : []) {
    visit(document, {
      Map(_, node) {
        if (node.range?.[0] !== offset || !pairOf(node, 'metadata')) return undefined
        found = node
        return visit.BREAK
      },
    })
  }
  if (!found) throw byHand('the file has changed since it was read: try again')
  return found
}

function annotationsOf(root: YAMLMap): Record<string, unknown> {
  const metadata = pairOf(root, 'metadata')?.value
  const annotations = isMap(metadata) ? pairOf(metadata, 'annotations')?.value : undefined
  if (!isMap(annotations)) return {}
  const own = (annotations.items as Entry[]).flatMap(({ key, value }) =>
    isScalar(key) ? [[String(key.value), isScalar(value) ? value.value : undefined]] : [],
  )
  return Object.fromEntries(own)
}

function editFor(text: string, root: YAMLMap, name: string, value: string | undefined): Edit {
  const metadata = pairOf(root, 'metadata')!
  if (!isMap(metadata.value)) throw byHand('its metadata is an alias: edit it by hand')
  const style: Style = {
    text,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    json: isScalar(metadata.key) && metadata.key.type === 'QUOTE_DOUBLE',
  }
  const annotations = pairOf(metadata.value, 'annotations')
  if (isAlias(annotations?.value)) throw byHand('its annotations are an alias: edit it by hand')
  return value === undefined
    ? removal(style, metadata.value, annotations, name)
    : setting(style, metadata, annotations, name, value)
}

/** Whether the documents say what they said before, but for the one annotation. */
function isOnlyThat(
  before: string,
  after: string,
  at: { line: number; column: number },
  name: string,
  value: string | undefined,
): boolean {
  let expected: Values | undefined
  let now: Values | undefined
  try {
    ;[expected, now] = [valuesIn(before, at), valuesIn(after, at)]
  } catch {
    // An alias without its anchor.
  }
  if (!expected || !now) return false
  if (value === undefined) delete expected.annotations[name]
  else expected.annotations[name] = value
  return same(expected.all, now.all)
}

interface Values {
  readonly all: unknown
  /** Those of the document; never absent, so that none and an empty map are equal. */
  readonly annotations: Record<string, unknown>
}

/** What the documents say, aliases followed; undefined where they cannot be read. */
function valuesIn(text: string, at: { line: number; column: number }): Values | undefined {
  const { parsed } = documents(text)
  if (!Array.isArray(parsed) || parsed.some(({ errors }) => errors.length > 0)) return undefined
  const root = documentAt(text, at)
  // Copied, so that an alias is a value of its own here, too.
  const all = parsed.map((document) => JSON.parse(JSON.stringify(document.toJS())))
  const index = parsed.findIndex(
    ({ contents }) => contents!.range![0] <= root.range![0] && root.range![0] < contents!.range![2],
  )
  const contents = parsed[index]!.contents
  const list = contents === null || sameStart(contents, root) ? undefined : itemsIn(contents)
  const item = list?.items.findIndex((one) => sameStart(one as YamlNode, root))
  const meant = item === undefined ? all[index] : all[index].items[item]
  meant.metadata.annotations ??= {}
  return { all, annotations: meant.metadata.annotations }
}

const sameStart = (a: YamlNode, b: YamlNode) => a.range?.[0] === b.range?.[0]

function itemsIn(contents: unknown) {
  const items = isMap(contents) ? pairOf(contents as YAMLMap, 'items')?.value : undefined
  return isSeq(items) ? items : undefined
}
