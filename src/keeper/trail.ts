/**
 * Asks CloudTrail's event history who else writes what is fought over. Its events come minutes late, so it is asked a few
 * times; a report does without what cannot be read.
 */
import type { Aws } from '../aws/aws.ts'
import { AwsFailure } from '../errors.ts'
import type { Change, ObjectKey, Observation, Operation } from '../model.ts'
import { culpritsIn, eventNames, recordIn, type WriteRecord } from './culprits.ts'

export const trailReads: readonly Operation[] = ['cloudtrail:LookupEvents']

type Observations = ReadonlyMap<ObjectKey, Observation>

/** One that is fought over, and since when we have corrected it. */
export interface Fought {
  readonly change: Change
  readonly sinceMs: number
}

export interface Trail {
  /** Learns who writes these, where that is not known yet. Of the pass's other resources nothing is known any more. */
  follow(fought: readonly Fought[], observations: Observations): Promise<void>
  /** In words, by key. */
  readonly writers: ReadonlyMap<ObjectKey, string>
}

const againMs = 5 * 60_000
const mostTries = 3

/** Of 50 events each: in a busy account the newest say enough. */
const mostPages = 2

/** How long before our first correction the other may have begun. */
const earlierMs = 15 * 60_000

export function createTrail(aws: Aws, now: () => number): Trail {
  const writers = new Map<ObjectKey, string>()
  const tried = new Map<ObjectKey, { readonly times: number; readonly atMs: number }>()

  const isDue = ({ change: { key } }: Fought) => {
    const { times, atMs } = tried.get(key) ?? { times: 0, atMs: Number.NEGATIVE_INFINITY }
    return !writers.has(key) && times < mostTries && now() - atMs >= againMs
  }

  const recordsOf = async (name: string, sinceMs: number): Promise<WriteRecord[]> => {
    const records: WriteRecord[] = []
    let NextToken: string | undefined
    for (let page = 0; page < mostPages && (page === 0 || NextToken); page++) {
      const answer = (await aws('cloudtrail:LookupEvents', {
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: name }],
        StartTime: new Date(sinceMs),
        EndTime: new Date(now()),
        ...(NextToken ? { NextToken } : {}),
      })) as { Events?: { CloudTrailEvent?: string }[]; NextToken?: string }
      records.push(
        ...(answer.Events ?? []).flatMap((event) => recordIn(event.CloudTrailEvent) ?? []),
      )
      NextToken = answer.NextToken
    }
    return records
  }

  const look = async (due: readonly Fought[], observations: Observations) => {
    const sinceMs = Math.min(...due.map((one) => one.sinceMs)) - earlierMs
    const { Arn = '' } = (await aws('sts:GetCallerIdentity', {})) as { Arn?: string }
    const asked = new Map<string, WriteRecord[]>()
    for (const { change } of due) {
      const names = eventNames(change.calls.map(({ operation }) => operation))
      for (const name of names) {
        if (!asked.has(name)) asked.set(name, await recordsOf(name, sinceMs))
      }
      const records = names.flatMap((name) => asked.get(name) ?? [])
      const seen = observations.get(change.key)
      const who = seen?.found === 'yes' && culpritsIn(records, seen.live.attributes, Arn)
      if (who) writers.set(change.key, who)
    }
  }

  return {
    writers,
    async follow(fought, observations) {
      const still = new Set(fought.map(({ change }) => change.key))
      for (const key of observations.keys()) {
        if (still.has(key)) continue
        writers.delete(key)
        tried.delete(key)
      }
      const due = fought.filter(isDue)
      if (due.length === 0) return
      for (const { change } of due) {
        tried.set(change.key, { times: (tried.get(change.key)?.times ?? 0) + 1, atMs: now() })
      }
      try {
        await look(due, observations)
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error
      }
    },
  }
}
