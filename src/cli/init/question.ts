/** A question of `fairlead init`: a flag, a prompt and a default; and what is usually wrong with answers. Pure. */
import { readBlock } from '../../kit/cidr.ts'

/** What was said so far, by question. Lists are those questions that may be answered several times. */
export type Said = Readonly<Record<string, string | readonly string[]>>

export interface Question {
  /** The flag without its dashes, and the name of the answer. */
  readonly name: string
  readonly message: string
  /** A list is asked for until nothing more comes. */
  readonly type: 'text' | 'number' | 'choice' | 'yes' | 'list'
  readonly choices?: readonly string[]
  /** What a choice means, for a person who has to choose. */
  readonly meanings?: Readonly<Record<string, string>>
  readonly fallback: string | ((said: Said) => string)
  readonly when?: (said: Said) => boolean
  /** What is wrong with an answer; undefined when it is fine. */
  readonly check?: (answer: string, said: Said) => string | undefined
  /** Of a list: the fewest answers. */
  readonly least?: number
  /** Asked first of a person, where nothing is an answer too and not the default: no means nothing. */
  readonly whether?: string
  /** What stands for the value in the help. */
  readonly value?: string
  /** Under which heading a person is asked. */
  readonly part?: string
}

/** The same questions under a heading. */
export const under = (part: string, questions: readonly Question[]): readonly Question[] =>
  questions.map((question) => ({ ...question, part }))

export const text = (said: Said, name: string): string => String(said[name] ?? '')
export const onEc2 = (said: Said) => said.launch === 'ec2'
export const onFargate = (said: Said) => said.launch === 'fargate'

export const named = (answer: string) =>
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(answer)
    ? undefined
    : 'small letters, digits and hyphens, at most 63'

export const matching = (pattern: RegExp, expected: string) => (answer: string) =>
  pattern.test(answer) ? undefined : expected

export const whole = (least: number, most: number) => (answer: string) => {
  const number = Number(answer)
  const fits = answer !== '' && Number.isInteger(number) && number >= least && number <= most
  return fits ? undefined : `a whole number from ${least} to ${most}`
}

export const ids = (prefix: string) =>
  matching(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `an id: ${prefix}-…`)

/** A block of IPv4 addresses. */
export const block = (least: number, most: number, expected: string) => (answer: string) => {
  const read = readBlock(answer)
  const fits = read?.family === 4 && read.prefix >= least && read.prefix <= most
  return fits ? undefined : expected
}
