/** Questions put to a person on a terminal. */
import { existsSync } from 'node:fs'
import type { Io } from '../io.ts'
import { styleFor } from '../style.ts'
import type { Asker } from './collect.ts'
import type { Question } from './question.ts'

/** Loaded only when somebody is there to be asked. */
export async function prompts(io: Io): Promise<Asker> {
  const { confirm, input, select } = await import('@inquirer/prompts')
  const context = { signal: io.signal }
  const { bold } = styleFor(io)
  let heading: string | undefined

  async function several(
    { message, least = 0 }: Question,
    check: (answer: string) => true | string,
  ) {
    const answers: string[] = []
    for (;;) {
      const enough = answers.length >= least
      const answer = await input(
        {
          message: enough
            ? `${message}${answers.length > 0 ? ', another' : ''} (empty: go on)`
            : message,
          validate: (one) => (one === '' && enough ? true : check(one)),
        },
        context,
      )
      if (answer === '') return answers
      answers.push(answer)
    }
  }

  return {
    async ask(question, fallback, check) {
      const { type, message, choices = [], meanings, whether, part } = question
      if (part !== heading) io.stderr(`\n${bold(part ?? '')}\n`)
      heading = part
      const validate = (answer: string) =>
        check(answer) ?? (missing(question, answer) ? `there is no file ${answer}` : true)
      if (whether && !(await confirm({ message: whether }, context))) return ''
      if (type === 'choice') {
        const widest = Math.max(...choices.map(({ length }) => length))
        const list = choices.map((value) => ({
          value,
          name: meanings?.[value] ? `${value.padEnd(widest)}  ${meanings[value]}` : value,
          short: value,
          disabled: refused(check(value)),
        }))
        return select({ message, choices: list, default: fallback }, context)
      }
      if (type === 'yes') {
        return (await confirm({ message, default: fallback === 'yes' }, context)) ? 'yes' : 'no'
      }
      if (type === 'list') return several(question, validate)
      return input({ message, default: fallback, validate }, context)
    },
    async more(message) {
      // The next container has a heading of its own.
      heading = undefined
      return confirm({ message, default: false }, context)
    },
  }
}

const refused = (why: string | undefined) => (why === undefined ? false : `(${why})`)

const missing = ({ value }: Question, answer: string) =>
  value === 'file' && answer !== '' && !existsSync(answer)
