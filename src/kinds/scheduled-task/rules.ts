/** Rules of scheduled tasks beyond the schema. They rest on CreateSchedule in the EventBridge Scheduler API reference. */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { checkGiven, checkRange, checkTags, type Findings } from '../../kit/field-rules.ts'
import { checkLaunch, checkLaunchOf } from '../../kit/launch-rules.ts'
import { itemLabels } from '../../paths.ts'
import { faultIn } from './expression.ts'
import type { ScheduledTaskSpec } from './spec.ts'
import { isTimeZone, nearestTimeZone } from './time-zone.ts'

export function checkScheduledTask(spec: ScheduledTaskSpec, found: Findings): void {
  const { say } = found
  if (spec.name !== undefined) checkScheduleName(spec.name, 'spec.name', found)
  checkTags(spec.tags, 'spec.tags', found)
  if ((spec.description?.length ?? 0) > 512) {
    say('spec.description', 'TooLong', 'a description has at most 512 characters')
  }
  checkTimes(spec, found)
  checkWindow(spec, found)
  checkTarget(spec, found)
}

export function checkScheduleName(name: string, path: string, { say }: Findings): void {
  if (/^[\w.-]{1,64}$/.test(name)) return
  const message = `"${name.slice(0, 80)}" is not a name of a schedule: 1 to 64 letters, digits, and .-_`
  say(path, 'BadName', message)
}

function checkTimes(spec: ScheduledTaskSpec, { say }: Findings): void {
  const { scheduleExpression, scheduleExpressionTimezone: zone } = spec
  const fault = scheduleExpression === undefined ? undefined : faultIn(scheduleExpression)
  if (fault) say('spec.scheduleExpression', 'BadExpression', fault.message, fault.hint)
  if (zone !== undefined && !isTimeZone(zone)) {
    const message = `"${zone.slice(0, 60)}" is not a time zone: expected a name such as Europe/Berlin`
    const near = nearestTimeZone(zone)
    const hint = near ? `did you mean ${near}?` : undefined
    say('spec.scheduleExpressionTimezone', 'BadTimeZone', message, hint)
  }
  for (const field of ['startDate', 'endDate'] as const) {
    const value = spec[field]
    if (value === undefined || isMoment(value)) continue
    const message = `"${value.slice(0, 60)}" is not a moment: expected 2030-01-31T18:00:00Z, or with an offset`
    say(`spec.${field}`, 'BadDate', message)
  }
  const { startDate: start, endDate: end } = spec
  if (start && end && Date.parse(end) <= Date.parse(start)) {
    say('spec.endDate', 'OutOfOrder', 'the end must come after the start')
  }
}

const isMoment = (text: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text) &&
  !Number.isNaN(Date.parse(text))

function checkWindow({ flexibleTimeWindow }: ScheduledTaskSpec, found: Findings): void {
  if (flexibleTimeWindow === undefined) return
  const { mode, maximumWindowInMinutes: minutes } = flexibleTimeWindow
  const path = 'spec.flexibleTimeWindow.maximumWindowInMinutes'
  checkRange(minutes, path, [1, 1440], found)
  if (mode === 'FLEXIBLE') checkGiven(minutes, path, found, 'how late a task may start')
  if (mode === 'OFF' && minutes !== undefined) {
    found.say(path, 'NotTogether', 'a window needs mode FLEXIBLE')
  }
}

/** What a schedule can start besides tasks. */
const others = [
  'eventBridgeParameters',
  'eventBridgePutEventsV2Parameters',
  'eventBridgePutRawEventsParameters',
  'kinesisParameters',
  'sageMakerPipelineParameters',
  'sqsParameters',
]

function checkTarget({ target }: ScheduledTaskSpec, found: Findings): void {
  if (target === undefined) return
  const { say } = found
  const path = 'spec.target'
  for (const name of others) {
    if ((target as Record<string, unknown>)[name] === undefined) continue
    say(`${path}.${name}`, 'NotTogether', 'a ScheduledTask starts tasks of ECS and nothing else')
  }
  const { arn, roleArn, ecsParameters: ecs, retryPolicy } = target
  if (typeof arn === 'string' && !/^arn:[\w-]+:ecs:[\w-]+:\d{12}:cluster\/[\w-]+$/.test(arn)) {
    const hint = '{ ref: name } of a Cluster'
    say(`${path}.arn`, 'BadArn', `"${arn.slice(0, 80)}" is not the ARN of a cluster`, hint)
  }
  if (typeof roleArn === 'string' && !/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(roleArn)) {
    const hint = '{ ref: name } of a Role that scheduler.amazonaws.com may assume'
    say(`${path}.roleArn`, 'BadArn', `"${roleArn.slice(0, 80)}" is not the ARN of a role`, hint)
  }
  const age = `${path}.retryPolicy.maximumEventAgeInSeconds`
  checkRange(retryPolicy?.maximumEventAgeInSeconds, age, [60, 86_400], found)
  const attempts = `${path}.retryPolicy.maximumRetryAttempts`
  checkRange(retryPolicy?.maximumRetryAttempts, attempts, [0, 185], found)
  checkInput(target.input, found)
  checkGiven(
    ecs,
    `${path}.ecsParameters`,
    found,
    'ecsParameters: { taskDefinitionArn: { ref: name } }',
  )
  if (ecs === undefined) return
  const at = `${path}.ecsParameters`
  checkRange(ecs.taskCount, `${at}.taskCount`, [1, 10], found)
  checkTags(ecs.tags, `${at}.tags`, found)
  checkLaunch(ecs, at, found)
}

const overrideMembers = new Set([
  'containerOverrides',
  'cpu',
  'memory',
  'ephemeralStorage',
  'executionRoleArn',
  'inferenceAcceleratorOverrides',
  'taskRoleArn',
])

/** The overrides that a schedule's tasks are started with; undefined where they are absent or unreadable. */
function overridesIn(input: unknown): Record<string, unknown> | undefined {
  try {
    const value = typeof input === 'string' ? JSON.parse(input) : input
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function checkInput(input: unknown, { say }: Findings): void {
  if (input === undefined) return
  const path = 'spec.target.input'
  const overrides = overridesIn(input)
  if (overrides === undefined) {
    const hint = 'input: { containerOverrides: [{ name: app, command: [run] }] }'
    say(path, 'BadInput', 'must be the overrides of a task, as they are or as JSON', hint)
    return
  }
  for (const name of Object.keys(overrides)) {
    if (overrideMembers.has(name)) continue
    const message = `ECS knows no override "${name}": expected ${[...overrideMembers].join(', ')}`
    say(`${path}`, 'UnknownField', message)
  }
}

/** Rules over a schedule and the definition of its tasks. */
export function checkWithTaskDefinition(
  { target = {} }: ScheduledTaskSpec,
  definition: Partial<RegisterTaskDefinitionRequest>,
  found: Findings,
): void {
  checkLaunchOf(target.ecsParameters ?? {}, definition, 'spec.target.ecsParameters', found)
  const names = (definition.containerDefinitions ?? []).map(({ name }) => name)
  const list = overridesIn(target.input)?.containerOverrides
  const overrides = (Array.isArray(list) ? list : []) as { name?: string }[]
  const labels = itemLabels(overrides)
  overrides.forEach(({ name }, index) => {
    if (name === undefined || names.includes(name)) return
    const at = `spec.target.input.containerOverrides[${labels[index]}].name`
    const message = `its task definition has no container "${name}": expected ${names.join(' or ')}`
    found.say(at, 'UnknownContainer', message)
  })
}
