/** The state of IAM: roles, instance profiles and managed policies. Records are replaced, never changed in place. */

export interface RoleRecord {
  readonly name: string
  /** `/` or `/team/`. */
  readonly path: string
  /** `AROA…`; a role that is made again under its old name has another. */
  readonly id: string
  readonly arn: string
  readonly created: Date
  /** The trust policy, as it was given: JSON, not encoded. */
  readonly trust: string
  readonly description?: string
  readonly maxSessionDuration: number
  /** ARN of the policy that is its permissions boundary. */
  readonly boundary?: string
  /** JSON by policy name. */
  readonly inline: Readonly<Record<string, string>>
  /** ARNs of managed policies, in the order of attaching. */
  readonly attached: readonly string[]
  readonly tags: Readonly<Record<string, string>>
  /** From then on the services that are to use the role can see it, milliseconds since the epoch. */
  readonly visibleAt: number
}

export interface ProfileRecord {
  readonly name: string
  readonly path: string
  /** `AIPA…` */
  readonly id: string
  readonly arn: string
  readonly created: Date
  /** The name of the one role that it may hold. */
  readonly role?: string
  readonly tags: Readonly<Record<string, string>>
  /** From then on EC2 can see the profile together with its role, milliseconds since the epoch. */
  readonly visibleAt: number
}

export interface PolicyRecord {
  readonly name: string
  readonly path: string
  /** `ANPA…` */
  readonly id: string
  readonly arn: string
  readonly created: Date
  readonly description?: string
  readonly document: string
  readonly tags: Readonly<Record<string, string>>
}

export interface IamState {
  /** By name in small letters, since names differ by more than their case. */
  readonly roles: Map<string, RoleRecord>
  /** By name in small letters. */
  readonly profiles: Map<string, ProfileRecord>
  /** Policies of the account's own, by ARN. */
  readonly policies: Map<string, PolicyRecord>
  /** How many unique ids there were, by prefix: a region's own streams would repeat themselves in another region. */
  readonly ids: Map<string, number>
}

export function createIamState(): IamState {
  return { roles: new Map(), profiles: new Map(), policies: new Map(), ids: new Map() }
}
