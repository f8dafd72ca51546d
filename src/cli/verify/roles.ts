/** Roles that manifests name: they exist, and trust the service that they are passed to. */

import { trusts } from '../../kit/trust-rules.ts'
import type { Problem } from '../../model.ts'
import {
  ask,
  byValue,
  type Check,
  type Found,
  makes,
  type Subject,
  texts,
  unchecked,
  wrong,
} from './subject.ts'

/** Fields that take a role, and the service that gets it. */
export const roleFields: readonly (readonly [kind: string, path: string, service: string])[] = [
  ['TaskDefinition', 'taskRoleArn', 'ecs-tasks.amazonaws.com'],
  ['TaskDefinition', 'executionRoleArn', 'ecs-tasks.amazonaws.com'],
  ['Service', 'role', 'ecs.amazonaws.com'],
  ['Service', 'loadBalancers[].advancedConfiguration.roleArn', 'ecs.amazonaws.com'],
  ['Service', 'volumeConfigurations[].managedEBSVolume.roleArn', 'ecs.amazonaws.com'],
  ['Service', 'vpcLatticeConfigurations[].roleArn', 'ecs.amazonaws.com'],
  ['Task', 'overrides.taskRoleArn', 'ecs-tasks.amazonaws.com'],
  ['Task', 'overrides.executionRoleArn', 'ecs-tasks.amazonaws.com'],
  ['ScheduledTask', 'target.roleArn', 'scheduler.amazonaws.com'],
]

export interface NamedRole extends Found {
  readonly service: string
  readonly name: string
  /** Absent where the manifest has the role's name alone. */
  readonly account?: string
}

/** Every role that is written out; service-linked ones are AWS's business. */
export function namedRoles(subject: Subject): NamedRole[] {
  return roleFields.flatMap(([kind, path, service]) =>
    texts(subject, kind, path)
      .filter(({ value }) => !value.includes(':role/aws-service-role/'))
      .map((found) => {
        const [, account] = /^arn:[\w-]+:iam::(\d{12}):role\//.exec(found.value) ?? []
        const name = found.value.slice(found.value.lastIndexOf('/') + 1)
        return { ...found, service, name, ...(account ? { account } : {}) }
      }),
  )
}

interface Role {
  readonly Arn?: string
  readonly AssumeRolePolicyDocument?: string
}

export const roles: Check = async (subject) => {
  const all = namedRoles(subject)
  const byName = byValue(all, (value) => value)
  const problems = await Promise.all(
    [...byName.values()].map(async (uses): Promise<Problem[]> => {
      const found = uses as NamedRole[]
      const { name, account } = found[0]!
      if (account && account !== subject.account) {
        return found.map((one) => unchecked(one, `the role is in account ${account}`))
      }
      if (makes(subject, 'Role', (identity) => identity.name === name)) return []
      const answer = await ask<{ Role?: Role }>(subject.read, 'iam:GetRole', { RoleName: name })
      if ('failed' in answer) return found.map((one) => unchecked(one, answer.failed))
      if ('missing' in answer) {
        return found.map((one) => wrong(one, 'NoSuchRole', `there is no role ${name}`))
      }
      const { Arn = '', AssumeRolePolicyDocument = '' } = answer.output.Role ?? {}
      return found.flatMap((one) => {
        if (one.value.startsWith('arn:') && one.value !== Arn) {
          const message = `there is no role ${one.value}`
          return [wrong(one, 'NoSuchRole', message, `did you mean ${Arn}?`)]
        }
        if (trusts(AssumeRolePolicyDocument, one.service)) return []
        const message = `the role ${name} does not trust ${one.service}`
        const hint = `its trust policy must allow sts:AssumeRole to { "Service": "${one.service}" }`
        return [wrong(one, 'NotTrusted', message, hint)]
      })
    }),
  )
  return problems.flat()
}
