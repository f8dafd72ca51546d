/** The type of a SecurityGroup's spec. */
import type { Permission } from './permissions.ts'

export interface SecurityGroupSpec {
  readonly groupId?: string
  readonly groupName?: string
  readonly description?: string
  readonly vpcId?: unknown
  readonly ipPermissions?: readonly Permission[]
  readonly ipPermissionsEgress?: readonly Permission[]
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
}
