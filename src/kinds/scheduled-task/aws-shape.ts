/**
 * A schedule in Scheduler's shape and in ours. Scheduler capitalises its own members and leaves those that it took
 * over from ECS as they are. Pure.
 */

import { isHole, isObject } from '../../diff.ts'
import { fromAws, toAws, upperLeading } from '../../kit/casing.ts'

type Members = Record<string, unknown>

/** What of an answer is no state that a manifest declares. */
const answered = new Set(['arn', 'name', 'groupName', 'creationDate', 'lastModificationDate'])

/** The members of a schedule as GetSchedule shows it, in our spelling; moments as text. */
export function fromSchedule(schedule: object): Members {
  const entries = Object.entries(fromAws<Members>(schedule)).flatMap(([name, value]) => {
    if (answered.has(name) || value === undefined || value === null) return []
    return [[name, value instanceof Date ? value.toISOString() : value]]
  })
  return Object.fromEntries(entries)
}

/** The members of CreateSchedule and UpdateSchedule. */
export function toSchedule({ target, startDate, endDate, ...rest }: Members): Members {
  return {
    FlexibleTimeWindow: { Mode: 'OFF' },
    ...(toAws(rest) as Members),
    ...(startDate === undefined ? {} : { StartDate: new Date(String(startDate)) }),
    ...(endDate === undefined ? {} : { EndDate: new Date(String(endDate)) }),
    Target: toTarget(target as Members),
  }
}

function toTarget({ input, ecsParameters, ...rest }: Members): Members {
  const text = typeof input === 'string' ? input : JSON.stringify(input)
  return {
    ...(toAws(rest) as Members),
    ...(input === undefined ? {} : { Input: text }),
    EcsParameters: toEcsParameters(ecsParameters as Members),
  }
}

function toEcsParameters(parameters: Members): Members {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [upperLeading(name), ecsValue(value)]),
  )
}

/** ECS's own members stand as they are, but for those of awsvpcConfiguration. */
function ecsValue(value: unknown): unknown {
  if (!isObject(value) || isHole(value) || !isObject(value.awsvpcConfiguration)) return value
  return { awsvpcConfiguration: toAws(value.awsvpcConfiguration) }
}
