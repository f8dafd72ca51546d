/** What a security group needs, as calls: the rules that are missing, those that are too many, and nothing else. Pure. */

import { holesIn, isHole, same, stableJson } from '../../diff.ts'
import type { PlanInput } from '../../kind.ts'
import { toAws } from '../../kit/casing.ts'
import { planner } from '../../kit/planning.ts'
import type { DraftCall, Live, ObjectKey, Operation } from '../../model.ts'
import { tagSpecifications, toAwsTags } from '../../tags.ts'
import type { SecurityGroupState } from './observe.ts'
import {
  allowAll,
  labelOf,
  type Permission,
  permissionsOf,
  type Rule,
  rulesOf,
} from './permissions.ts'
import { fields } from './policy.ts'
import type { SecurityGroupSpec } from './spec.ts'

type Members = Record<string, unknown>
type Input = PlanInput<SecurityGroupSpec, SecurityGroupState>

const sides = { ipPermissions: 'Ingress', ipPermissionsEgress: 'Egress' } as const
type Side = keyof typeof sides

export const plan = planner<SecurityGroupSpec, SecurityGroupState>({
  fields,
  desired(spec, { live }) {
    const { groupId: _, ...members } = spec
    const egress = live?.state.ipPermissionsEgress
    // What AWS gives a group at birth is nothing to remark on where Git says nothing.
    if (!spec.ipPermissionsEgress && same(egress, [allowAll])) members.ipPermissionsEgress = egress
    const rules = Object.keys(sides).flatMap((side) =>
      spec[side] ? [[side, rulesOf(spec[side] as Permission[])]] : [],
    )
    return { ...members, ...Object.fromEntries(rules) }
  },
  compared: (state) => ({ ...state }),
  create,
  update: ({ live, whole, changed }, { key }) =>
    inOrder(
      (Object.keys(sides) as Side[]).flatMap((side) =>
        changed.has(side)
          ? [...between(live.attributes.id, side, whole[side] as Rule[], live.state[side], key)]
          : [],
      ),
    ),
  tag: ({ attributes: { id } }, tags) => [
    { operation: 'ec2:CreateTags', input: { Resources: [id], Tags: toAwsTags(tags) } },
  ],
  // While an interface or another group's rule uses it, AWS refuses: not yet.
  remove: ({ attributes: { id } }) => [
    { operation: 'ec2:DeleteSecurityGroup', input: { GroupId: id } },
  ],
})

function create(members: Members, { key, tags, want }: Input): DraftCall[] {
  const { ipPermissions = [], ipPermissionsEgress, ...request } = members
  const GroupId = { $hole: { key, attribute: 'id' } }
  return inOrder([
    step('make', {
      operation: 'ec2:CreateSecurityGroup',
      input: {
        ...(toAws(request) as Members),
        GroupName: want!.identity.parts.groupName,
        TagSpecifications: tagSpecifications('security-group', tags, want!.identity.parts.label!),
      },
      yields: { id: 'GroupId', arn: 'SecurityGroupArn' },
    }),
    ...between(GroupId, 'ipPermissions', ipPermissions as Rule[], [], key),
    // AWS gives every group this one; what is declared takes its place.
    ...(ipPermissionsEgress
      ? between(GroupId, 'ipPermissionsEgress', ipPermissionsEgress as Rule[], [allowAll], key)
      : []),
  ])
}

/**
 * In which order calls go: what is allowed is allowed before anything is taken away, so that no traffic breaks; but
 * for groups that are too full for both at once.
 */
const order = ['make', 'make room', 'allow', 'describe', 'allow late', 'take away'] as const

/** AWS's quota of rules in one direction, unless the account has another. */
const quota = 60

interface Step {
  readonly rank: number
  readonly call: DraftCall
}

const step = (rank: (typeof order)[number], call: DraftCall): Step => ({
  rank: order.indexOf(rank),
  call,
})

/** Behind a call that waits for another group, all calls wait. */
function inOrder(steps: readonly Step[]): DraftCall[] {
  const calls = [...steps].sort((a, b) => a.rank - b.rank).map(({ call }) => call)
  const first = calls.findIndex(({ late }) => late)
  return calls.map((call, index) => (first >= 0 && index > first ? { ...call, late: true } : call))
}

/** The calls from one side's live rules to the wanted ones: exactly what is missing, since AWS refuses what is there. */
function* between(
  GroupId: unknown,
  side: Side,
  want: readonly Rule[],
  live: readonly Rule[],
  key: ObjectKey,
): Generator<Step> {
  const there = new Map(live.map((rule) => [labelOf(rule), rule]))
  const ours = new Set(want.map(labelOf))
  const missing = want.filter((rule) => !there.has(labelOf(rule)))
  const told = want.filter((rule) => {
    const twin = there.get(labelOf(rule))
    return twin && stableJson(twin.description) !== stableJson(rule.description)
  })
  const waiting = (rule: Rule) => holesIn(rule).some((hole) => hole.key !== key)
  const send = (verb: string, rules: readonly Rule[], suffix = ''): DraftCall => ({
    operation: `ec2:${verb}${sides[side]}${suffix}` as Operation,
    input: { GroupId, IpPermissions: toAws(permissionsOf(rules)) },
  })
  const now = missing.filter((rule) => !waiting(rule))
  const later = missing.filter(waiting)
  const gone = live.filter((rule) => !ours.has(labelOf(rule)))
  if (now.length > 0) yield step('allow', send('AuthorizeSecurityGroup', now))
  if (told.length > 0) {
    yield step('describe', send('UpdateSecurityGroupRuleDescriptions', told))
  }
  if (later.length > 0) {
    yield step('allow late', { ...send('AuthorizeSecurityGroup', later), late: true })
  }
  const crowded = live.length + missing.length > quota
  if (gone.length > 0) {
    yield step(crowded ? 'make room' : 'take away', send('RevokeSecurityGroup', gone.map(bare)))
  }
}

const bare = ({ description: _, ...rule }: Rule): Rule => rule

/** Takes away the rules that name other groups: none of the two could be deleted while they stand. */
export function release(live: Live<SecurityGroupState>, of?: readonly Live[]): DraftCall[] {
  const { id } = live.attributes
  const goes = (groupId: unknown) => !of || of.some(({ attributes }) => attributes.id === groupId)
  return (Object.keys(sides) as Side[]).flatMap((side) => {
    const naming = live.state[side].filter(
      ({ groupId }) => groupId !== undefined && !isHole(groupId) && groupId !== id && goes(groupId),
    )
    if (naming.length === 0) return []
    const IpPermissions = toAws(permissionsOf(naming.map(bare)))
    const operation = `ec2:RevokeSecurityGroup${sides[side]}` as Operation
    return [{ operation, input: { GroupId: id, IpPermissions } }]
  })
}
