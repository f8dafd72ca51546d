/**
 * What of an account is imported: clusters, their services, what these run and what scales them, and the capacity of
 * the clusters. Whatever else they name stays a plain id, name or ARN. Reads only.
 */
import { nameInArn, placeInArn } from '../../arn.ts'
import { isObject } from '../../diff.ts'
import { UserError } from '../../errors.ts'
import type { Read } from '../../kind.ts'
import { allPages } from '../../kit/finding.ts'
import type { Live } from '../../model.ts'
import { scalingOf } from './discover-scaling.ts'
import { tasksOf } from './discover-tasks.ts'
import type { Found } from './found.ts'
import { createLook, type Look, type LookerInput, type Remark } from './looker.ts'

type Members = Record<string, unknown>

export interface Discovery {
  readonly found: readonly Found[]
  readonly place?: { readonly account: string; readonly region: string }
}

export interface DiscoverInput extends LookerInput {
  /** By name; absent: all of the region. */
  readonly clusters?: readonly string[]
}

export async function discover(input: DiscoverInput): Promise<Discovery> {
  const read: Read = (operation, body) => input.aws(operation, body) as Promise<never>
  const look = createLook(input)
  const clusters = await clustersOf(input, read, look)
  const services = await servicesOf(clusters, read, look)
  tellControllers(services, input.remark)
  const [tasks, scaling, capacity] = await Promise.all([
    tasksOf(services, read, input.remark),
    scalingOf(services, read, look, input.remark),
    capacityOf(clusters, look, input.remark),
  ])
  const arn = clusters[0]?.live.attributes.arn
  return {
    found: [...clusters, ...capacity, ...tasks, ...services, ...scaling],
    ...(arn ? { place: placeInArn(arn) } : {}),
  }
}

const byName = (a: Live, b: Live) => (a.identity.name < b.identity.name ? -1 : 1)

/** People give a cluster's name or its ARN. */
const nameOf = (nameOrArn: string) => nameInArn(nameOrArn, 'ecs', 'cluster') ?? nameOrArn

/** What AWS Batch made: it deletes and remakes its clusters as it likes. */
function ofBatch({ identity, tags }: Live): boolean {
  const named = /^AWSBatch-|_Batch_[0-9a-f]{8}-[0-9a-f-]{27}$/.test(identity.name)
  return named || Object.keys(tags).some((key) => key.startsWith('aws:batch:'))
}

async function clustersOf(
  { clusters: asked, remark }: DiscoverInput,
  read: Read,
  look: Look,
): Promise<Found[]> {
  const names =
    asked?.map(nameOf) ?? (await listed(read, 'ecs:ListClusters', {}, 'clusterArns', 'cluster'))
  const lives = await look(
    'Cluster',
    [...new Set(names)].map((clusterName) => ({ clusterName })),
  )
  const there = new Set(lives.map(({ identity }) => identity.name))
  const missing = (asked ?? []).filter((name) => !there.has(nameOf(name)))
  if (missing.length > 0) {
    throw new UserError(`there is no cluster ${missing.join(', ')}`, {
      hint: 'is it the right account and region?',
    })
  }
  return [...lives].sort(byName).flatMap((live): Found[] => {
    const { name } = live.identity
    if (!ofBatch(live)) return [{ kind: 'Cluster', live, cluster: name, names: [name] }]
    remark(`Cluster ${name}: belongs to AWS Batch, and is not imported`)
    return []
  })
}

async function servicesOf(
  clusters: readonly Found[],
  read: Read,
  look: Look,
): Promise<readonly Found[]> {
  const names = await Promise.all(
    clusters.map(async ({ cluster }) => {
      const arns = await listed(read, 'ecs:ListServices', { cluster }, 'serviceArns', 'service')
      return arns.map((name) => ({ cluster, serviceName: name.split('/').pop() }))
    }),
  )
  const lives = await look('Service', names.flat())
  return [...lives].sort(byName).map((live) => {
    const { cluster = '', service = '' } = live.identity.parts
    return { kind: 'Service', live, cluster, service, names: [service, `${cluster}-${service}`] }
  })
}

