/**
 * A document as a tree that knows where each value stands: aliases and merge keys resolved, keys unique, depth and
 * growth limited. What the library found wrong is said in our words.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  visit,
  type YAMLError,
  type YAMLMap,
  type Node as YamlNode,
} from 'yaml'

export interface ScalarNode {
  readonly type: 'scalar'
  readonly at: number
  readonly value: string | number | boolean | null
  /** As it is written in the file, without quotes. */
  readonly source: string
  /** Written without quotes or tag, so that YAML chose its type. */
  readonly plain: boolean
}

export interface ListNode {
  readonly type: 'list'
  readonly at: number
  readonly items: readonly TreeNode[]
}

export interface MapEntry {
  readonly key: string
  readonly at: number
  readonly value: TreeNode
}

export interface MapNode {
  readonly type: 'map'
  readonly at: number
  readonly entries: readonly MapEntry[]
}

/** A value and the offset of its first character. Keys in a map are unique; merge keys and aliases are resolved. */
export type TreeNode = ScalarNode | ListNode | MapNode

export const limits = {
  fileBytes: 1024 * 1024,
  documents: 5_000,
  depth: 64,
  /** Values that aliases and merge keys may add to a file. */
  aliased: 20_000,
} as const

/** A mistake that makes the rest of its document unreadable. Thrown by TreeReader alone, and caught by its caller. */
export class Unreadable extends Error {
  readonly at: number
  readonly code: string
  readonly hint: string | undefined
  constructor(at: number, code: string, message: string, hint?: string) {
    super(message)
    this.at = at
    this.code = code
    this.hint = hint
  }
}

/** Turns the library's nodes into ours. */
export class TreeReader {
  readonly #text: string
  #anchors = new Map<string, YamlNode>()
  /** Anchored nodes being read right now: an alias to one of them would never end. */
  #open = new Set<YamlNode>()
  #aliased = 0
  #insideAlias = 0
  /** Where the outermost alias stands that is being followed. */
  #aliasAt = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Undefined for a document without content. */
  read(document: Document.Parsed): TreeNode | undefined {
    const [error] = document.errors
    if (error !== undefined) throw this.#explain(error, document)
    const [warning] = document.warnings
    if (warning !== undefined) throw this.#explain(warning, document)
    this.#anchors = new Map()
    this.#open = new Set()
    this.#insideAlias = 0
    const root = document.contents
    if (root === null || (isScalar(root) && root.value === null)) return undefined
    return this.#node(root, 0)
  }

