/** Reads instance profiles, one by one: IAM has no call for several that shows their tags. */
import type { GetInstanceProfileResponse } from '@aws-sdk/client-iam'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { observeInBatches, unlessMissing } from '../../kit/finding.ts'
import { ownedInIam } from '../../kit/iam-owned.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import { fromAwsTags } from '../../tags.ts'
import type { InstanceProfileSpec } from './spec.ts'

export interface InstanceProfileState {
  readonly path?: string | undefined
  /** Names; AWS takes one. */
  readonly roles: readonly string[]
}

export function observe(
  { read }: ObserveContext,
  wanted: readonly Wanted<InstanceProfileSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<InstanceProfileState>>> {
  return observeInBatches(wanted, 1, async ([want]) => {
    const { manifest, identity } = want!
    const { name } = identity
    const input = { InstanceProfileName: name }
    const answer = await unlessMissing(
      read<GetInstanceProfileResponse>('iam:GetInstanceProfile', input),
    )
    const profile = answer?.InstanceProfile
    if (!profile) return new Map()
    const roles = (profile.Roles ?? []).flatMap(({ RoleName }) => RoleName ?? [])
    const { Arn: arn = '', InstanceProfileId: id = '', Path: path } = profile
    const attributes = { arn, name, id }
    const tags = fromAwsTags(profile.Tags)
    const { key } = manifest
    const live = { key, identity, attributes, tags, state: { path, roles } }
    return new Map([[key, { found: 'yes', live }]])
  })
}

/** Every instance profile of ours. */
export const owned = (context: Pick<ObserveContext, 'read' | 'owner' | 'memory'>) =>
  ownedInIam(context, {
    list: 'iam:ListInstanceProfiles',
    items: 'InstanceProfiles',
    tags: 'iam:ListInstanceProfileTags',
    name: 'InstanceProfileName',
    id: 'InstanceProfileId',
  })
