/** A group as it is: what Describe shows, in the manifests' spelling, as far as policy and health go. Pure. */
import { fromAws } from '../../kit/casing.ts'
import { members as known } from './policy.ts'
import type { Launch } from './spec.ts'

export interface GroupInstance {
  readonly instanceId: string
  readonly instanceType?: string
  readonly lifecycleState: string
  readonly healthStatus?: string
  readonly protectedFromScaleIn?: boolean
  readonly imageId?: string
  readonly launchTemplate?: {
    readonly launchTemplateId?: string
    readonly launchTemplateName?: string
    readonly version?: string
  }
}

/** The newest instance refresh. */
export interface Refresh {
  readonly instanceRefreshId: string
  readonly status: string
  readonly statusReason?: string
  readonly percentageComplete?: number
  readonly instancesToUpdate?: number
  readonly desiredConfiguration?: Launch
  readonly preferences?: Readonly<Record<string, unknown>>
  /** It ended because of a newer version, not because someone wanted it to end. */
  readonly cancelledByUs?: true
  /** A person asked for another one after it. */
  readonly forgiven?: true
}

export interface GroupState {
  readonly members: Readonly<Record<string, unknown>> & Launch
  /** Only while it is being deleted. */
  readonly status?: string
  readonly instances: readonly GroupInstance[]
  readonly suspendedProcesses: readonly string[]
  /** Tag by tag: whether instances get it. */
  readonly propagateAtLaunch: Readonly<Record<string, boolean>>
  readonly refresh?: Refresh
  /** The image that its launch template means by now; read only where instances follow it. */
  readonly image?: string
  /** Why there are too few instances, and whether that has been so for long. */
  readonly trouble?: { readonly message: string; readonly lasting: boolean }
}

interface Described extends Record<string, unknown> {
  readonly instances?: readonly GroupInstance[]
  readonly suspendedProcesses?: readonly { readonly processName?: string }[]
  readonly tags?: readonly { readonly key?: string; readonly propagateAtLaunch?: boolean }[]
  readonly status?: string
  readonly vpcZoneIdentifier?: string
}

/** From DescribeAutoScalingGroups, in either spelling. */
export function stateOf(answer: object): GroupState {
  const group = fromAws<Described>(answer)
  const members = Object.entries(group).filter(([name]) => Object.hasOwn(known, name))
  return {
    members: { ...Object.fromEntries(members), vpcZoneIdentifier: listOf(group.vpcZoneIdentifier) },
    ...(group.status ? { status: group.status } : {}),
    instances: (group.instances ?? []).map(instanceOf),
    suspendedProcesses: (group.suspendedProcesses ?? []).flatMap(
      ({ processName }) => processName ?? [],
    ),
    propagateAtLaunch: Object.fromEntries(
      (group.tags ?? []).map(({ key, propagateAtLaunch }) => [key, propagateAtLaunch ?? false]),
    ),
  }
}

function instanceOf(instance: GroupInstance): GroupInstance {
  const { instanceId, instanceType, lifecycleState, healthStatus } = instance
  const { protectedFromScaleIn, imageId, launchTemplate } = instance
  return {
    instanceId,
    lifecycleState,
    ...(instanceType ? { instanceType } : {}),
    ...(healthStatus ? { healthStatus } : {}),
    ...(protectedFromScaleIn ? { protectedFromScaleIn } : {}),
    ...(imageId ? { imageId } : {}),
    ...(launchTemplate ? { launchTemplate } : {}),
  }
}

/** Comma-joined text, or a list. */
export function listOf(subnets: unknown): unknown[] {
  if (Array.isArray(subnets)) return subnets
  return String(subnets ?? '')
    .split(',')
    .flatMap((id) => id.trim() || [])
}

/** Instances that are there to stay, for all that is known. */
export function staying({ instances }: Pick<GroupState, 'instances'>): readonly GroupInstance[] {
  return instances.filter(({ lifecycleState }) => !/^(Terminat|Detach|Warmed)/.test(lifecycleState))
}
