/**
 * What a running service has that is newer by now: an image whose tag moved, a secret or parameter that changed since its
 * newest deployment began. Looked at every few minutes; images only in private ECR repositories, secrets only where the
 * manifest asks for it. Rests on the image digests of service revisions, and on times: values are never read.
 */
import type { Service, ServiceDeploymentBrief, ServiceRevision } from '@aws-sdk/client-ecs'
import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager'
import type { DescribeParametersResult } from '@aws-sdk/client-ssm'
import { AwsFailure } from '../../errors.ts'
import { inBatches, type ObserveContext } from '../../kind.ts'
import { digestsOf, privateImage } from '../../kit/ecr-images.ts'
import type { Manifest } from '../../model.ts'
import { secretsOf } from './secrets.ts'
import type { ServiceState, Stale } from './state.ts'

const everyMs = 5 * 60_000
/** The limit of DescribeServiceRevisions. */
const batch = 20

interface Subject {
  readonly manifest: Manifest
  readonly service: Service
  readonly state: ServiceState
}

interface Seen {
  readonly atMs: number
  readonly revision: string
  readonly stale: readonly Stale[]
}

export const restartsOn = ({ annotations }: Pick<Manifest, 'annotations'>, what: string) =>
  (annotations['fairlead.dev/restart-on'] ?? '').split(/\s*,\s*/).includes(what)

/** What is stale of each service, by its ARN. What cannot be read is not stale. */
export async function staleOf(
  context: ObserveContext,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<string, readonly Stale[]>> {
  const { memory, now } = context
  const arnOf = ({ service }: Subject) => service.serviceArn ?? ''
  const isSettled = ({ state }: Subject) => state.deployments.length === 1
  const settled = subjects.filter(isSettled)
  // What a roll-out tries is looked at anew after it.
  for (const subject of subjects) if (!isSettled(subject)) memory.delete(`stale:${arnOf(subject)}`)
  const due = fewAtOnce(
    settled.filter((subject) => {
      const seen = memory.get(`stale:${arnOf(subject)}`) as Seen | undefined
      return !seen || seen.revision !== revisionOf(subject) || now - seen.atMs >= everyMs
    }),
    memory,
  )
  await readRevisions(due.map(revisionOf), context)
  const images = due.flatMap((subject) => Object.keys(digestsIn(subject, memory)))
  const { digests } = await digestsOf([...new Set(images)], context)
  await Promise.all(
    due.map(async (subject) => {
      const moved = Object.entries(digestsIn(subject, memory)).flatMap(([image, from]): Stale[] => {
        const to = digests[image]
        return to?.startsWith('sha256:') && to !== from
          ? [{ what: 'image', name: image, from, to }]
          : []
      })
      const changed = await changedSecrets(subject, context)
      const stale = await untried([...moved, ...changed], subject, context)
      const seen: Seen = { atMs: now, revision: revisionOf(subject), stale }
      memory.set(`stale:${arnOf(subject)}`, seen)
    }),
  )
  return new Map(
    settled.flatMap((subject) => {
      const seen = memory.get(`stale:${arnOf(subject)}`) as Seen | undefined
      return seen && seen.stale.length > 0 ? [[arnOf(subject), seen.stale] as const] : []
    }),
  )
}

const revisionOf = ({ service }: Subject) => service.currentServiceRevisions?.[0]?.arn ?? ''

/** A fleet that is seen for the first time is read in turns, one call a look; who asks to start anew comes first. */
function fewAtOnce(due: readonly Subject[], memory: ObserveContext['memory']): Subject[] {
  const isRead = (subject: Subject) => memory.has(`images:${revisionOf(subject)}`)
  const asks = ({ manifest }: Subject) => (restartsOn(manifest, 'images') ? 0 : 1)
  const unread = due.filter((subject) => !isRead(subject)).sort((a, b) => asks(a) - asks(b))
  return [...due.filter(isRead), ...unread.slice(0, batch)]
}

/** The digests that a revision's images had when it was made; never changes, so it is read once. */
async function readRevisions(arns: readonly string[], context: ObserveContext): Promise<void> {
  const { memory, read } = context
  const unread = arns.filter((arn) => arn !== '' && !memory.has(`images:${arn}`))
  await tolerant(
    Promise.all(
      inBatches(unread, batch).map(async (serviceRevisionArns) => {
        const { serviceRevisions = [] } = await read<{ serviceRevisions?: ServiceRevision[] }>(
          'ecs:DescribeServiceRevisions',
          { serviceRevisionArns },
        )
        for (const { serviceRevisionArn, containerImages = [] } of serviceRevisions) {
          const tagged = containerImages.filter(({ image }) => privateImage(image) !== undefined)
          const digests = tagged.map(({ image, imageDigest }) => [image ?? '', imageDigest ?? ''])
          memory.set(`images:${serviceRevisionArn}`, Object.fromEntries(digests))
        }
      }),
    ),
  )
}

const digestsIn = (subject: Subject, memory: ObserveContext['memory']): Record<string, string> =>
  (memory.get(`images:${revisionOf(subject)}`) as Record<string, string> | undefined) ?? {}

async function changedSecrets(subject: Subject, context: ObserveContext): Promise<Stale[]> {
  if (!restartsOn(subject.manifest, 'secrets')) return []
  const { deployments, members } = subject.state
  const sinceMs = deployments[0]?.createdAtMs ?? context.now
  const sources = await secretsOf(String(members.taskDefinition), context)
  const changed = await Promise.all(
    sources.map(async ({ service, id, name }): Promise<Stale[]> => {
      const changedAt = await tolerant(
        service === 'ssm' ? parameterChanged(id, context) : secretChanged(id, context),
      )
      const newer = changedAt !== undefined && Number(changedAt) > sinceMs
      if (!newer) return []
      const [from = '', to = ''] = [sinceMs, Number(changedAt)].map((ms) =>
        new Date(ms).toISOString(),
      )
      return [{ what: 'secret', name, from, to }]
    }),
  )
  return changed.flat()
}

const secretChanged = async (SecretId: string, { read }: ObserveContext) =>
  (await read<DescribeSecretResponse>('secretsmanager:DescribeSecret', { SecretId }))
    .LastChangedDate

async function parameterChanged(name: string, { read }: ObserveContext) {
  const { Parameters = [] } = await read<DescribeParametersResult>('ssm:DescribeParameters', {
    ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [name] }],
  })
  return Parameters[0]?.LastModifiedDate
}

/** What a newer deployment has tried already, though AWS took it back, is not tried again. */
async function untried(
  stale: readonly Stale[],
  subject: Subject,
  context: ObserveContext,
): Promise<readonly Stale[]> {
  if (stale.length === 0) return stale
  const { clusterArn: cluster, serviceArn: service } = subject.service
  const answer = await tolerant(
    context.read<{ serviceDeployments?: ServiceDeploymentBrief[] }>('ecs:ListServiceDeployments', {
      cluster,
      service,
      maxResults: 1,
    }),
  )
  const newest = answer?.serviceDeployments?.[0]
  const arn = newest?.targetServiceRevisionArn ?? ''
  if (arn === revisionOf(subject)) return stale
  await readRevisions([arn], context)
  const tried = (context.memory.get(`images:${arn}`) ?? {}) as Record<string, string>
  const beganMs = Number(newest?.createdAt ?? 0)
  return stale.map((each) => {
    const was = each.what === 'image' ? tried[each.name] === each.to : Date.parse(each.to) < beganMs
    return was ? { ...each, tried: true } : each
  })
}

/** A service is none the worse for what could not be read. */
async function tolerant<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof AwsFailure) return undefined
    throw error
  }
}
