/** Who scales the services: their scalable targets, and the policies of these. */
import { AwsFailure } from '../../errors.ts'
import type { Read } from '../../kind.ts'
import { allPages } from '../../kit/finding.ts'
import { readTargets, serviceNamespace } from '../../kit/scalable-targets.ts'
import type { Found } from './found.ts'
import type { Look, Remark } from './looker.ts'

/** The most that a page of DescribeScalingPolicies holds. */
const page = 10

interface Named {
  readonly ResourceId?: string
  readonly PolicyName?: string
}

export async function scalingOf(
  services: readonly Found[],
  read: Read,
  look: Look,
  remark: Remark,
): Promise<Found[]> {
  const owners = new Map(services.map((one) => [`service/${one.live.identity.name}`, one]))
  let ids: string[]
  let policies: readonly Named[]
  try {
    ids = [...(await readTargets(read, [...owners.keys()])).keys()].sort()
    policies = ids.length > 0 ? await policiesOf(read) : []
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    // An emulator without that service has nobody who scales.
    if (error.class !== 'unsupported') {
      remark(
        `what scales the services could not be read: ${error.operation}: ${error.message}`,
        'lost',
      )
    }
    return []
  }
  const of = (id: string) => owners.get(id)!
  const targets = await look(
    'ScalableTarget',
    ids.map((resourceId) => ({ resourceId })),
  )
  const tags = new Map(targets.map((live) => [live.identity.name, live.tags]))
  const theirs = policies
    .filter(({ ResourceId = '' }) => tags.has(ResourceId))
    .map(({ ResourceId, PolicyName }) => ({ resourceId: ResourceId, policyName: PolicyName }))
  const scaling = await look('ScalingPolicy', theirs)
  return [
    ...targets.map((live): Found => {
      const { cluster, service } = of(live.identity.name)
      return { kind: 'ScalableTarget', live, cluster, service: service!, names: [] }
    }),
    ...scaling.map((live): Found => {
      const { target = '', policy = '' } = live.identity.parts
      const { cluster, service } = of(target)
      // A policy has no tags of its own: it is whose its target is.
      const owned = { ...live, tags: tags.get(target) ?? {} }
      return { kind: 'ScalingPolicy', live: owned, cluster, service: service!, names: [policy] }
    }),
  ]
}

async function policiesOf(read: Read): Promise<Named[]> {
  return allPages(async (NextToken) => {
    const answer = await read<{ ScalingPolicies?: Named[]; NextToken?: string }>(
      'application-autoscaling:DescribeScalingPolicies',
      {
        ServiceNamespace: serviceNamespace,
        MaxResults: page,
        ...(NextToken ? { NextToken } : {}),
      },
    )
    return { items: answer.ScalingPolicies ?? [], next: answer.NextToken }
  })
}
