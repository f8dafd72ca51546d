/** Seeds IAM: roles with their policies, and instance profiles. */
import type { AttachedPolicy, InstanceProfile, Role, Tag } from '@aws-sdk/client-iam'
import type { RoleRecord } from '../services/iam/state.ts'
import type { World } from '../world.ts'
import { type Answer, type Answers, dateOf } from './answers.ts'

export function seedIam(world: World, answers: Answers): void {
  const about = (operation: string, name: string) =>
    (answers.get(operation) ?? []).filter(({ input }) => input.RoleName === name)
  for (const { output } of answers.get('iam:GetRole') ?? []) {
    const role = output.Role as Role | undefined
    if (role?.RoleName) seedRole(world, role, about)
  }
  for (const { output } of answers.get('iam:GetInstanceProfile') ?? []) {
    const profile = output.InstanceProfile as InstanceProfile | undefined
    if (profile?.InstanceProfileName) seedProfile(world, profile, about)
  }
}

type About = (operation: string, name: string) => readonly Answer[]

function seedRole(world: World, role: Role, about: About): void {
  const name = role.RoleName ?? ''
  const inline = about('iam:GetRolePolicy', name).map(
    ({ output }) =>
      [String(output.PolicyName), decoded(String(output.PolicyDocument ?? ''))] as const,
  )
  const attached = about('iam:ListAttachedRolePolicies', name).flatMap(
    ({ output }) => (output.AttachedPolicies ?? []) as AttachedPolicy[],
  )
  for (const { PolicyArn = '', PolicyName = '' } of attached) {
    keepPolicy(world, PolicyArn, PolicyName)
  }
  const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn
  if (boundary) keepPolicy(world, boundary, boundary.split('/').at(-1) ?? '')
  const record: RoleRecord = {
    name,
    path: role.Path ?? '/',
    id: role.RoleId ?? '',
    arn: role.Arn ?? '',
    created: dateOf(role.CreateDate) ?? new Date(0),
    trust: decoded(role.AssumeRolePolicyDocument ?? ''),
    ...(role.Description && { description: role.Description }),
    maxSessionDuration: role.MaxSessionDuration ?? 3600,
    ...(boundary && { boundary }),
    inline: Object.fromEntries(inline),
    attached: [...new Set(attached.map(({ PolicyArn = '' }) => PolicyArn))],
    tags: tagsOf(role.Tags),
    visibleAt: 0,
  }
  const present = world.iam.roles.get(name.toLowerCase())
  // A profile shows its role with less than the role itself.
  if (!present || record.attached.length > 0 || inline.length > 0) {
    world.iam.roles.set(name.toLowerCase(), record)
  }
}

function seedProfile(world: World, profile: InstanceProfile, about: About): void {
  const name = profile.InstanceProfileName ?? ''
  const role = profile.Roles?.[0]
  if (role?.RoleName && !world.iam.roles.has(role.RoleName.toLowerCase())) {
    seedRole(world, role, about)
  }
  world.iam.profiles.set(name.toLowerCase(), {
    name,
    path: profile.Path ?? '/',
    id: profile.InstanceProfileId ?? '',
    arn: profile.Arn ?? '',
    created: dateOf(profile.CreateDate) ?? new Date(0),
    ...(role?.RoleName && { role: role.RoleName }),
    tags: tagsOf(profile.Tags),
    visibleAt: 0,
  })
}

/** A policy of the account's own, of which no more is known than that it is there. */
function keepPolicy(world: World, arn: string, name: string): void {
  if (arn.includes('::aws:') || world.iam.policies.has(arn)) return
  const document = '{"Version":"2012-10-17","Statement":[]}'
  const path = `/${arn.split('/').slice(1, -1).join('/')}/`.replace('//', '/')
  const created = new Date(0)
  world.iam.policies.set(arn, { name, path, id: '', arn, created, document, tags: {} })
}

/** IAM gives documents URL-encoded. */
function decoded(text: string): string {
  return text.startsWith('%7B') ? decodeURIComponent(text) : text
}

function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]))
}
