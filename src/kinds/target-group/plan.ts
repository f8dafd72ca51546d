/** What a target group needs, as calls. Pure. */

import type { Draft, PlanInput } from '../../kind.ts'
import { toAws } from '../../kit/casing.ts'
import { namedAttributes } from '../../kit/elb-parts.ts'
import { planner, stalls } from '../../kit/planning.ts'
import type { DraftCall } from '../../model.ts'
import { toAwsTags } from '../../tags.ts'
import type { TargetGroupState } from './observe.ts'
import { fields, healthCheck } from './policy.ts'
import type { TargetGroupSpec } from './spec.ts'

type Members = Record<string, unknown>
type Input = PlanInput<TargetGroupSpec, TargetGroupState>

export function plan(input: Input): Draft {
  const { want, live } = input
  const { arn } = want?.identity.parts ?? {}
  if (arn && !live) {
    const message = `there is no ${arn} in AWS, and one that is named by its ARN is never made`
    return stalls('NotFound', message)
  }
  const draft = planned(live ? { ...input, live: { ...live, state: comparable(input) } } : input)
  return draft.verdict === 'create' && input.former ? { ...draft, notes: [empty] } : draft
}

/** ECS takes a service to it only once a listener sends there. */
const empty =
  'listeners move to it at once: requests find no target there until the roll-out has registered the first ones'

/** Attributes that Git does not name are not looked at. */
function comparable({ want, live }: Input): TargetGroupState {
  const { attributes: theirs, ...state } = live!.state
  const attributes = namedAttributes(theirs, want?.spec.attributes)
  return { ...state, ...(attributes ? { attributes } : {}) }
}

const planned = planner<TargetGroupSpec, TargetGroupState>({
  fields,
  desired: ({ name: _, targetGroupArn: __, ...members }) => members,
  compared: ({ loadBalancerArns: _, ...state }) => ({ ...state }),
  create: ({ attributes, ...members }, { key, want, tags }) => [
    {
      operation: 'elasticloadbalancing:CreateTargetGroup',
      input: {
        Name: want!.identity.name,
        ...(toAws(members) as Members),
        Tags: toAwsTags(tags),
      },
      yields: { arn: 'TargetGroups.0.TargetGroupArn' },
    },
    ...setting({ $hole: { key, attribute: 'arn' } }, attributes),
  ],
  update: ({ live, whole, changes, changed }, { want }) => {
    const { arn } = live.attributes
    const checks = Object.keys(healthCheck).filter((name) => changed.has(name))
    const differing = want!.spec.attributes?.filter(({ key }) =>
      changes.some(({ path }) => path === `attributes[${key}]`),
    )
    return [
      ...(checks.length > 0
        ? [
            {
              operation: 'elasticloadbalancing:ModifyTargetGroup' as const,
              input: {
                TargetGroupArn: arn,
                ...(toAws(
                  Object.fromEntries(checks.map((name) => [name, whole[name]])),
                ) as Members),
              },
            },
          ]
        : []),
      ...setting(arn, differing),
    ]
  },
  tag: ({ attributes: { arn } }, tags) => [
    {
      operation: 'elasticloadbalancing:AddTags',
      input: { ResourceArns: [arn], Tags: toAwsTags(tags) },
    },
  ],
  remove: ({ attributes: { arn } }) => [
    { operation: 'elasticloadbalancing:DeleteTargetGroup', input: { TargetGroupArn: arn } },
  ],
})

function setting(TargetGroupArn: unknown, attributes: unknown): DraftCall[] {
  if (!Array.isArray(attributes) || attributes.length === 0) return []
  const input = { TargetGroupArn, Attributes: toAws(attributes) }
  return [{ operation: 'elasticloadbalancing:ModifyTargetGroupAttributes', input }]
}
