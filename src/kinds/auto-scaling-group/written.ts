/** An Auto Scaling group that is there, as a manifest would describe it. Pure. */
import { isObject, withoutDefaults } from '../../diff.ts'
import type { JsonSchema } from '../../kind.ts'
import type { Live } from '../../model.ts'
import { members as fields } from './policy.ts'
import type { AutoScalingGroupSpec } from './spec.ts'
import type { GroupState } from './state.ts'

type Members = Record<string, unknown>

/** AWS takes its own where none is named, and shows it. */
const ownRole = /\/AWSServiceRoleForAutoScaling$/

export function written(
  { identity, state, tags }: Live<GroupState>,
  schema: JsonSchema,
): AutoScalingGroupSpec {
  const { members, propagateAtLaunch } = state
  const left = new Set(['availabilityZoneIds'])
  // Its subnets say in which zones it is; what is attached is shown a second time as a source of traffic.
  if ((members.vpcZoneIdentifier as unknown[]).length > 0) left.add('availabilityZones')
  if (has(members.targetGroupARNs) || has(members.loadBalancerNames)) left.add('trafficSources')
  if (ownRole.test(String(members.serviceLinkedRoleARN))) left.add('serviceLinkedRoleARN')
  // Capacity that ECS manages is nobody's to write.
  if (Object.hasOwn(tags, 'AmazonECSManaged')) left.add('desiredCapacity')
  const kept = Object.entries(members).filter(([name]) => !left.has(name))
  const own = withoutDefaults(Object.fromEntries(kept), fields, schema)
  return {
    autoScalingGroupName: identity.name,
    ...(oneName(own) as Members),
    tags: Object.entries(tags).map(([key, value]) => ({
      key,
      value,
      ...(propagateAtLaunch[key] ? {} : { propagateAtLaunch: false }),
    })),
  } as AutoScalingGroupSpec
}

const has = (list: unknown) => Array.isArray(list) && list.length > 0

/** A template is shown by its id and its name, and a request takes one of them. */
function oneName(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(oneName)
  if (!isObject(value)) return value
  const { launchTemplateId: id, ...rest } = value
  const kept = id === undefined || rest.launchTemplateName !== undefined ? rest : value
  return Object.fromEntries(Object.entries(kept).map(([name, inner]) => [name, oneName(inner)]))
}
