/** Which machine image a launch template stands for where it names a parameter of the Parameter Store. */
import type { GetParametersResult } from '@aws-sdk/client-ssm'
import { AwsFailure } from '../../errors.ts'
import { inBatches, type ObserveContext } from '../../kind.ts'

export interface Image {
  /** Absent where it cannot be told now. */
  readonly id?: string
  /** The parameter that names it. */
  readonly parameter?: string
  /** Of the ECS agent in it, where AWS describes the image. */
  readonly agentVersion?: string
  /** There is no such parameter: nothing can be launched. */
  readonly missing?: true
}

/** The limit of GetParameters. */
const batch = 10

/** AWS publishes images every few weeks: what was read a moment ago is read again only after this. */
const freshMs = 5 * 60_000

/** `name`, `name:3` or `name:label` of `resolve:ssm:…`. */
export function parameterOf(imageId: unknown): string | undefined {
  return typeof imageId === 'string' && imageId.startsWith('resolve:ssm:')
    ? imageId.slice('resolve:ssm:'.length)
    : undefined
}

/** Beside `…/recommended/image_id` stands `…/recommended`, which describes the image in JSON. */
const describing = (parameter: string) =>
  /\/recommended\/image_id$/.test(parameter) ? [parameter.replace(/\/image_id$/, '')] : []

interface Kept {
  readonly atMs: number
  /** Undefined: there is none of that name. */
  readonly value: string | undefined
}

/** The images of all these ids together. What cannot be read is left open: it hinders nothing. */
export async function imagesOf(
  imageIds: readonly unknown[],
  { read, memory, now }: Pick<ObserveContext, 'read' | 'memory' | 'now'>,
): Promise<(imageId: unknown) => Image> {
  const names = imageIds.flatMap((id) => parameterOf(id) ?? [])
  const wanted = [...new Set(names.flatMap((name) => [name, ...describing(name)]))]
  const kept = (name: string) => memory.get(`ssm ${name}`) as Kept | undefined
  const stale = wanted.filter((name) => now - (kept(name)?.atMs ?? -freshMs) >= freshMs)
  await Promise.all(
    inBatches(stale, batch).map(async (Names) => {
      try {
        const { Parameters = [] } = await read<GetParametersResult>('ssm:GetParameters', { Names })
        const values = new Map(
          Parameters.map(({ Name, Selector = '', Value }) => [`${Name}${Selector}`, Value]),
        )
        for (const name of Names) {
          memory.set(`ssm ${name}`, { atMs: now, value: values.get(name) } satisfies Kept)
        }
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error
      }
    }),
  )
  return (imageId) => {
    const parameter = parameterOf(imageId)
    if (parameter === undefined) return typeof imageId === 'string' ? { id: imageId } : {}
    const known = kept(parameter)
    if (!known) return { parameter }
    if (known.value === undefined) return { parameter, missing: true }
    const [description] = describing(parameter)
    const agentVersion = description && agentIn(kept(description)?.value, known.value)
    return { parameter, id: known.value, ...(agentVersion ? { agentVersion } : {}) }
  }
}

/** The agent's version in a description of this very image. */
function agentIn(json: string | undefined, imageId: string): string | undefined {
  try {
    const { image_id: id, ecs_agent_version: version } = JSON.parse(json ?? '{}')
    return id === imageId && typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}
