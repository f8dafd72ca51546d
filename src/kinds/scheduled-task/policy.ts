/**
 * The fields of a schedule. UpdateSchedule replaces all of them, and none touches tasks that run. Rests on
 * CreateSchedule in the EventBridge Scheduler API reference.
 */
import type { Field, Fields } from '../../diff.ts'
import { awsvpcNetwork, providerStrategy } from '../../kit/launch-fields.ts'

const plain: Field = {}
const off: Field = { default: false }

/** The text of a document, and the document, are the same input. */
function asDocument(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** One spelling of a moment: `2030-01-31T18:00:00.000Z`. */
function asMoment(value: unknown): unknown {
  const ms = value instanceof Date ? value.getTime() : Date.parse(String(value))
  return Number.isNaN(ms) ? value : new Date(ms).toISOString()
}

const ecsParameters: Fields = {
  taskDefinitionArn: plain,
  taskCount: { default: 1 },
  launchType: plain,
  networkConfiguration: awsvpcNetwork,
  platformVersion: { default: 'LATEST' },
  group: plain,
  capacityProviderStrategy: providerStrategy,
  enableECSManagedTags: off,
  enableExecuteCommand: off,
  placementConstraints: { list: 'set' },
  placementStrategy: plain,
  propagateTags: plain,
  referenceId: plain,
  tags: {
    key: (item) => String(item.key),
    value: 'value',
    fields: { key: plain, value: { default: '' } },
  },
}

export const fields: Fields = {
  scheduleExpression: plain,
  scheduleExpressionTimezone: { default: 'UTC', resets: true },
  startDate: { normalise: asMoment, resets: true },
  endDate: { normalise: asMoment, resets: true },
  description: plain,
  state: { default: 'ENABLED' },
  kmsKeyArn: plain,
  actionAfterCompletion: { default: 'NONE', resets: true },
  flexibleTimeWindow: { default: { mode: 'OFF' }, resets: true },
  target: {
    fields: {
      arn: plain,
      roleArn: plain,
      input: { normalise: asDocument },
      deadLetterConfig: { fields: { arn: plain } },
      retryPolicy: {
        fields: {
          maximumEventAgeInSeconds: { default: 86_400 },
          maximumRetryAttempts: { default: 185 },
        },
      },
      ecsParameters: { fields: ecsParameters },
    },
  },
}
