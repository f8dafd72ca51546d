/** What a load balancer needs, as calls. Pure. */

import type { Draft, PlanInput } from '../../kind.ts'
import { toAws } from '../../kit/casing.ts'
import { namedAttributes } from '../../kit/elb-parts.ts'
import { planner, stalls } from '../../kit/planning.ts'
import type { DraftCall, Operation } from '../../model.ts'
import { toAwsTags } from '../../tags.ts'
import type { LoadBalancerState } from './observe.ts'
import { fields } from './policy.ts'
import type { LoadBalancerSpec } from './spec.ts'

type Members = Record<string, unknown>
type Input = PlanInput<LoadBalancerSpec, LoadBalancerState>

export function plan(input: Input): Draft {
  const { want, live } = input
  const { arn } = want?.identity.parts ?? {}
  if (arn && !live) {
    const message = `there is no ${arn} in AWS, and one that is named by its ARN is never made`
    return stalls('NotFound', message)
  }
  return planned(live ? { ...input, live: { ...live, state: comparable(input) } } : input)
}

/** Attributes that Git does not name are not looked at. */
function comparable({ want, live }: Input): LoadBalancerState {
  const { attributes: theirs, ...state } = live!.state
  const attributes = namedAttributes(theirs, want?.spec.attributes)
  return { ...state, ...(attributes ? { attributes } : {}) }
}

/** Which operation sets which member. */
const setters: Readonly<Record<string, Operation>> = {
  subnets: 'elasticloadbalancing:SetSubnets',
  subnetMappings: 'elasticloadbalancing:SetSubnets',
  securityGroups: 'elasticloadbalancing:SetSecurityGroups',
  ipAddressType: 'elasticloadbalancing:SetIpAddressType',
}

const planned = planner<LoadBalancerSpec, LoadBalancerState>({
  fields,
  desired: ({ name: _, loadBalancerArn: __, ...members }) => members,
  compared: ({ code: _, reason: __, dnsName: ___, ...state }) => ({ ...state }),
  create: ({ attributes, ...members }, { key, want, tags }) => [
    {
      operation: 'elasticloadbalancing:CreateLoadBalancer',
      input: {
        Name: want!.identity.name,
        ...(toAws(members) as Members),
        Tags: toAwsTags(tags),
      },
      yields: { arn: 'LoadBalancers.0.LoadBalancerArn' },
    },
    ...setting({ $hole: { key, attribute: 'arn' } }, attributes),
  ],
  update: ({ live, whole, changes, changed }, { want }) => {
    const { arn } = live.attributes
    const differing = want!.spec.attributes?.filter(({ key }) =>
      changes.some(({ path }) => path === `attributes[${key}]`),
    )
    return [
      ...Object.entries(setters).flatMap(([name, operation]): DraftCall[] =>
        changed.has(name)
          ? [
              {
                operation,
                input: { LoadBalancerArn: arn, ...(toAws({ [name]: whole[name] }) as Members) },
              },
            ]
          : [],
      ),
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
    { operation: 'elasticloadbalancing:DeleteLoadBalancer', input: { LoadBalancerArn: arn } },
  ],
  effect: ({ changed }) => (changed.has('subnets') ? 'in place' : 'none'),
})

function setting(LoadBalancerArn: unknown, attributes: unknown): DraftCall[] {
  if (!Array.isArray(attributes) || attributes.length === 0) return []
  const input = { LoadBalancerArn, Attributes: toAws(attributes) }
  return [{ operation: 'elasticloadbalancing:ModifyLoadBalancerAttributes', input }]
}
