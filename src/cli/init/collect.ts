/** From flags, a person or defaults to answers. What asks is passed in. */
import { UserError } from '../../errors.ts'
import { after, before, containerQuestions, type Question, type Said } from './questions.ts'

/** What came by flags: by question, several for those that may be given several times. */
export type Given = Readonly<Record<string, string | readonly string[] | undefined>>

/** Asks a person. Absent: nobody is there, and defaults are taken. */
export interface Asker {
  ask(
    question: Question,
    fallback: string,
    check: (answer: string) => string | undefined,
  ): Promise<string | readonly string[]>
  more(message: string): Promise<boolean>
}

export interface Collected {
  readonly said: Said
  readonly containers: readonly Said[]
}

export async function collect(given: Given, asker?: Asker): Promise<Collected> {
  const said = await answers(before, given, {}, asker)
  const containers: Said[] = []
  if (said['task-definition'] !== '') {
    const names = [given.container ?? []].flat()
    const first = names[0] ?? (await nameOf(said, containers, asker))
    for (let name: string | undefined = first; name !== undefined; ) {
      const own = ofContainer(given, name, [first, ...names])
      const known = { ...said, ports: portsOf(containers) }
      containers.push({ ...(await answers(containerQuestions, own, known, asker)), name })
      const next: string | undefined = names[containers.length]
      if (next !== undefined) name = next
      else if (names.length === 0 && (await asker?.more('Another container in the task?')))
        name = await nameOf(said, containers, asker)
      else name = undefined
    }
  }
  const last = await answers(after, given, { ...said, ports: portsOf(containers) }, asker)
  return { said: { ...said, ...last }, containers }
}

const portsOf = (containers: readonly Said[]) =>
  containers.map(({ port }) => String(port)).filter((port) => port !== '0')

const containerName: Question = {
  name: 'container',
  message: 'Name of the container',
  type: 'text',
  fallback: 'web',
  part: 'Container',
}

async function nameOf(said: Said, others: readonly Said[], asker?: Asker): Promise<string> {
  const taken = new Set(others.map(({ name }) => name))
  const fallback = others.length === 0 ? String(said['task-definition']) : `side-${others.length}`
  const check = (name: string) => {
    if (taken.has(name)) return 'there is one of that name'
    return /^[\w-]{1,255}$/.test(name) ? undefined : 'letters, digits, - and _'
  }
  return asker ? String(await asker.ask(containerName, fallback, check)) : fallback
}

/** The flags of one container: those that begin with its name and `=`, and of the first also those without a name. */
function ofContainer(given: Given, name: string, names: readonly string[]): Given {
  const own: Record<string, string | string[]> = {}
  for (const question of containerQuestions) {
    const values = [given[question.name] ?? []].flat().flatMap((value) => {
      const prefix = names.find((other) => value.startsWith(`${other}=`))
      if (prefix !== undefined) return prefix === name ? [value.slice(prefix.length + 1)] : []
      return name === names[0] ? [value] : []
    })
    if (values.length === 0) continue
    own[question.name] = question.type === 'list' ? values : values.at(-1)!
  }
  return own
}

async function answers(
  questions: readonly Question[],
  given: Given,
  known: Said,
  asker?: Asker,
): Promise<Said> {
  let said: Said = known
  for (const question of questions) {
    if (question.when && !question.when(said)) continue
    const { name, fallback } = question
    const usual = typeof fallback === 'function' ? fallback(said) : fallback
    const check = (answer: string) => checked(question, answer, said)
    const flag = given[name]
    let answer: string | readonly string[]
    if (flag !== undefined)
      answer = question.type === 'list' ? [flag].flat() : String([flag].flat().at(-1))
    else if (asker) answer = await asker.ask(question, usual, check)
    else answer = question.type === 'list' ? [] : usual
    if (question.least && answer.length < question.least) {
      throw new UserError(`--${name}: at least ${question.least} is needed`)
    }
    for (const one of [answer].flat()) {
      const wrong = check(one)
      if (wrong) throw new UserError(`--${name} ${one}: ${wrong}`)
    }
    said = { ...said, [name]: answer }
  }
  return said
}

function checked(
  { type, choices, check }: Question,
  answer: string,
  said: Said,
): string | undefined {
  if (type === 'choice' && !choices?.includes(answer)) return `one of ${choices?.join(', ')}`
  if (type === 'yes' && !/^(yes|no)$/.test(answer)) return 'yes or no'
  return check?.(answer, said)
}
