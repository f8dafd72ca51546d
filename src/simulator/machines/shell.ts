/** As much of a shell as user data needs: which lines a script writes into one file. Nothing is run. */

interface Command {
  readonly words: string[]
  /** The file that its output goes to. */
  target?: string
  /** What it reads from a here document. */
  input?: string
  /** Its output is the next command's input. */
  piped?: boolean
}

/** The lines that a script writes into `path`, by echo, printf, cat or tee. */
export function configWritten(script: string, path: string): string[] {
  const lines: string[] = []
  let before: string | undefined
  for (const command of grouped(parse(script))) {
    const output = outputOf(command, before)
    before = command.piped ? output : undefined
    const name = command.words[0] === 'sudo' ? command.words[1] : command.words[0]
    const writes = command.target === path || (name === 'tee' && command.words.includes(path))
    if (writes && output !== undefined) lines.push(...output.split('\n'))
  }
  return lines
}

function outputOf({ words, input }: Command, before: string | undefined): string | undefined {
  const [name, ...args] = words[0] === 'sudo' ? words.slice(1) : words
  if (name === 'echo') {
    const text = args.filter((one) => !/^-[neE]+$/.test(one)).join(' ')
    return args[0]?.startsWith('-') && args[0].includes('e') ? text.replaceAll('\\n', '\n') : text
  }
  if (name === 'printf') {
    const [format = '', ...values] = args
    return format.replaceAll('\\n', '\n').replace(/%s/g, () => values.shift() ?? '')
  }
  return name === 'cat' || name === 'tee' ? (input ?? before) : undefined
}

/** What a group in braces is redirected to is the target of each command in it. */
function grouped(commands: readonly Command[]): Command[] {
  const open: number[] = []
  for (const [i, { words, target }] of commands.entries()) {
    if (words[0] === '{' || words[0] === '(') {
      open.push(i)
      words.shift()
    }
    if (words[0] !== '}' && words[0] !== ')') continue
    const from = open.pop() ?? i
    if (target !== undefined) for (const one of commands.slice(from, i)) one.target ??= target
  }
  return [...commands]
}

/** Splits a script into commands; variables that it sets to plain texts are filled in. */
function parse(script: string): Command[] {
  const commands: Command[] = []
  const variables = new Map<string, string>()
  const lines = script.replaceAll('\\\n', '').split(/\r?\n/)
  for (let i = 0; i < lines.length; i++) {
    const { found, hereEnd, literal } = parseLine(lines[i] ?? '', variables)
    if (hereEnd !== undefined) {
      const body: string[] = []
      for (i++; i < lines.length && (lines[i] ?? '').trim() !== hereEnd; i++) {
        body.push(literal ? (lines[i] ?? '') : expand(lines[i] ?? '', variables))
      }
      const reader = found.find((one) => one.input === '') ?? found[0]
      if (reader) reader.input = body.join('\n')
    }
    commands.push(...found)
  }
  return commands
}

function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (all, braced, plain) => {
    return variables.get(braced ?? plain) ?? (/^\d/.test(plain ?? '') ? all : '')
  })
}

function parseLine(line: string, variables: Map<string, string>) {
  const found: Command[] = []
  let current: Command = { words: [] }
  let hereEnd: string | undefined
  let literal = false
  const end = (piped: boolean) => {
    const assignment = /^(\w+)=([\s\S]*)$/.exec(current.words.at(-1) ?? '')
    const sets = current.words.length === 1 || current.words[0] === 'export'
    if (assignment && sets) variables.set(assignment[1] ?? '', assignment[2] ?? '')
    if (current.words.length > 0 || current.target !== undefined) {
      found.push(piped ? { ...current, piped } : current)
    }
    current = { words: [] }
  }
  const tokens = tokenize(line, variables)
  for (let i = 0; i < tokens.length; i++) {
    const { text, operator } = tokens[i] ?? { text: '' }
    if (!operator) current.words.push(text)
    else if (text === '>' || text === '>>') current.target = tokens[++i]?.text ?? ''
    else if (text === '<<' || text === '<<-') {
      const word = tokens[++i]
      hereEnd = word?.text ?? ''
      literal = word?.quoted ?? false
      current.input = ''
    } else end(text === '|')
  }
  end(false)
  return { found, hereEnd, literal }
}

interface Token {
  readonly text: string
  readonly operator?: boolean
  readonly quoted?: boolean
}

const operators = /^(<<-|<<|>>|>|&&|\|\||\||;|&)/

/** Words without their quotes, and operators. A comment ends the line. */
function tokenize(line: string, variables: ReadonlyMap<string, string>): Token[] {
  const tokens: Token[] = []
  let rest = line.trimStart()
  while (rest !== '') {
    if (rest.startsWith('#')) break
    const operator = operators.exec(rest)?.[0]
    if (operator) {
      tokens.push({ text: operator, operator: true })
      rest = rest.slice(operator.length).trimStart()
      continue
    }
    const word = takeWord(rest, variables)
    tokens.push(word)
    rest = rest.slice(word.length).trimStart()
  }
  return tokens
}

function takeWord(rest: string, variables: ReadonlyMap<string, string>) {
  let text = ''
  let quoted = false
  let i = 0
  while (i < rest.length && !/[\s;|&<>]/.test(rest[i] ?? '')) {
    const char = rest[i] ?? ''
    if (char === "'") {
      const close = closing(rest, i, "'")
      text += rest.slice(i + 1, close)
      quoted = true
      i = close + 1
    } else if (char === '"') {
      const close = closing(rest, i, '"')
      text += expand(rest.slice(i + 1, close).replace(/\\(["\\$`])/g, '$1'), variables)
      quoted = true
      i = close + 1
    } else if (char === '\\') {
      text += rest[i + 1] ?? ''
      i += 2
    } else {
      const plain = /^[^\s;|&<>'"\\]+/.exec(rest.slice(i))?.[0] ?? char
      text += expand(plain, variables)
      i += plain.length
    }
  }
  return { text, quoted, length: Math.max(i, 1) }
}

/** Where a quote ends; the end of the line when it does not. */
function closing(text: string, from: number, quote: string): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\' && quote === '"') i++
    else if (text[i] === quote) return i
  }
  return text.length
}
