/** Questions put to a person on a terminal. */
import type { Asker } from './collect.ts'

/** Loaded only when somebody is there to be asked. */
export async function prompts(signal: AbortSignal): Promise<Asker> {
  const { confirm, input, select } = await import('@inquirer/prompts')
  const context = { signal }
  return {
    async ask({ type, message, choices = [], whether }, fallback, check) {
      const validate = (answer: string) => check(answer) ?? true
      if (whether && !(await confirm({ message: whether }, context))) return ''
      if (type === 'choice') {
        const list = choices.map((value) => ({ value }))
        return select({ message, choices: list, default: fallback }, context)
      }
      if (type === 'yes') {
        return (await confirm({ message, default: fallback === 'yes' }, context)) ? 'yes' : 'no'
      }
      if (type !== 'list') return input({ message, default: fallback, validate }, context)
      const answers: string[] = []
      for (;;) {
        const text = `${message}, nothing to go on`
        const more = (answer: string) => (answer === '' ? true : validate(answer))
        const answer = await input({ message: text, validate: more }, context)
        if (answer === '') return answers
        answers.push(answer)
      }
    },
    more: (message) => confirm({ message, default: false }, context),
  }
}
