/**
 * What of a task's spec is its content, and in which form equal contents are equal. Nothing of it is ever updated: a
 * change is another run. Rests on RunTask in the Amazon ECS API reference.
 */
import type { Field, Fields } from '../../diff.ts'
import { awsvpcNetwork, providerStrategy } from '../../kit/launch-fields.ts'

const plain: Field = {}
const off: Field = { default: false }
const byName: Field['key'] = (item) => String(item.name)
/** Where nothing is asked for, the defaults of an override are those of the definition. */
const environment: Field = {
  key: byName,
  value: 'value',
  fields: { name: plain, value: { default: '' } },
}

export const fields: Fields = {
  capacityProviderStrategy: providerStrategy,
  cluster: { default: 'default' },
  count: { default: 1 },
  enableECSManagedTags: off,
  enableExecuteCommand: off,
  group: plain,
  launchType: plain,
  networkConfiguration: awsvpcNetwork,
  overrides: {
    fields: {
      containerOverrides: {
        key: byName,
        fields: { name: plain, environment, resourceRequirements: { list: 'set' } },
      },
      inferenceAcceleratorOverrides: { list: 'set' },
    },
  },
  placementConstraints: { list: 'set' },
  placementStrategy: plain,
  platformVersion: { default: 'LATEST' },
  propagateTags: { default: 'NONE' },
  referenceId: plain,
  taskDefinition: plain,
  volumeConfigurations: { key: byName, fields: { name: plain, managedEBSVolume: plain } },
}
