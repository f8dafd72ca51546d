/** Reads capacity providers, a hundred a call, ten a page. */
import type { AutoScalingGroupProvider, CapacityProvider, Failure } from '@aws-sdk/client-ecs'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { allPages, observeInBatches } from '../../kit/finding.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import { fromTagList } from '../../tags.ts'
import type { CapacityProviderSpec } from './spec.ts'

/** The members that policy and health need. */
export interface ProviderState
  extends Pick<CapacityProvider, 'status' | 'updateStatus' | 'updateStatusReason'> {
  readonly autoScalingGroupProvider?: AutoScalingGroupProvider
}

type Answer = Observation<ProviderState>

/** The limits of DescribeCapacityProviders. */
const batch = 100
const page = 10

export async function observe(
  { read }: ObserveContext,
  wanted: readonly Wanted<CapacityProviderSpec>[],
): Promise<ReadonlyMap<ObjectKey, Answer>> {
  return observeInBatches(wanted, batch, async (part) => {
    const names = part.map(({ identity }) => identity.name)
    const refused = new Map<string, string>()
    const providers = await allPages(async (token) => {
      const answer = await read<{
        capacityProviders?: CapacityProvider[]
        failures?: Failure[]
        nextToken?: string
      }>('ecs:DescribeCapacityProviders', {
        capacityProviders: names,
        include: ['TAGS'],
        maxResults: page,
        ...(token ? { nextToken: token } : {}),
      })
      for (const { arn, reason, detail } of answer.failures ?? []) {
        const name = String(arn).split('/').pop()!
        if (reason !== 'MISSING') refused.set(name, `${reason} ${detail ?? ''}`.trim())
      }
      return { items: answer.capacityProviders ?? [], next: answer.nextToken }
    })
    const byName = new Map(providers.map((provider) => [provider.name, provider]))
    return new Map(
      part.map((want): [ObjectKey, Answer] => {
        const { name } = want.identity
        const message = refused.get(name)
        if (message === undefined) return [want.manifest.key, found(want, byName.get(name))]
        const said = `ecs:DescribeCapacityProviders: ${message}`
        return [want.manifest.key, { found: 'unknown', reason: 'invalid', message: said }]
      }),
    )
  })
}

/** One that was deleted is still described for a while, as INACTIVE; its name is free again. */
function found(
  { manifest, identity }: Wanted<CapacityProviderSpec>,
  provider: CapacityProvider | undefined,
): Answer {
  if (!provider || provider.status === 'INACTIVE') return { found: 'no' }
  const { status, updateStatus, updateStatusReason, autoScalingGroupProvider } = provider
  return {
    found: 'yes',
    live: {
      key: manifest.key,
      identity,
      attributes: {
        arn: provider.capacityProviderArn ?? '',
        // One that AWS is deleting is nothing to attach.
        ...(updateStatus?.startsWith('DELETE_IN') ? {} : { name: identity.name }),
      },
      tags: fromTagList(provider.tags),
      state: {
        ...(status ? { status } : {}),
        ...(updateStatus ? { updateStatus } : {}),
        ...(updateStatusReason ? { updateStatusReason } : {}),
        ...(autoScalingGroupProvider ? { autoScalingGroupProvider } : {}),
      },
    },
  }
}
