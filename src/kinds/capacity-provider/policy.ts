/**
 * The fields of a capacity provider. Rests on CreateCapacityProvider and UpdateCapacityProvider in the Amazon ECS API
 * reference.
 */
import type { Field, Fields } from '../../diff.ts'

/** AWS takes a group's name, and shows its ARN. */
const groupName: Field['normalise'] = (value) =>
  typeof value === 'string' ? value.replace(/^arn:.*:autoScalingGroupName\//, '') : value

/** What UpdateCapacityProvider sets. */
export const updatable: Fields = {
  managedScaling: {
    merge: true,
    fields: {
      status: { default: 'DISABLED' },
      targetCapacity: { default: 100 },
      minimumScalingStepSize: { default: 1 },
      maximumScalingStepSize: { default: 10_000 },
      instanceWarmupPeriod: { default: 300 },
    },
  },
  managedTerminationProtection: { default: 'DISABLED' },
  managedDraining: { default: 'ENABLED' },
}

/** One level up in the request; compared without it, since only the group cannot be changed. */
export const fields: Fields = {
  ...updatable,
  autoScalingGroupArn: {
    normalise: groupName,
    createOnly: 'a capacity provider belongs to one Auto Scaling group',
  },
}
