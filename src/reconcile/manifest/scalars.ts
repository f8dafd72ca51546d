/** Scalars as people write them, read as the schema wants them: what is coerced, and what is refused with "quote this". */
import type { JsonSchema } from '../../kind.ts'
import { nearest } from './suggest.ts'
import type { ScalarNode, TreeNode } from './tree.ts'

/**
 * A value, and in `note` what was made of it. With `wrong` it is refused; `value` is then what was probably meant, so
 * that one mistake does not look like several to the rules that come later.
 */
export interface Reading {
  readonly value?: unknown
  readonly note?: { readonly code: string; readonly message: string }
  readonly wrong?: { readonly code: string; readonly message: string; readonly hint?: string }
}

const decimal = /^-?(0|[1-9]\d*)(\.\d+)?$/
/** Text to YAML 1.2, a boolean, a date or a number to the YAML 1.1 that kustomize, Python and others read. */
const ambiguous = /^(yes|no|on|off|\d{4}-\d\d?-\d\d?([Tt ].*)?|\d+(_\d+)+)$/i
const templates = /\{\{.*?\}\}|\$\{[^}]*\}|<[A-Za-z][\w -]*>/s

/** The placeholder in a text that somebody forgot to fill: `{{ x }}`, `${X}`, `<X>`. */
export function unfilled(text: string): string | undefined {
  return templates.exec(text.slice(0, 2_000))?.[0]
}

/** Reads a scalar as text. `shown` is false where the value may be a secret. */
export function readText(node: ScalarNode, schema: JsonSchema, shown: boolean): Reading {
  const { value } = node
  const allowed = schema.enum as readonly string[] | undefined
  if (allowed !== undefined) {
    const word = typeof value === 'string' ? value : node.source
    return allowed.includes(word) ? { value: word } : notAllowed(word, allowed)
  }
  const seen = shown ? ` (${clip(node.source)})` : ''
  if (typeof value === 'number' || typeof value === 'boolean') {
    if (typeof value === 'boolean' || !decimal.test(node.source) || String(value) !== node.source) {
      return quoteThis(`must be text, but YAML reads a ${typeof value}${seen}`, node, shown)
    }
    // AWS takes task sizes as numbers, too.
    if (schema['x-unit'] !== undefined && Number.isInteger(value)) return { value: node.source }
    const message = `the number${seen} was taken as text`
    return { value: node.source, note: { code: 'NumberAsText', message } }
  }
  const text = String(value)
  if (node.plain && ambiguous.test(text)) {
    return quoteThis(
      `some YAML readers take this${seen} for something other than text`,
      node,
      shown,
    )
  }
  return sized(text, schema)
}

function notAllowed(text: string, allowed: readonly string[]): Reading {
  if (text === '') {
    return {
      value: undefined,
      note: { code: 'EmptyEnum', message: 'the empty text was taken as left out' },
    }
  }
  const value = nearest(text, allowed)
  const hint = value && `did you mean ${value}?`
  const message = `"${clip(text)}" is not allowed: expected ${orList(allowed)}`
  return { value, wrong: { code: 'NotAllowed', message, ...(hint ? { hint } : {}) } }
}

/** Sizes in words, as AWS takes and stores them: `.25 vcpu` is 256 CPU units, `0.5 GB` is 512 MiB. */
function sized(text: string, schema: JsonSchema): Reading {
  const unit = { vcpu: 'vcpu', memory: 'gb' }[String(schema['x-unit'])]
  const words = unit && new RegExp(`^\\s*(\\d+|\\d*\\.\\d+)\\s*${unit}\\s*$`, 'i').exec(text)
  if (!words) return { value: text }
  const value = String(Math.round(Number(words[1]) * 1024))
  return {
    value,
    note: { code: 'SizeInWords', message: `"${clip(text)}" was taken as ${value}` },
  }
}

function quoteThis(message: string, node: ScalarNode, shown: boolean): Reading {
  const hint = shown ? `quote this: "${clip(node.source)}"` : 'quote this'
  return { value: node.source, wrong: { code: 'QuoteThis', message, hint } }
}

/** Reads a scalar as a number, whole where the schema says `integer`. */
export function readNumber(node: ScalarNode, schema: JsonSchema): Reading {
  const whole = schema.type === 'integer'
  const expected = whole ? 'a whole number' : 'a number'
  if (typeof node.value === 'number') {
    if (node.plain && /^-?0\d/.test(node.source)) {
      const message = `some YAML readers take ${clip(node.source)} for an octal number`
      const hint = 'write it without the leading zero'
      return { value: node.value, wrong: { code: 'LeadingZero', message, hint } }
    }
    if (Number.isFinite(node.value) && (!whole || Number.isSafeInteger(node.value))) {
      return { value: node.value }
    }
  }
  if (typeof node.value === 'string' && decimal.test(node.value)) {
    const value = Number(node.value)
    if (!whole || Number.isSafeInteger(value)) {
      return {
        value,
        note: { code: 'TextAsNumber', message: `the text "${node.value}" was taken as a number` },
      }
    }
  }
  return mistyped(expected, node)
}

export function readBoolean(node: ScalarNode): Reading {
  if (typeof node.value === 'boolean') return { value: node.value }
  const text = String(node.value).toLowerCase()
  const meant = new Map([
    ['true', true],
    ['yes', true],
    ['on', true],
    ['false', false],
    ['no', false],
    ['off', false],
  ]).get(text)
  const hint = meant === undefined ? undefined : `write ${meant}`
  return { ...mistyped('true or false', node, hint), value: meant }
}

/** What the schema wants, and what is there instead. */
export function mistyped(expected: string, node: TreeNode, hint?: string): Reading {
  const message = `must be ${expected}, not ${describe(node)}`
  return { wrong: { code: 'WrongType', message, ...(hint ? { hint } : {}) } }
}

function describe(node: TreeNode): string {
  if (node.type !== 'scalar') return node.type === 'list' ? 'a list' : 'a map'
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'string') return `the text "${clip(node.value)}"`
  return typeof node.value === 'number' ? `the number ${clip(node.source)}` : String(node.value)
}

function clip(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ')
  return line.length > 60 ? `${line.slice(0, 57)}…` : line
}

function orList(words: readonly string[]): string {
  const shown = words.slice(0, 15)
  return words.length > 15
    ? `${shown.join(', ')}, …`
    : shown.join(', ').replace(/, ([^,]*)$/, ' or $1')
}
