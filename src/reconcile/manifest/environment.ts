/** Environments: what a document of that kind says, and the one that stands for all where none is described. */
import { Cron } from 'croner'
import { parseDuration } from '../../durations.ts'
import type { Desired, Environment, MaintenanceWindow, Problem } from '../../model.ts'
import { aboveZero, namespaceExpected, namespacePattern } from './envelope.ts'

/** Gives a problem its place. */
export type At = (path: string, code: string, message: string, hint?: string) => Problem

/** Everything lives here while no Environment is described. */
export const defaultEnvironment: Environment = {
  name: 'default',
  namePrefix: '',
  tags: {},
  mode: 'apply',
}

/** Whether no Environment is described, or none but `default`: then all manifests are its own. */
export function isOnlyOne({ environments }: Pick<Desired, 'environments'>): boolean {
  return environments.length === 1 && environments[0]?.name === defaultEnvironment.name
}

/** The account that is worked in, as Git says; undefined for the one of the process's own credentials. */
export function accountOf({
  accountId,
  roleArn,
}: Pick<Environment, 'accountId' | 'roleArn'>): string | undefined {
  return accountId ?? roleArn?.split(':')[4]
}

/**
 * The environment of that name. What is wrong is added to `problems`; an environment with an error only observes,
 * besides being stopped.
 */
export function readEnvironment(
  name: string,
  spec: Record<string, unknown>,
  problems: Problem[],
  at: At,
): Environment {
  const fields = spec as Partial<Environment>
  if (!namespacePattern.test(name)) {
    problems.push(at('metadata.name', 'BadName', `names a namespace: ${namespaceExpected}`))
  }
  for (const [field, pattern, expected] of patterns) {
    const value = spec[field]
    if (['string', 'number'].includes(typeof value) && !pattern.test(String(value))) {
      problems.push(at(`spec.${field}`, 'BadValue', `"${value}" is not ${expected}`))
    }
  }
  if ((fields.keepRevisions ?? 0) < 0) {
    problems.push(at('spec.keepRevisions', 'BadValue', 'a number of revisions, 0 or more'))
  }
  const { accountId, roleArn } = fields
  if (accountId && roleArn && problems.length === 0 && accountOf({ roleArn }) !== accountId) {
    const message = `the role is in account ${accountOf({ roleArn })}, spec.accountId says ${accountId}`
    problems.push(at('spec.roleArn', 'WrongAccount', message))
  }
  for (const [i, window] of (fields.maintenanceWindows ?? []).entries()) {
    for (const [field, message] of wrongWindow(window)) {
      problems.push(at(`spec.maintenanceWindows[${i}].${field}`, 'BadValue', message))
    }
  }
  for (const [key, value] of Object.entries(fields.tags ?? {})) {
    const wrong = wrongTag(key, value)
    if (wrong) problems.push(at(`spec.tags.${key}`, 'BadTag', wrong))
  }
  const failed = problems.some((problem) => problem.severity === 'error')
  return {
    ...fields,
    name,
    namePrefix: fields.namePrefix ?? '',
    tags: fields.tags ?? {},
    mode: failed ? 'observe' : (fields.mode ?? 'apply'),
  }
}

const patterns: readonly (readonly [string, RegExp, string])[] = [
  ['accountId', /^\d{12}$/, 'an account id of 12 digits'],
  ['region', /^[a-z]{2,}(-[a-z]+)+-\d+$/, 'a region such as eu-central-1'],
  ['roleArn', /^arn:[\w-]+:iam::\d{12}:role\/.+$/, 'the ARN of a role'],
  ['namePrefix', /^[A-Za-z0-9_-]{0,64}$/, 'a prefix of at most 64 letters, digits, - and _'],
  ['maxDeletes', /^(\d+|\d+(\.\d+)? ?%)$/, 'a number or a share such as "10%"'],
  ['maxRollouts', aboveZero, 'a number or a share above 0'],
  ['rolePath', /^\/([\x21-\x7e]+\/)?$/, 'an IAM path such as /team/'],
  ['permissionsBoundary', /^arn:[\w-]+:iam::(\d{12}|aws):policy\/.+$/, 'the ARN of a policy'],
]

function wrongWindow(window: Partial<MaintenanceWindow>): [string, string][] {
  const { schedule, duration, timeZone = 'UTC' } = window
  const wrong: [string, string][] = []
  const tried = (field: string, expected: string, use: () => unknown) => {
    try {
      use()
    } catch {
      wrong.push([field, `"${window[field as keyof MaintenanceWindow]}" is not ${expected}`])
    }
  }
  tried(
    'timeZone',
    'an IANA time zone such as Europe/Berlin',
    () => new Intl.DateTimeFormat('en', { timeZone }),
  )
  if (schedule !== undefined) {
    tried(
      'schedule',
      'a time in cron notation such as "0 2 * * SAT"',
      () => new Cron(schedule, { paused: true }),
    )
    if (wrong.every(([field]) => field !== 'schedule') && !comes(schedule)) {
      wrong.push(['schedule', `"${schedule}" never comes`])
    }
  }
  if (duration !== undefined) {
    // A bare number would be seconds, and hardly ever meant so.
    tried('duration', 'a duration such as 2h', () => {
      if (!(parseDuration(duration) > 0) || !/[a-z]$/.test(duration)) throw new Error(duration)
    })
  }
  return wrong
}

const comes = (schedule: string) =>
  new Cron(schedule, { paused: true }).nextRun(new Date(0)) !== null

function wrongTag(key: string, value: string): string | undefined {
  if (key.length < 1 || key.length > 128) return 'a tag key has 1 to 128 characters'
  if (value.length > 256) return 'a tag value has at most 256 characters'
  const prefix = ['aws:', 'fairlead:'].find((reserved) => key.toLowerCase().startsWith(reserved))
  return prefix && `tag keys must not begin with ${prefix}, which is reserved`
}
