/** Reads security groups, all in one call: by id, by our tags, and by name in their VPC those that carry none of ours. */
import type { SecurityGroup } from '@aws-sdk/client-ec2'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { fromAws } from '../../kit/casing.ts'
import {
  type Candidate,
  type Ec2List,
  ec2Candidate,
  ec2Candidates,
  ec2Items,
  findMeant,
  liveCandidate,
  observeInBatches,
} from '../../kit/finding.ts'
import type { Live, ObjectKey, Observation } from '../../model.ts'
import { type Permission, type Rule, rulesOf } from './permissions.ts'
import type { SecurityGroupSpec } from './spec.ts'

export interface SecurityGroupState {
  readonly groupName?: string | undefined
  readonly description?: string | undefined
  readonly vpcId?: string | undefined
  /** One for each peer. */
  readonly ipPermissions: readonly Rule[]
  readonly ipPermissionsEgress: readonly Rule[]
}

const list: Ec2List = {
  operation: 'ec2:DescribeSecurityGroups',
  items: 'SecurityGroups',
  id: 'GroupId',
  filter: 'group-id',
}

export function observe(
  context: ObserveContext,
  wanted: readonly Wanted<SecurityGroupSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<SecurityGroupState>>> {
  return observeInBatches(wanted, 200, async (batch) => {
    const candidates = await ec2Candidates<SecurityGroupSpec, SecurityGroup>(context, batch, list)
    const seen = new Map(
      batch.map((want) => [
        want.manifest.key,
        findMeant(want, context, ofItsName(want, candidates, context), stateOf, attributesOf),
      ]),
    )
    const missing = batch.filter(
      ({ manifest, identity, spec }) =>
        seen.get(manifest.key)?.found === 'no' &&
        !identity.parts.id &&
        typeof spec.vpcId === 'string',
    )
    for (const [key, live] of await byName(context, missing)) seen.set(key, { found: 'yes', live })
    return seen
  })
}

/** One of ours by another name than the manifest says is what it meant before; unless none is said, or all goes. */
function ofItsName(
  { identity, spec }: Wanted<SecurityGroupSpec>,
  candidates: readonly Candidate<SecurityGroup>[],
  { teardown }: ObserveContext,
): readonly Candidate<SecurityGroup>[] {
  if (identity.parts.id) return candidates
  const named = candidates.filter(({ item }) => item.GroupName === identity.parts.groupName)
  const takesAny = teardown || spec.groupName === undefined
  return takesAny && named.length === 0 ? candidates : named
}

/** A group that carries the name and not our tags: AWS would refuse a second one of that name. */
async function byName(
  { read }: ObserveContext,
  wanted: readonly Wanted<SecurityGroupSpec>[],
): Promise<ReadonlyMap<ObjectKey, Live<SecurityGroupState>>> {
  if (wanted.length === 0) return new Map()
  const escaped = (name: string) => name.replace(/[*?\\]/g, '\\$&')
  const groups = await ec2Items<SecurityGroup>(read, list, [
    { Name: 'vpc-id', Values: [...new Set(wanted.map(({ spec }) => String(spec.vpcId)))] },
    {
      Name: 'group-name',
      Values: [...new Set(wanted.map(({ identity }) => escaped(identity.parts.groupName!)))],
    },
  ])
  return new Map(
    wanted.flatMap((want): [ObjectKey, Live<SecurityGroupState>][] => {
      const found = groups.find(
        ({ GroupName, VpcId }) =>
          GroupName === want.identity.parts.groupName && VpcId === want.spec.vpcId,
      )
      return found
        ? [
            [
              want.manifest.key,
              liveCandidate(want, ec2Candidate(found, list), stateOf, attributesOf),
            ],
          ]
        : []
    }),
  )
}

const attributesOf = ({ GroupName = '', SecurityGroupArn = '' }: SecurityGroup) => ({
  name: GroupName,
  arn: SecurityGroupArn,
})

export function stateOf(group: SecurityGroup): SecurityGroupState {
  const rules = (permissions: unknown) => rulesOf(fromAws<Permission[]>(permissions ?? []))
  return {
    groupName: group.GroupName,
    description: group.Description,
    vpcId: group.VpcId,
    ipPermissions: rules(group.IpPermissions),
    ipPermissionsEgress: rules(group.IpPermissionsEgress),
  }
}
