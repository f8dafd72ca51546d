/** What a subnet needs, as calls. Pure. */

import { same } from '../../diff.ts'
import type { Draft, PlanInput } from '../../kind.ts'
import { toAws } from '../../kit/casing.ts'
import { planner, stalls } from '../../kit/planning.ts'
import type { DraftCall } from '../../model.ts'
import { tagSpecifications, toAwsTags } from '../../tags.ts'
import type { SubnetState } from './observe.ts'
import { fields } from './policy.ts'
import { zoneNumber } from './rules.ts'
import type { SubnetSpec } from './spec.ts'

type Members = Record<string, unknown>
type Input = PlanInput<SubnetSpec, SubnetState>

export function plan(input: Input): Draft {
  const { want, live, facts } = input
  const number = zoneNumber(want?.spec.availabilityZone)
  if (number !== undefined && !live && facts && !facts.availabilityZone) {
    const message = `it is to be made in zone ${number} of the region, and the account has ${facts.zones || 'none'}`
    return stalls('NoSuchZone', message)
  }
  return byFields(input)
}

const byFields = planner<SubnetSpec, SubnetState>({
  fields,
  desired({ subnetId: _, ...spec }, { live, facts }) {
    if (zoneNumber(spec.availabilityZone) === undefined) return spec
    const { availabilityZone: __, ...others } = spec
    // Counted zones are for making it: one that stands is right wherever it stands.
    return live
      ? others
      : { ...spec, ...(facts ? { availabilityZone: facts.availabilityZone } : {}) }
  },
  compared: ({ state: _, ...state }) => ({ ...state }),
  create,
  update: ({ live, whole, changed }) => [
    ...modifications(live.attributes.id, whole, live.state as Members, (name) => changed.has(name)),
  ],
  tag: ({ attributes: { id } }, tags) => [
    { operation: 'ec2:CreateTags', input: { Resources: [id], Tags: toAwsTags(tags) } },
  ],
  remove: ({ attributes: { id } }) => [{ operation: 'ec2:DeleteSubnet', input: { SubnetId: id } }],
})

/** What AWS takes for a subnet that has just been made. */
const atBirth: Members = {
  mapPublicIpOnLaunch: false,
  assignIpv6AddressOnCreation: false,
  enableDns64: false,
  privateDnsNameOptionsOnLaunch: {
    hostnameType: 'ip-name',
    enableResourceNameDnsARecord: false,
    enableResourceNameDnsAAAARecord: false,
  },
}

function create(members: Members, { key, tags, want }: Input): DraftCall[] {
  const request = Object.fromEntries(
    Object.entries(members).filter(([name]) => !Object.hasOwn(atBirth, name)),
  )
  return [
    {
      operation: 'ec2:CreateSubnet',
      input: {
        ...(toAws(request) as Members),
        TagSpecifications: tagSpecifications('subnet', tags, want!.identity.parts.label!),
      },
      yields: { id: 'Subnet.SubnetId', arn: 'Subnet.SubnetArn' },
    },
    ...modifications({ $hole: { key, attribute: 'id' } }, members, atBirth, () => true),
  ]
}

/** By member, the parameter of ModifySubnetAttribute that sets it; those of host names stand inside their object. */
const flags: Readonly<Record<string, string>> = {
  mapPublicIpOnLaunch: 'MapPublicIpOnLaunch',
  assignIpv6AddressOnCreation: 'AssignIpv6AddressOnCreation',
  enableDns64: 'EnableDns64',
}
const nameFlags: Readonly<Record<string, string>> = {
  enableResourceNameDnsARecord: 'EnableResourceNameDnsARecordOnLaunch',
  enableResourceNameDnsAAAARecord: 'EnableResourceNameDnsAAAARecordOnLaunch',
}

/** AWS takes one attribute a call. */
function* modifications(
  SubnetId: unknown,
  want: Members,
  live: Members,
  differs: (member: string) => boolean,
): Generator<DraftCall> {
  const modify = (input: Members): DraftCall => ({
    operation: 'ec2:ModifySubnetAttribute',
    input: { SubnetId, ...input },
  })
  for (const [member, parameter] of Object.entries(flags)) {
    const [ours, theirs] = [want[member], live[member] ?? false]
    if (ours === undefined || ours === theirs || !differs(member)) continue
    yield modify({ [parameter]: { Value: ours } })
  }
  const names = (want.privateDnsNameOptionsOnLaunch ?? {}) as Members
  const before = (live.privateDnsNameOptionsOnLaunch ?? {}) as Members
  if (same(names, before) || !differs('privateDnsNameOptionsOnLaunch')) return
  if (names.hostnameType !== undefined && names.hostnameType !== before.hostnameType) {
    yield modify({ PrivateDnsHostnameTypeOnLaunch: names.hostnameType })
  }
  for (const [member, parameter] of Object.entries(nameFlags)) {
    const [ours, theirs] = [names[member], before[member] ?? false]
    if (ours !== undefined && ours !== theirs) yield modify({ [parameter]: { Value: ours } })
  }
}