/** What decides beside fairlead which tasks a service runs. */
function tellControllers(services: readonly Found[], remark: Remark): void {
  for (const { live } of services) {
    const { deploymentController } = live.state.members as { deploymentController?: Members }
    const type = deploymentController?.type ?? 'ECS'
    if (type === 'ECS') continue
    remark(
      `Service ${live.identity.name}: is deployed by ${type}, which goes on to decide what runs`,
    )
  }
}

/** Names of a list that ECS gives a hundred a page. */
async function listed(
  read: Read,
  operation: 'ecs:ListClusters' | 'ecs:ListServices',
  input: Members,
  member: string,
  type: string,
): Promise<string[]> {
  const arns = await allPages(async (nextToken) => {
    const page = await read(operation, {
      ...input,
      maxResults: 100,
      ...(nextToken ? { nextToken } : {}),
    })
    return { items: (page[member] ?? []) as string[], next: page.nextToken as string | undefined }
  })
  return arns.flatMap((arn) => nameInArn(arn, 'ecs', type) ?? [])
}

/** Capacity providers, the groups they stand on, and what these launch from; beside the first cluster that has them. */
async function capacityOf(
  clusters: readonly Found[],
  look: Look,
  remark: Remark,
): Promise<Found[]> {
  const homes = new Map<string, string>()
  for (const { live, cluster } of clusters) {
    for (const name of (live.state.capacityProviders ?? []) as string[]) {
      if (!/^FARGATE(_SPOT)?$/.test(name) && !homes.has(name)) homes.set(name, cluster)
    }
  }
  const providers = await look(
    'CapacityProvider',
    [...homes.keys()].map((name) => ({ name })),
  )
  const found: Found[] = []
  const groups = new Map<string, string>()
  for (const live of [...providers].sort(byName)) {
    const { name } = live.identity
    const provider = live.state.autoScalingGroupProvider as Members | undefined
    if (!provider) {
      remark(`CapacityProvider ${name}: stands on no Auto Scaling group, and is not imported`)
      continue
    }
    const cluster = homes.get(name)!
    found.push({ kind: 'CapacityProvider', live, cluster, names: [name] })
    groups.set(String(provider.autoScalingGroupArn).replace(/^.*\//, ''), cluster)
  }
  const lives = await look(
    'AutoScalingGroup',
    [...groups.keys()].map((autoScalingGroupName) => ({ autoScalingGroupName })),
  )
  const templates = new Map<string, string>()
  for (const live of [...lives].sort(byName)) {
    const { name } = live.identity
    const cluster = groups.get(name)!
    const used = templatesIn(live.state.members)
    if (used.length === 0) {
      remark(
        `AutoScalingGroup ${name}: is launched from no launch template, and is not imported: its capacity provider names it`,
      )
      continue
    }
    found.push({ kind: 'AutoScalingGroup', live, cluster, names: [name] })
    for (const template of used) if (!templates.has(template)) templates.set(template, cluster)
  }
  const launched = await look(
    'LaunchTemplate',
    [...templates.keys()].map((launchTemplateId) => ({ launchTemplateId })),
  )
  for (const live of [...launched].sort(byName)) {
    const { id = '', name = '' } = live.attributes
    // From here on it is known by its name.
    const named = { ...live, identity: { name, parts: {} } }
    const cluster = templates.get(id)!
    found.push({ kind: 'LaunchTemplate', live: named, cluster, names: [name] })
  }
  return found
}

/** The ids of the launch templates that a group names. */
function templatesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(templatesIn)
  if (!isObject(value)) return []
  const { launchTemplateId: id } = value
  return typeof id === 'string' ? [id] : Object.values(value).flatMap(templatesIn)
}
