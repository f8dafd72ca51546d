/** Where in a text an annotation goes, in the style that its neighbours are written in. Pure. */
import { isMap, isScalar, type Pair, type YAMLMap, type Node as YamlNode } from 'yaml'

/** `put` takes the place of what stands between the offsets. */
export interface Edit {
  readonly from: number
  readonly to: number
  readonly put: string
}

export interface Style {
  readonly text: string
  readonly eol: string
  /** Keys are quoted. */
  readonly json: boolean
}

type Entry = Pair<YamlNode | null, YamlNode | null>

const entries = (map: YAMLMap) => map.items as Entry[]

const startOf = ({ key }: Entry): number => key?.range?.[0] ?? 0

/** Behind the value, or behind the colon where there is none. */
const endOf = ({ key, value }: Entry): number => value?.range?.[1] ?? key?.range?.[1] ?? 0

const lineStart = (text: string, offset: number) => text.lastIndexOf('\n', offset - 1) + 1

/** The start of the next line; the end of the text where there is none. */
function lineEnd(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

const columnOf = (text: string, offset: number) => offset - lineStart(text, offset)

function written({ json }: Style, key: string, value: string): string {
  return `${json ? JSON.stringify(key) : key}: ${value}`
}

// ------------------------------------------------------------------ setting

export function setting(
  style: Style,
  metadata: Entry,
  annotations: Entry | undefined,
  name: string,
  value: string,
): Edit {
  const map = metadata.value as YAMLMap
  const text = JSON.stringify(value)
  if (!annotations) {
    if (map.flow)
      return intoFlow(style, map, written(style, 'annotations', flow(style, name, text)))
    const step =
      columnOf(style.text, startOf(entries(map)[0]!)) - columnOf(style.text, startOf(metadata))
    return intoBlock(style, map, [
      'annotations:',
      `${' '.repeat(Math.max(step, 2))}${name}: ${text}`,
    ])
  }
  const { value: inside } = annotations
  if (!isMap(inside)) return intoNothing(style, map, annotations, name, text)
  const own = entries(inside).find(({ key }) => isScalar(key) && key.value === name)
  if (own) return replacing(style, own, text)
  if (inside.flow) return intoFlow(style, inside, written(style, name, text))
  return intoBlock(style, inside, [`${name}: ${text}`])
}

const flow = (style: Style, name: string, text: string) => `{ ${written(style, name, text)} }`

/** `annotations:` with nothing behind it, or null. */
function intoNothing(style: Style, map: YAMLMap, pair: Entry, name: string, text: string): Edit {
  const [from, to] = pair.value?.range ?? [endOf(pair), endOf(pair)]
  if (from < to || map.flow) {
    const space = style.text[from - 1] === ' ' ? '' : ' '
    return { from, to, put: `${from < to ? '' : space}${flow(style, name, text)}` }
  }
  const indent = columnOf(style.text, startOf(pair)) + 2
  return atLine(style, lineEnd(style.text, endOf(pair)), [`${' '.repeat(indent)}${name}: ${text}`])
}

function replacing({ text, eol }: Style, { value, key }: Entry, put: string): Edit {
  const [from, to] = value?.range ?? [key!.range![1], key!.range![1]]
  if (from === to) return { from, to, put: text[from - 1] === ' ' ? put : ` ${put}` }
  return { from, to, put: text[to - 1] === '\n' ? put + eol : put }
}

function intoBlock(style: Style, map: YAMLMap, lines: readonly string[]): Edit {
  const { text } = style
  const indent = ' '.repeat(columnOf(text, startOf(entries(map)[0]!)))
  return atLine(
    style,
    lineEnd(text, endOf(entries(map).at(-1)!)),
    lines.map((line) => indent + line),
  )
}

function atLine({ text, eol }: Style, at: number, lines: readonly string[]): Edit {
  const open = at > 0 && text[at - 1] !== '\n'
  return { from: at, to: at, put: open ? eol + lines.join(eol) : lines.join(eol) + eol }
}

function intoFlow({ text, eol }: Style, map: YAMLMap, pair: string): Edit {
  const [first] = entries(map)
  const last = entries(map).at(-1)
  const open = map.range![0]
  if (!first || !last) return { from: open, to: map.range![1], put: `{ ${pair} }` }
  const at = endOf(last)
  const own = /\n\s*$/.test(text.slice(open, startOf(first)))
  const indent = ' '.repeat(columnOf(text, startOf(last)))
  return { from: at, to: at, put: own ? `,${eol}${indent}${pair}` : `, ${pair}` }
}

// ------------------------------------------------------------------ taking away

export function removal(
  style: Style,
  metadata: YAMLMap,
  annotations: Entry | undefined,
  name: string,
): Edit {
  const inside = annotations?.value as YAMLMap
  const own = entries(inside).find(({ key }) => isScalar(key) && key.value === name)!
  if (entries(inside).length > 1) return without(style, inside, own)
  // Comments between the two belong to somebody: the empty map is left to them.
  const between = style.text.slice(endOf({ ...annotations!, value: null } as Entry), startOf(own))
  if (!inside.flow && between.includes('#')) {
    const { from, to } = without(style, inside, own)
    const colon = style.text.indexOf(':', endOf({ ...annotations!, value: null } as Entry)) + 1
    return { from: colon, to, put: ` {}${style.text.slice(colon, from)}` }
  }
  return without(style, metadata, annotations!)
}

function without({ text, eol }: Style, map: YAMLMap, pair: Entry): Edit {
  const all = entries(map)
  const i = all.indexOf(pair)
  if (!map.flow) {
    const from = lineStart(text, startOf(pair))
    const to = lineEnd(text, endOf(pair))
    // A last line that no line end closes stays so.
    const open = to === text.length && !text.endsWith('\n')
    return { from: open ? from - eol.length : from, to, put: '' }
  }
  const [before, next] = [all[i - 1], all[i + 1]]
  if (before) return { from: endOf(before), to: endOf(pair), put: '' }
  if (next) return { from: startOf(pair), to: startOf(next), put: '' }
  return { from: map.range![0], to: map.range![1], put: '{}' }
}
