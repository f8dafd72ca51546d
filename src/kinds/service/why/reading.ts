/** Reads that a report can do without: what may not be read is remembered and said, what fails otherwise is left out. */
import { AwsFailure } from '../../../errors.ts'
import type { ObserveContext } from '../../../kind.ts'
import type { Operation } from '../../../model.ts'

/** What was refused is asked for again after this time: somebody may have allowed it. */
const refusedForMs = 30 * 60_000

export interface Reading {
  /** The answer, or undefined where there is none to be had. */
  <Output>(what: string, operation: Operation, input: object): Promise<Output | undefined>
  /** `stopped tasks could not be read: needs ecs:ListTasks`. */
  readonly unread: Set<string>
  /** Something failed that may work the next time. */
  incomplete: boolean
}

/** One look asks each thing once, whoever wants to know. */
const looks = new WeakMap<ObserveContext, Map<string, Promise<unknown>>>()

function onceIn(context: ObserveContext) {
  const asked = looks.get(context) ?? new Map<string, Promise<unknown>>()
  looks.set(context, asked)
  return <Output>(operation: Operation, input: object): Promise<Output> => {
    const question = `${operation} ${JSON.stringify(input)}`
    const answer = asked.get(question) ?? context.read(operation, { ...input })
    asked.set(question, answer)
    return answer as Promise<Output>
  }
}

export function createReading(context: ObserveContext): Reading {
  const { memory, now } = context
  const read = onceIn(context)
  const unread = new Set<string>()
  const ask = async <Output>(what: string, operation: Operation, input: object) => {
    const key = `why:refused ${operation}`
    const refused = memory.get(key) as { atMs: number; denied: boolean } | undefined
    const say = (denied: boolean) => {
      if (denied) unread.add(`${what} could not be read: needs ${operation}`)
      return undefined
    }
    if (refused && now - refused.atMs < refusedForMs) return say(refused.denied)
    try {
      const answer = await read<Output>(operation, input)
      memory.delete(key)
      return answer
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error
      const denied = error.class === 'denied'
      if (denied || error.class === 'unsupported') memory.set(key, { atMs: now, denied })
      else if (error.class !== 'notFound' && error.class !== 'invalid') reading.incomplete = true
      return say(denied)
    }
  }
  const reading: Reading = Object.assign(ask, { unread, incomplete: false })
  return reading
}
