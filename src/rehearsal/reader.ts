/** Reads AWS for a rehearsal: records each answer, and goes on where something cannot be read. */
import type { Aws } from '../aws/aws.ts'
import { AwsFailure } from '../errors.ts'
import type { Operation } from '../model.ts'

/** One answer of AWS as it came. */
export interface Recorded {
  readonly operation: Operation
  readonly input: Readonly<Record<string, unknown>>
  readonly output: Readonly<Record<string, unknown>>
}

export interface Reader {
  /** The function to read with; what it answers is recorded. */
  readonly aws: Aws
  readonly answers: readonly Recorded[]
  /** What could not be read, and why: one sentence each. */
  readonly gaps: ReadonlySet<string>
  /** One answer; undefined where it cannot be had, which is noted. */
  read<Output>(
    operation: Operation,
    input: Readonly<Record<string, unknown>>,
  ): Promise<Output | undefined>
  /** All pages of a list. `size` asks for so many a page, by the name that the operation has for it. */
  pages<Item>(
    operation: Operation,
    input: Readonly<Record<string, unknown>>,
    member: string,
  ): Promise<Item[]>
}

export function createReader(from: Aws): Reader {
  const answers: Recorded[] = []
  const gaps = new Set<string>()
  const aws: Aws = async (operation, input, options) => {
    const output = await from(operation, input, options)
    answers.push({ operation, input, output })
    return output
  }
  const read = async <Output>(
    operation: Operation,
    input: Readonly<Record<string, unknown>>,
  ): Promise<Output | undefined> => {
    try {
      return (await aws(operation, input)) as Output
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error
      if (error.class !== 'notFound') gaps.add(`${operation} was not answered (${error.code})`)
      return undefined
    }
  }
  return {
    aws,
    answers,
    gaps,
    read,
    async pages<Item>(
      operation: Operation,
      input: Readonly<Record<string, unknown>>,
      member: string,
    ) {
      const items: Item[] = []
      // AWS's services spell the token in three ways.
      const name = /^(ec2|autoscaling):/.test(operation)
        ? 'NextToken'
        : operation.startsWith('elasticloadbalancing:')
          ? 'Marker'
          : 'nextToken'
      let token: unknown
      do {
        const page: Record<string, unknown> | undefined = await read(operation, {
          ...input,
          ...(token ? { [name]: token } : {}),
        })
        items.push(...((page?.[member] ?? []) as Item[]))
        token = page?.[name === 'Marker' ? 'NextMarker' : name]
      } while (token)
      return items
    },
  }
}
