/**
 * One file's bytes to its documents. What comes in is hostile until proven otherwise: sizes, depth and the growth by
 * aliases are limited, and nothing is ever thrown.
 */
import { Composer, type CST, type Document, LineCounter, Parser } from 'yaml'
import type { Position, Problem, SourceFile } from '../../model.ts'
import { limits, type TreeNode, TreeReader, Unreadable } from './tree.ts'

export interface ParsedFile {
  readonly documents: readonly TreeNode[]
  readonly problems: readonly Problem[]
  /** Line and column of an offset. */
  readonly place: (offset: number) => Position
}

/** Reads YAML or JSON (which is YAML too). Documents without content are left out. */
export function parseFile(file: Pick<SourceFile, 'path' | 'bytes'>): ParsedFile {
  const lines = new LineCounter()
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file: file.path, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const documents: TreeNode[] = []
  const problems: Problem[] = []
  const report = (at: number, code: string, message: string, hint?: string) =>
    problems.push({ ...place(at), code, severity: 'error', message, ...(hint ? { hint } : {}) })

  const text = decode(file.bytes, lines, report)
  if (text === undefined) return { documents, problems, place }
  const reader = new TreeReader(text)
  for (const document of compose(text, lines, report)) {
    if (documents.length >= limits.documents) {
      report(document.range[0], 'TooManyDocuments', `more than ${limits.documents} documents`)
      break
    }
    try {
      const root = reader.read(document)
      if (root !== undefined) documents.push(root)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      report(error.at, error.code, error.message, error.hint)
    }
  }
  return { documents, problems, place }
}

type Report = (at: number, code: string, message: string, hint?: string) => void

function decode(bytes: Uint8Array, lines: LineCounter, report: Report): string | undefined {
  lines.addNewLine(0)
  if (bytes.length > limits.fileBytes) {
    const size = (bytes.length / 1024 / 1024).toFixed(1)
    report(
      0,
      'FileTooLarge',
      `the file has ${size} MiB; at most 1 MiB is read`,
      'split it, or take it out of the folder',
    )
    return undefined
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const nul = text.indexOf('\0')
    if (nul < 0) {
      lines.lineStarts.length = 0
      return text
    }
    countLines(text, nul, lines)
    report(nul, 'NotText', 'the file holds a NUL byte, so it is not text')
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes)
    const bad = Math.max(text.indexOf('\uFFFD'), 0)
    countLines(text, bad, lines)
    report(bad, 'NotUtf8', 'the file is not UTF-8 from here on', 'save it as UTF-8')
  }
  return undefined
}

function countLines(text: string, end: number, lines: LineCounter): void {
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
    lines.addNewLine(at + 1)
  }
}

/**
 * The library composes nodes by recursion, and V8 may abort the process when a regular expression is compiled at
 * the end of the stack. So depth is measured on the flat parser's tokens before.
 */
function* compose(text: string, lines: LineCounter, report: Report): Iterable<Document.Parsed> {
  // Duplicate keys are found below: the library's own check is quadratic.
  const composer = new Composer({
    version: '1.2',
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
  })
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    const deep = token.type === 'document' ? tooDeep(token) : undefined
    if (deep === undefined) yield* composer.next(token) as Iterable<Document.Parsed>
    else report(deep, 'TooDeep', `nested too deeply: at most ${limits.depth} levels are read`)
  }
  yield* composer.end() as Iterable<Document.Parsed>
}

/** The offset of the first token below the depth limit. */
function tooDeep(document: CST.Document): number | undefined {
  const open: { token: CST.Token | null | undefined; depth: number }[] = [
    { token: document.value, depth: 0 },
  ]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next
    if (!token || !('items' in token)) continue
    if (depth > limits.depth) return token.offset
    for (const item of token.items) {
      open.push({ token: item.key, depth: depth + 1 }, { token: item.value, depth: depth + 1 })
    }
  }
  return undefined
}
