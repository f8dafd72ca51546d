/** The task definitions that services run: of each family one revision, since a manifest describes a family. */
import type { Read } from '../../kind.ts'
import { type EcsTag, fromTagList } from '../../tags.ts'
import type { Found } from './found.ts'
import type { Remark } from './looker.ts'

interface Described {
  readonly taskDefinition?: Readonly<Record<string, unknown>> & {
    readonly family?: string
    readonly revision?: number
    readonly status?: string
  }
  readonly tags?: readonly EcsTag[]
}

/** By the newest revision of each family that a service runs; beside the service of its name, else the first of them. */
export async function tasksOf(
  services: readonly Found[],
  read: Read,
  remark: Remark,
): Promise<Found[]> {
  const users = new Map<string, Found>()
  for (const service of services) {
    const members = service.live.state.members as Record<string, unknown>
    const { taskDefinition: arn } = members
    if (typeof arn !== 'string') continue
    const namesake = arn.includes(`/${service.service}:`)
    const known = users.get(arn)
    if (!known || (namesake && known.service !== service.service)) users.set(arn, service)
  }
  const families = new Map<string, Found & { readonly revision: number }>()
  await Promise.all(
    [...users].map(async ([arn, { cluster, service }]) => {
      const { taskDefinition, tags } = await read<Described>('ecs:DescribeTaskDefinition', {
        taskDefinition: arn,
        include: ['TAGS'],
      })
      const { family = '', revision = 0, status } = taskDefinition ?? {}
      if (status !== 'ACTIVE') {
        const name = arn.split('/').pop()
        remark(`TaskDefinition ${name}: is no longer active, and not imported: services name it`)
        return
      }
      if ((families.get(family)?.revision ?? 0) > revision) return
      families.set(family, {
        kind: 'TaskDefinition',
        revision,
        live: {
          key: '',
          identity: { name: family, parts: {} },
          attributes: { name: family, arn },
          tags: fromTagList(tags),
          state: { base: { arn, definition: taskDefinition ?? {} } },
        },
        cluster,
        ...(service === undefined ? {} : { service }),
        names: [family],
      })
    }),
  )
  return [...families.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found)
}
