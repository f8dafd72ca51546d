/** What others know of an instance's surroundings: its profile and role, groups by name, parameters by name. */
import { listOf, type Statement, statementsOf } from '../services/iam/documents.ts'
import { evaluate } from '../services/iam/evaluate.ts'
import { profileOf, profileVisible, roleOf } from '../services/iam/lookups.ts'
import { documentOf } from '../services/iam/managed-policies.ts'
import type { ProfileRecord, RoleRecord } from '../services/iam/state.ts'
import { publicParameters } from '../services/ssm/public-parameters.ts'
import type { World } from '../world.ts'

export function groupNamed(world: World, vpcId: string, name: string): string | undefined {
  const groups = [...world.ec2.securityGroups.values()]
  return groups.find((one) => one.vpcId === vpcId && one.groupName === name)?.groupId
}

/** An instance profile, once EC2 can see it. */
export function profileSeen(
  world: World,
  nameOrArn: string,
  now: number,
): ProfileRecord | undefined {
  return profileVisible(world, nameOrArn, now) ? profileOf(world, nameOrArn) : undefined
}

/** What keeps the agent from registering with a cluster as its role; undefined when nothing does. */
export function agentForbidden(
  world: World,
  profileArn: string | undefined,
  clusterArn: string,
): 'no credentials' | 'denied' | undefined {
  const profile = profileArn === undefined ? undefined : profileOf(world, profileArn)
  const role = roleOf(world, profile?.role ?? '')
  if (!role || !trusts(role, 'ec2.amazonaws.com')) return 'no credentials'
  return registers(world, role, clusterArn) ? undefined : 'denied'
}

/** Whether an AWS service may assume a role. */
export function trusts(role: RoleRecord, service: string): boolean {
  const statements = statementsOf(role.trust).filter(({ Principal }) => {
    const services = (Principal as { Service?: string | string[] } | undefined)?.Service
    return Principal === '*' || listOf(services).includes(service)
  })
  return allowed(
    statements.map((one) => ({ ...one, Resource: '*' })),
    'sts:AssumeRole',
    '*',
  )
}

function registers(world: World, role: RoleRecord, clusterArn: string): boolean {
  const action = 'ecs:RegisterContainerInstance'
  const documents = [
    ...Object.values(role.inline),
    ...role.attached.flatMap((arn) => documentOf(world, arn) ?? []),
  ]
  const bounds = role.boundary === undefined ? undefined : documentOf(world, role.boundary)
  const within = bounds === undefined || allowed(statementsOf(bounds), action, clusterArn)
  return within && allowed(documents.flatMap(statementsOf), action, clusterArn)
}

function allowed(statements: readonly Statement[], action: string, resource: string): boolean {
  const sourced = statements.map((statement) => ({ source: '', statement }))
  return evaluate(sourced, action, resource, new Map()).decision === 'allowed'
}

/** The value of a parameter, as `resolve:ssm:` reads it: by name, or `name:version`. */
export function parameterValue(world: World, reference: string): string | undefined {
  const [name = '', version] = reference.split(':')
  const versions = world.ssm.parameters.get(name) ?? []
  const own =
    version === undefined
      ? versions.at(-1)
      : versions.find((one) => String(one.version) === version)
  return (own ?? publicParameters.get(name))?.value
}
