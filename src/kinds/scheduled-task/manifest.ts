/** A ScheduledTask as people write it: its schema, the references it takes, its name in AWS, and its rules. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { tagList } from '../../kit/ec2-manifest.ts'
import { findings, type Together } from '../../kit/field-rules.ts'
import { trustedBy } from '../../kit/trust-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkScheduledTask, checkScheduleName, checkWithTaskDefinition } from './rules.ts'
import type { ScheduledTaskSpec } from './spec.ts'

export type { ScheduledTaskSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-scheduler',
  request: 'CreateScheduleInput',
  response: 'GetScheduleOutput',
  omit: {
    clientToken: 'fairlead makes its own tokens',
    groupName: 'each schedule gets a group of its own name, which carries its tags',
  },
  derived: ['name', 'flexibleTimeWindow'],
  encoded: { 'target.input': 'json' },
  also: { tags: { ...tagList, description: "Tags of the schedule's group: a schedule has none." } },
}

const awsvpc = 'target.ecsParameters.networkConfiguration.awsvpcConfiguration'

export const references: Readonly<Record<string, ReferenceField>> = {
  'target.arn': { kind: 'Cluster', attribute: 'arn' },
  'target.roleArn': { kind: 'Role', attribute: 'arn' },
  'target.ecsParameters.taskDefinitionArn': { kind: 'TaskDefinition', attribute: 'arn' },
  'target.ecsParameters.capacityProviderStrategy[].capacityProvider': {
    kind: 'CapacityProvider',
    attribute: 'name',
  },
  [`${awsvpc}.subnets[]`]: { kind: 'Subnet', attribute: 'id' },
  [`${awsvpc}.securityGroups[]`]: { kind: 'SecurityGroup', attribute: 'id' },
}

/** A schedule is known by name within its group, and the group is called like it. */
export function identify(
  spec: ScheduledTaskSpec,
  name: string,
  environment: Environment,
): Identity {
  return { name: spec.name ?? `${environment.namePrefix}${name}`, parts: {} }
}

export function named(arn: string): Partial<ScheduledTaskSpec> | undefined {
  const name = nameInArn(arn, 'scheduler', 'schedule-group')
  return name === undefined ? undefined : { name }
}

export const validate: Kind<ScheduledTaskSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkScheduledTask(spec, found)
  return found.problems
}

export const within: NonNullable<Kind<ScheduledTaskSpec>['within']> = (
  { spec, name },
  environment,
  at,
) => {
  const found = findings(at)
  if (spec.name === undefined) {
    checkScheduleName(`${environment.namePrefix}${name}`, 'metadata.name', found)
  }
  return found.problems
}

/** Rules over a schedule and the definition and role of its tasks, where those are in the manifests too. */
export const together: Together<ScheduledTaskSpec> = {
  'spec.target.roleArn': trustedBy('scheduler.amazonaws.com'),
  'spec.target.ecsParameters.taskDefinitionArn': ({ spec }, target, at) => {
    const found = findings(at)
    checkWithTaskDefinition(spec, target.spec, found)
    return found.problems
  },
}
