/**
 * How far each write can be fenced in by tags. The Service Authorization Reference says which actions know
 * `aws:RequestTag` and `aws:ResourceTag`, and on which resources they are decided.
 */
import type { Operation } from '../../model.ts'

/**
 * `created`: only with our owner tag in the request. `owned`: only where our owner tag is on the resource already.
 * `claimed`: either of both, but never on what carries an owner's tag that is not ours.
 */
export type Fence = 'created' | 'owned' | 'claimed'

export interface Scope {
  /** Absent: AWS knows no condition on tags for it. */
  readonly fence?: Fence
  /** Types of EC2 resources that the action is decided on too, and that may be others': the VPC of a new subnet. */
  readonly beside?: readonly string[]
  /** Decided on a role: fenced in by its path, and by the boundary where there is one. */
  readonly role?: true
}

const created: Scope = { fence: 'created' }
const owned: Scope = { fence: 'owned' }
const claimed: Scope = { fence: 'claimed' }
const anywhere: Scope = {}
const inVpc: Scope = { fence: 'created', beside: ['vpc'] }
const ofRouteTable: Scope = { fence: 'owned', beside: ['subnet', 'internet-gateway'] }
const gatewayOfVpc: Scope = { fence: 'owned', beside: ['vpc'] }
const ownedRole: Scope = { fence: 'owned', role: true }

/** Writes that stand nowhere below and begin with these words; services name their actions alike. */
const byVerb: readonly (readonly [RegExp, Scope])[] = [
  [/:(Tag|AddTags|CreateOrUpdateTags|CreateTags)/, claimed],
  [/:Create/, created],
  [/./, owned],
]

/** What the verb does not say. */
const exceptions: Readonly<Record<Operation, Scope>> = {
  'ecs:RegisterTaskDefinition': created,
  'ecs:RunTask': created,
  'ecs:DeregisterTaskDefinition': anywhere,
  'ec2:CreateSubnet': inVpc,
  'ec2:CreateRouteTable': inVpc,
  'ec2:CreateSecurityGroup': inVpc,
  'ec2:CreateRoute': owned,
  'ec2:CreateLaunchTemplateVersion': owned,
  'ec2:AttachInternetGateway': gatewayOfVpc,
  'ec2:DetachInternetGateway': gatewayOfVpc,
  'ec2:AssociateRouteTable': ofRouteTable,
  'ec2:DisassociateRouteTable': ofRouteTable,
  'ec2:ReplaceRouteTableAssociation': ofRouteTable,
  'iam:CreateRole': { fence: 'created', role: true },
  'iam:TagRole': { fence: 'claimed', role: true },
  'iam:UntagRole': ownedRole,
  'iam:DeleteRole': ownedRole,
  'iam:UpdateRole': ownedRole,
  'iam:UpdateAssumeRolePolicy': ownedRole,
  'iam:AttachRolePolicy': ownedRole,
  'iam:DetachRolePolicy': ownedRole,
  'iam:PutRolePolicy': ownedRole,
  'iam:DeleteRolePolicy': ownedRole,
  'iam:PutRolePermissionsBoundary': ownedRole,
  'iam:CreateServiceLinkedRole': anywhere,
  // Tags are in the request when the parameter is new, and on it when it is written again.
  'ssm:PutParameter': claimed,
  // Schedules carry no tags; their group does.
  'scheduler:CreateSchedule': anywhere,
  'scheduler:UpdateSchedule': anywhere,
  'scheduler:DeleteSchedule': anywhere,
  'application-autoscaling:RegisterScalableTarget': claimed,
}

/** Where a write may be done. */
export function scopeOf(operation: Operation): Scope {
  return exceptions[operation] ?? byVerb.find(([verb]) => verb.test(operation))?.[1] ?? anywhere
}

/** Whether `iam:PermissionsBoundary` is known of the action; of tagging it is not. */
export function boundable(operation: Operation): boolean {
  return scopeOf(operation).role === true && !/:(Un)?[Tt]agRole$/.test(operation)
}
