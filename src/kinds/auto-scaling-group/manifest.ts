/** An AutoScalingGroup as people write it: its schema, the references it takes, its name in AWS, and its rules. */

import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { findings } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkGroup } from './rules.ts'
import type { AutoScalingGroupSpec } from './spec.ts'

export type { AutoScalingGroupSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

const percentage = (description: string): JsonSchema => ({ type: 'integer', description })
const seconds = percentage
const choice = (description: string, values: readonly string[]): JsonSchema => ({
  type: 'string',
  description,
  enum: values,
})
const flag = (description: string): JsonSchema => ({ type: 'boolean', description })

/** Shared with the kind InstanceGroup, which hands it down. */
export const instanceRefresh: JsonSchema = {
  type: 'object',
  description:
    'How running instances are replaced once the launch template has another version: the Preferences of StartInstanceRefresh.',
  additionalProperties: false,
  properties: {
    enabled: flag(
      'Whether running instances are replaced at all when the launch template changes. Default true; with false only new instances are launched from the new version.',
    ),
    onNewImage: flag(
      'Whether instances are replaced too when the parameter that the launch template names as its image (resolve:ssm:…) has moved to another image. Default false.',
    ),
    minHealthyPercentage: percentage(
      'How much of the desired capacity stays in service while instances are replaced, 0 to 100. Default: what instanceMaintenancePolicy says, else 90. 100 launches before it terminates.',
    ),
    maxHealthyPercentage: percentage(
      'How much of the desired capacity there may be meanwhile, 100 to 200, and at most 100 above minHealthyPercentage, without which it cannot be given.',
    ),
    instanceWarmup: seconds(
      'Seconds that a new instance is given before it counts as healthy. Default: the default instance warmup of the group, else its health check grace period.',
    ),
    checkpointPercentages: {
      type: 'array',
      description: 'Shares of replaced instances, ascending, at which the refresh pauses.',
      items: { type: 'integer' },
    },
    checkpointDelay: seconds('Seconds that it pauses at each checkpoint. Default 3600.'),
    skipMatching: flag('Leaves instances alone that are as the template says. Default true.'),
    autoRollback: flag(
      'Goes back to the version before when the refresh fails. The group then gets the new version only once every instance has it.',
    ),
    scaleInProtectedInstances: choice(
      'What happens to instances that are protected from scale-in: Refresh replaces them, Ignore leaves them, Wait (the default) waits up to an hour for the protection to be lifted, and then fails.',
      ['Refresh', 'Ignore', 'Wait'],
    ),
    standbyInstances: choice('What happens to instances in standby. Default Wait.', [
      'Terminate',
      'Ignore',
      'Wait',
    ]),
    alarmSpecification: {
      type: 'object',
      description: 'CloudWatch alarms that fail the refresh.',
      additionalProperties: false,
      properties: { alarms: { type: 'array', items: { type: 'string' } } },
    },
    bakeTime: seconds('Seconds that the refresh goes on watching once the last instance is there.'),
  },
}

/** Shared with the kind InstanceGroup. */
export const tags: JsonSchema = {
  type: 'array',
  description: 'Tags of the group, and of the instances that it launches.',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['key'],
    properties: {
      key: { type: 'string' },
      value: { type: 'string' },
      propagateAtLaunch: flag('Whether instances get it too. Default true.'),
    },
  },
}

export const source: SchemaSource = {
  package: 'client-auto-scaling',
  request: 'CreateAutoScalingGroupType',
  update: ['UpdateAutoScalingGroupType'],
  response: 'AutoScalingGroup',
  omit: {
    instanceId: 'describe what to launch as a launchTemplate',
    launchConfigurationName: 'launch configurations are no longer made: use a launchTemplate',
    lifecycleHookSpecificationList:
      'ECS adds its own hook for managed draining; hooks of others are left alone',
    skipZonalShiftValidation: 'it belongs to one call, not to the group',
    operator: 'it belongs to the service that runs the group',
  },
  derived: ['autoScalingGroupName'],
  encoded: { vpcZoneIdentifier: 'comma' },
  also: {
    instanceRefresh,
    tags,
  },
}

const templateReferences = (path: string): Record<string, ReferenceField> => ({
  [`${path}.launchTemplateId`]: { kind: 'LaunchTemplate', attribute: 'id' },
  [`${path}.launchTemplateName`]: { kind: 'LaunchTemplate', attribute: 'name' },
  [`${path}.version`]: { kind: 'LaunchTemplate', attribute: 'version' },
})

const mixed = 'mixedInstancesPolicy.launchTemplate'

export const references: Readonly<Record<string, ReferenceField>> = {
  ...templateReferences('launchTemplate'),
  ...templateReferences(`${mixed}.launchTemplateSpecification`),
  ...templateReferences(`${mixed}.overrides[].launchTemplateSpecification`),
  'vpcZoneIdentifier[]': { kind: 'Subnet', attribute: 'id' },
}

/** Groups are known by name within account and region. */
export function identify(
  spec: AutoScalingGroupSpec,
  name: string,
  environment: Environment,
): Identity {
  return { name: spec.autoScalingGroupName ?? `${environment.namePrefix}${name}`, parts: {} }
}

/** `…:autoScalingGroup:<uuid>:autoScalingGroupName/web` */
export function named(arn: string): Partial<AutoScalingGroupSpec> | undefined {
  const autoScalingGroupName = /:autoScalingGroupName\/(.+)$/.exec(arn)?.[1]
  return autoScalingGroupName === undefined ? undefined : { autoScalingGroupName }
}

export const validate: Kind<AutoScalingGroupSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkGroup(spec, found)
  return found.problems
}