  #node(node: YamlNode | null, depth: number, at = 0): TreeNode {
    if (node === null) return { type: 'scalar', at, value: null, source: '', plain: true }
    const start = node.range?.[0] ?? at
    if (depth > limits.depth) {
      throw new Unreadable(
        start,
        'TooDeep',
        `nested too deeply: at most ${limits.depth} levels are read`,
      )
    }
    if (this.#insideAlias > 0 && ++this.#aliased > limits.aliased) {
      throw new Unreadable(
        this.#aliasAt,
        'TooManyAliases',
        `aliases blow the file up to more than ${limits.aliased} further values`,
      )
    }
    if (isAlias(node))
      return this.#alias(node.source, start, (target) => this.#node(target, depth, start))
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node)
    if (isScalar(node))
      return this.#scalar(node.value, node.source, node.type === 'PLAIN' && !node.tag, start)
    this.#open.add(node)
    try {
      if (isSeq(node)) {
        const items = node.items.map((item) =>
          this.#node(item as YamlNode | null, depth + 1, start),
        )
        return { type: 'list', at: start, items }
      }
      if (isMap(node)) return { type: 'map', at: start, entries: this.#entries(node, depth) }
    } finally {
      this.#open.delete(node)
    }
    throw new Unreadable(start, 'NotYaml', 'this is neither a value, a list nor a map')
  }

  #scalar(value: unknown, source: string | undefined, plain: boolean, at: number): ScalarNode {
    const known =
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean' ||
      value === null
    const text = source ?? String(value)
    return { type: 'scalar', at, value: known ? value : text, source: text, plain }
  }

  #alias<T>(name: string, at: number, use: (target: YamlNode) => T): T {
    const target = this.#anchors.get(name)
    if (target === undefined) {
      throw new Unreadable(
        at,
        'UnknownAlias',
        `the alias *${name} has no anchor &${name} before it`,
      )
    }
    if (this.#open.has(target)) {
      throw new Unreadable(
        at,
        'CircularAlias',
        `the alias *${name} stands inside of its own anchor`,
      )
    }
    if (this.#insideAlias === 0) this.#aliasAt = at
    this.#insideAlias++
    const result = use(target)
    this.#insideAlias--
    return result
  }

  #entries(map: YAMLMap, depth: number): MapEntry[] {
    const own = new Map<string, MapEntry>()
    const merged = new Map<string, MapEntry>()
    for (const pair of map.items as Pair<YamlNode | null, YamlNode | null>[]) {
      const at = pair.key?.range?.[0] ?? map.range?.[0] ?? 0
      if (isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN') {
        for (const entry of this.#merge(pair.value, depth, at)) {
          if (!merged.has(entry.key)) merged.set(entry.key, entry)
        }
        continue
      }
      const key = this.#key(pair.key, at)
      if (own.has(key)) {
        const line = this.#line(own.get(key)!.at)
        throw new Unreadable(
          at,
          'DuplicateKey',
          `the key "${key}" is here a second time; the first is in line ${line}`,
        )
      }
      own.set(key, { key, at, value: this.#node(pair.value, depth + 1, at) })
    }
    for (const entry of merged.values()) if (!own.has(entry.key)) own.set(entry.key, entry)
    return [...own.values()]
  }

  #merge(value: YamlNode | null, depth: number, at: number): readonly MapEntry[] {
    if (this.#insideAlias === 0) this.#aliasAt = at
    this.#insideAlias++
    const tree = this.#node(value, depth + 1, at)
    this.#insideAlias--
    if (tree.type === 'map') return tree.entries
    if (tree.type === 'list' && tree.items.every((item) => item.type === 'map')) {
      return tree.items.flatMap((item) => (item.type === 'map' ? item.entries : []))
    }
    throw new Unreadable(at, 'BadMerge', 'a merge key << takes a map, or a list of maps')
  }

  #key(node: YamlNode | null, at: number): string {
    if (isAlias(node)) return this.#alias(node.source, at, (target) => this.#key(target, at))
    if (!isScalar(node)) {
      if (this.#text.startsWith('{{', at - 1)) throw placeholder(at - 1)
      if (this.#text.startsWith('{{', at)) throw placeholder(at)
      throw new Unreadable(at, 'BadKey', 'a list, a map or nothing cannot be a key')
    }
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node)
    const key = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
    if (key === '__proto__')
      throw new Unreadable(at, 'ReservedKey', 'the key "__proto__" is refused')
    return key
  }

  #line(offset: number): number {
    let line = 1
    for (
      let at = this.#text.indexOf('\n');
      at >= 0 && at < offset;
      at = this.#text.indexOf('\n', at + 1)
    )
      line++
    return line
  }

  /** The library's error in our words where people meet it often. */
  #explain(error: YAMLError, document: Document.Parsed): Unreadable {
    const at = Math.min(error.pos[0], this.#text.length)
    const start = this.#text.lastIndexOf('\n', Math.max(at - 1, 0)) + 1
    const open = this.#text.indexOf('{{', start)
    const end = this.#text.indexOf('\n', at)
    if (open >= 0 && (end < 0 || open < end)) return placeholder(open)
    if (error.code === 'TAB_AS_INDENT') {
      return new Unreadable(
        at,
        'TabIndentation',
        'a tab in the indentation: YAML takes spaces only',
      )
    }
    if (error.code === 'TAG_RESOLVE_FAILED') {
      return new Unreadable(
        at,
        'UnknownTag',
        `${lowerFirst(error.message)}; write the value plainly`,
      )
    }
    if (error.code === 'MISSING_CHAR' && /quote/.test(error.message)) {
      const opened = lastQuoted(document) ?? at
      return new Unreadable(opened, 'NotYaml', 'not YAML: the quote that opens here never closes')
    }
    if (error.code === 'BLOCK_AS_IMPLICIT_KEY') {
      return new Unreadable(
        at,
        'NotYaml',
        'not YAML: a second "key: value" inside of a value',
        'mend the indentation, or quote the value',
      )
    }
    return new Unreadable(at, 'NotYaml', `not YAML: ${lowerFirst(error.message)}`)
  }
}

function lastQuoted(document: Document.Parsed): number | undefined {
  let last: number | undefined
  visit(document, {
    Scalar: (_, node) => {
      if (node.type?.startsWith('QUOTE')) last = node.range?.[0] ?? last
    },
  })
  return last
}

function placeholder(at: number): Unreadable {
  return new Unreadable(
    at,
    'Placeholder',
    'an unfilled placeholder {{ … }}: this is a template, not a manifest',
    'render it first, or quote it if it is meant so',
  )
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
