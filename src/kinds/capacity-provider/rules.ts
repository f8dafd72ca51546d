/** Rules of capacity providers beyond the schema. They rest on CreateCapacityProvider in the Amazon ECS API reference. */
import { type At, checkName, checkRange, checkTags, type Findings } from '../../kit/field-rules.ts'
import type { Manifest, Problem } from '../../model.ts'
import type { CapacityProviderSpec } from './spec.ts'

export function checkProvider(spec: CapacityProviderSpec, found: Findings): void {
  const { say } = found
  checkName(spec.name, 'spec.name', found)
  if (spec.name !== undefined) checkReserved(spec.name, 'spec.name', found)
  checkTags(spec.tags, 'spec.tags', found)
  checkAttached(spec, found)
  const provider = spec.autoScalingGroupProvider
  const path = 'spec.autoScalingGroupProvider'
  if (!provider) {
    say(path, 'Required', 'is required, and missing')
    return
  }
  const scaling = provider.managedScaling
  checkScaling(scaling, `${path}.managedScaling`, found)
  if (provider.managedTerminationProtection === 'ENABLED' && scaling?.status !== 'ENABLED') {
    const message = 'managed termination protection needs managedScaling with status ENABLED'
    say(`${path}.managedTerminationProtection`, 'NotTogether', message)
  }
}

/** `name`: as AWS would see it, with the prefix of the environment. */
export function checkReserved(name: string, path: string, { say }: Findings): void {
  const reserved = /^(aws|ecs|fargate)/i.exec(name)?.[0]
  if (!reserved) return
  const message = `the capacity provider would be called ${name}, and AWS keeps names that begin with ${reserved} to itself`
  say(path, 'ReservedName', message, path === 'spec.name' ? undefined : 'give a spec.name')
}

/** A literal name is that of a cluster which no manifest describes. */
function checkAttached({ cluster }: CapacityProviderSpec, { say }: Findings): void {
  if (typeof cluster !== 'string') return
  const message = `"${cluster}" is no reference: the capacity providers of a cluster are set as one list, which its own manifest keeps`
  const hint = `describe the cluster (kind: Cluster, with fairlead.dev/adopt: overwrite where it exists: what its spec leaves out stays) and write { ref: … }`
  say('spec.cluster', 'NeedsReference', message, hint)
}

interface Scaling {
  readonly targetCapacity?: number | undefined
  readonly minimumScalingStepSize?: number | undefined
  readonly maximumScalingStepSize?: number | undefined
  readonly instanceWarmupPeriod?: number | undefined
}

/** `path`: the kind InstanceGroup has the same member. */
export function checkScaling(scaling: Scaling | undefined, path: string, found: Findings): void {
  if (!scaling) return
  const { minimumScalingStepSize: least, maximumScalingStepSize: most } = scaling
  checkRange(scaling.targetCapacity, `${path}.targetCapacity`, [1, 100], found)
  checkRange(least, `${path}.minimumScalingStepSize`, [1, 10_000], found)
  checkRange(most, `${path}.maximumScalingStepSize`, [1, 10_000], found)
  checkRange(scaling.instanceWarmupPeriod, `${path}.instanceWarmupPeriod`, [0, 10_000], found)
  if (least !== undefined && most !== undefined && least > most) {
    const message = `${most} is less than minimumScalingStepSize (${least})`
    found.say(`${path}.maximumScalingStepSize`, 'OutOfRange', message)
  }
}

/** A cluster that is only looked at gets no provider. */
export function checkCluster(cluster: Manifest, at: At): readonly Problem[] {
  if (cluster.annotations['fairlead.dev/mode'] !== 'observe') return []
  const message = `Cluster ${cluster.name} is observed only, so no provider is attached to it`
  const hint =
    'take the cluster over with fairlead.dev/adopt: overwrite: what its spec leaves out stays'
  return [at('spec.cluster', 'ObservedOnly', message, hint)]
}

/** What ECS expects of the group. */
export function checkGroup(
  { spec }: Manifest<CapacityProviderSpec>,
  { spec: group, name }: Manifest,
  at: At,
): readonly Problem[] {
  const path = 'spec.autoScalingGroupProvider'
  const problems: Problem[] = []
  if (group.maxSize === 0) {
    const message = `AutoScalingGroup ${name} has maxSize 0, and a capacity provider needs room for an instance`
    problems.push(at(`${path}.autoScalingGroupArn`, 'NoRoom', message))
  }
  const protection = spec.autoScalingGroupProvider?.managedTerminationProtection
  if (protection === 'ENABLED' && group.newInstancesProtectedFromScaleIn !== true) {
    const message = `managed termination protection needs newInstancesProtectedFromScaleIn: true on AutoScalingGroup ${name}: instances would begin without protection`
    problems.push(at(`${path}.managedTerminationProtection`, 'NotTogether', message))
  }
  return problems
}
