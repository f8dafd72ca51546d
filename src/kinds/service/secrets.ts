/** The secrets and parameters that the containers of a task definition get, as AWS is asked for them. */
import type { TaskDefinition } from '@aws-sdk/client-ecs'
import { AwsFailure } from '../../errors.ts'
import type { ObserveContext } from '../../kind.ts'

export interface SecretSource {
  readonly service: 'ssm' | 'secretsmanager'
  /** A parameter's name, or a secret's ARN without a key, a stage or a version behind it. */
  readonly id: string
  /** As people know it. */
  readonly name: string
}

/** A parameter by name or ARN, or a secret by ARN; undefined where a version is pinned: that never changes. */
export function sourceOf(text: string): SecretSource | undefined {
  if (!text.startsWith('arn:')) return { service: 'ssm', id: text, name: text }
  const [, , service, , , type = '', ...rest] = text.split(':')
  if (service === 'ssm' && type.startsWith('parameter/')) {
    const path = type.slice('parameter'.length)
    // A name without a path has a slash in its ARN alone.
    const id = path.lastIndexOf('/') === 0 ? path.slice(1) : path
    return { service, id, name: id }
  }
  const [name = '', , , version] = rest
  if (service !== 'secretsmanager' || version) return undefined
  return { service, id: text.split(':').slice(0, 7).join(':'), name }
}

/** Read once per revision: its content never changes. */
export async function secretsOf(
  arn: string,
  { read, memory }: ObserveContext,
): Promise<readonly SecretSource[]> {
  const place = `secrets:${arn}`
  if (!memory.has(place)) {
    try {
      const { taskDefinition } = await read<{ taskDefinition?: TaskDefinition }>(
        'ecs:DescribeTaskDefinition',
        { taskDefinition: arn },
      )
      const texts = (taskDefinition?.containerDefinitions ?? []).flatMap(({ secrets = [] }) =>
        secrets.flatMap(({ valueFrom }) => valueFrom ?? []),
      )
      const sources = texts.flatMap((text) => sourceOf(text) ?? [])
      const byId = new Map(sources.map((source) => [source.id, source]))
      memory.set(place, [...byId.values()])
    } catch (error) {
      if (error instanceof AwsFailure) return []
      throw error
    }
  }
  return memory.get(place) as readonly SecretSource[]
}
