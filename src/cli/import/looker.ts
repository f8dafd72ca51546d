/** How import looks at what it has found the names of: through the kinds' own observers, for manifests that name it only. */
import type { Aws } from '../../aws/aws.ts'
import { stableJson } from '../../diff.ts'
import type { Kind } from '../../kind.ts'
import type { Environment, Live, Manifest } from '../../model.ts'
import { observe } from '../../reconcile/observe.ts'

type Members = Record<string, unknown>

/** Tells people of something; `lost`: it is in AWS, and will not be in the files, though it should. */
export type Remark = (line: string, lost?: 'lost') => void

export interface LookerInput {
  readonly aws: Aws
  readonly kinds: readonly Kind[]
  readonly owner: string
  readonly environment: Environment
  readonly now: number
  readonly remark: Remark
}

/** Those of the resources that are there; what cannot be read is told. */
export type Look = (kind: string, specs: readonly Members[]) => Promise<readonly Live[]>

const nowhere = { file: '', line: 0, column: 0 }

export function createLook(input: LookerInput): Look {
  const { aws, kinds, owner, environment, now, remark } = input
  return async (name, specs) => {
    const kind = kinds.find((one) => one.name === name)
    if (!kind || specs.length === 0) return []
    const manifests = specs.map(
      (spec, index): Manifest => ({
        key: `${environment.name}/${name}/${index}`,
        namespace: environment.name,
        kind: name,
        name: String(index),
        annotations: {},
        labels: {},
        spec,
        position: nowhere,
        positions: {},
        digest: '',
      }),
    )
    const identities = Object.fromEntries(
      manifests.map(({ key, spec }) => [key, kind.identify(spec, '', environment)]),
    )
    const seen = await observe({
      aws,
      kinds: [kind],
      environment,
      manifests,
      identities,
      index: [],
      owner,
      memories: new Map(),
      now,
    })
    return manifests.flatMap(({ key }) => {
      const answer = seen.get(key)
      if (answer?.found === 'unknown') {
        remark(`${name} ${identities[key]?.name}: could not be read: ${answer.message}`, 'lost')
      }
      return answer?.found === 'yes' ? [answer.live] : []
    })
  }
}

/** The same reads, sent once: looking, and planning what was written, ask the same things. Failures are asked again. */
export function remembering(aws: Aws): Aws {
  const answers = new Map<string, ReturnType<Aws>>()
  return (operation, input, more) => {
    const question = `${operation} ${stableJson(input)}`
    const known = answers.get(question)
    if (known) return known
    const answer = aws(operation, input, more)
    answers.set(question, answer)
    answer.catch(() => answers.delete(question))
    return answer
  }
}
