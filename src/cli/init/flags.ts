/** The questions as flags of the command line, and flags as answers. */
import { UserError } from '../../errors.ts'
import type { InitOptions } from '../init.ts'
import type { Given } from './collect.ts'
import { after, before, containerQuestions, type Question } from './questions.ts'

const ofContainers = new Set(containerQuestions.map(({ name }) => name))
const all: readonly Question[] = [...before, ...containerQuestions, ...after]

/** As the command line declares them. */
export const initFlags: readonly { flags: string; description: string; several: boolean }[] = [
  ...all.map((question) => ({
    flags: `--${question.name} <${question.value ?? question.type}>`,
    description: describe(question),
    several: question.type === 'list' || ofContainers.has(question.name),
  })),
  {
    flags: '--container <name>',
    description: 'a container; flags for a second one begin with its name: --image proxy=nginx',
    several: true,
  },
]

function describe({ message, choices, fallback, type, whether }: Question): string {
  const text = message.replace(/\?$/, '')
  const several = type === 'list' ? '; may be repeated' : ''
  const none = whether ? " ('': none)" : ''
  const values = choices ? `: ${choices.join(', ')}` : ''
  const usual = typeof fallback === 'string' && fallback !== '' ? ` (default ${fallback})` : ''
  const small = /^[A-Z][a-z ]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text
  return `${small}${none}${values}${several}${usual}`
}

/** What commander makes of `--on-demand-base`. */
const camel = (name: string) =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

export function initOptions(flags: Readonly<Record<string, unknown>>): InitOptions {
  const { ec2, fargate } = flags
  if (ec2 && fargate) throw new UserError('--ec2 and --fargate: only one of them can be')
  const given: Record<string, string | readonly string[]> = {}
  for (const name of [...all.map((question) => question.name), 'container']) {
    const value = flags[camel(name)]
    if (value !== undefined) given[name] = value as string | readonly string[]
  }
  return {
    out: String(flags.out),
    force: flags.force === true,
    yes: flags.yes === true,
    given: {
      ...given,
      ...(ec2 ? { launch: 'ec2' } : {}),
      ...(fargate ? { launch: 'fargate' } : {}),
    } satisfies Given,
  }
}
