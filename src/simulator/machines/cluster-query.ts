/**
 * The cluster query language of `memberOf` constraints and of ListContainerInstances, as far as it speaks of instances.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
 */
import type { InstanceRecord, World } from '../world.ts'

/** An expression, ready to be asked. */
export type Query = (world: World, record: InstanceRecord) => boolean

type Values = (world: World, record: InstanceRecord) => readonly string[]

const cache = new Map<string, Query>()

/** Parses an expression. Throws a SyntaxError that says what was not understood. */
export function parseQuery(expression: string): Query {
  const known = cache.get(expression)
  if (known) return known
  const tokens = tokenize(expression)
  const query = parseOr(tokens)
  if (tokens.length > 0) throw new SyntaxError(`unexpected "${tokens[0]}" in "${expression}"`)
  if (cache.size > 1_000) cache.clear()
  cache.set(expression, query)
  return query
}

function tokenize(expression: string): string[] {
  const pattern =
    /\s*(\(|\)|\[|\]|,|&&|\|\||==|!=|=~|!~|>=|<=|>|<|!(?=\w)|!|"[^"]*"|'[^']*'|[^\s()[\],!=<>&|~]+)/y
  const tokens: string[] = []
  while (pattern.lastIndex < expression.trimEnd().length) {
    const at = pattern.lastIndex
    const match = pattern.exec(expression)
    if (!match)
      throw new SyntaxError(`unexpected "${expression.slice(at).trim()[0]}" in "${expression}"`)
    tokens.push(match[1] ?? '')
  }
  return tokens
}

function takes(tokens: string[], ...words: string[]): boolean {
  if (tokens[0] === undefined || !words.includes(tokens[0].toLowerCase())) return false
  tokens.shift()
  return true
}

function parseOr(tokens: string[]): Query {
  let left = parseAnd(tokens)
  while (takes(tokens, 'or', '||')) {
    const [a, b] = [left, parseAnd(tokens)]
    left = (world, record) => a(world, record) || b(world, record)
  }
  return left
}

function parseAnd(tokens: string[]): Query {
  let left = parseNot(tokens)
  while (takes(tokens, 'and', '&&')) {
    const [a, b] = [left, parseNot(tokens)]
    left = (world, record) => a(world, record) && b(world, record)
  }
  return left
}

function parseNot(tokens: string[]): Query {
  if (takes(tokens, 'not', '!')) {
    const inner = parseNot(tokens)
    return (world, record) => !inner(world, record)
  }
  if (takes(tokens, '(')) {
    const inner = parseOr(tokens)
    if (!takes(tokens, ')')) throw new SyntaxError('a closing parenthesis is missing')
    return inner
  }
  return parseComparison(tokens)
}

function parseComparison(tokens: string[]): Query {
  const subject = tokens.shift()
  if (!subject) throw new SyntaxError('the expression ends too early')
  const values = subjectOf(subject)
  const negated = takes(tokens, '!')
  const operator = tokens.shift()?.toLowerCase()
  if (operator === undefined) throw new SyntaxError(`an operator is missing after "${subject}"`)
  const test = testOf(operator, tokens)
  return (world, record) => test(values(world, record)) !== negated
}

function subjectOf(subject: string): Values {
  if (subject.startsWith('attribute:')) {
    const name = subject.slice('attribute:'.length)
    return (_, { instance }) =>
      (instance.attributes ?? []).filter((a) => a.name === name).map((a) => a.value ?? '')
  }
  if (subject === 'task:group') {
    return (world, { tasks }) => [...tasks].map((id) => world.tasks.get(id)?.task.group ?? '')
  }
  const members: Record<string, Values> = {
    agentconnected: (_, { instance }) => [String(instance.agentConnected)],
    agentversion: (_, { instance }) => [instance.versionInfo?.agentVersion ?? ''],
    ec2instanceid: (_, { instance }) => [instance.ec2InstanceId ?? ''],
    registeredat: (_, { instance }) => [instance.registeredAt?.toISOString() ?? ''],
    runningtaskscount: (_, { tasks }) => [String(tasks.size)],
    status: (_, { instance }) => [instance.status ?? ''],
  }
  const member = members[subject.toLowerCase()]
  if (!member) throw new SyntaxError(`unknown subject "${subject}"`)
  return member
}

type Test = (values: readonly string[]) => boolean

function testOf(operator: string, tokens: string[]): Test {
  if (operator === 'exists') return (values) => values.length > 0
  if (operator === '!exists' || operator === 'not_exists') return (values) => values.length === 0
  if (operator === 'in' || operator === 'not_in') {
    const list = parseList(tokens)
    const wanted = operator === 'in'
    return (values) => values.some((v) => list.includes(v)) === wanted
  }
  const argument = unquote(tokens.shift())
  const order = (check: (difference: number) => boolean): Test => {
    return (values) => values.some((v) => check(compare(v, argument)))
  }
  switch (operator) {
    case '==':
    case 'equals':
      return (values) => values.includes(argument)
    case '!=':
    case 'not_equals':
      return (values) => !values.includes(argument)
    case '=~':
    case 'matches':
    case '!~':
    case 'not_matches': {
      const pattern = globOf(argument)
      const wanted = operator === '=~' || operator === 'matches'
      return (values) => values.some((v) => pattern.test(v)) === wanted
    }
    case '>':
    case 'greater_than':
      return order((d) => d > 0)
    case '>=':
    case 'greater_than_equal':
      return order((d) => d >= 0)
    case '<':
    case 'less_than':
      return order((d) => d < 0)
    case '<=':
    case 'less_than_equal':
      return order((d) => d <= 0)
    default:
      throw new SyntaxError(`unknown operator "${operator}"`)
  }
}

/** A pattern of the query language: an expression in which `*` alone also stands for anything. */
function globOf(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text.replace(/(?<![.)\]])\*/g, '.*')})$`)
  } catch {
    throw new SyntaxError(`"${text}" is no valid pattern`)
  }
}

function compare(a: string, b: string): number {
  const difference = Number(a) - Number(b)
  if (!Number.isNaN(difference)) return difference
  return a.localeCompare(b, 'en', { numeric: true })
}

function parseList(tokens: string[]): string[] {
  if (!takes(tokens, '[')) throw new SyntaxError('a list in brackets is missing after "in"')
  const list: string[] = []
  while (!takes(tokens, ']')) {
    list.push(unquote(tokens.shift()))
    takes(tokens, ',')
  }
  return list
}

function unquote(token: string | undefined): string {
  if (token === undefined) throw new SyntaxError('the expression ends too early')
  return /^(["']).*\1$/.test(token) ? token.slice(1, -1) : token
}
