/**
 * Whether a resource is to be left alone, by annotations of its manifest or, for an incident, by a tag on the live
 * resource: `2030-01-31T18:00:00Z incident 4711`. Pure.
 */
import type { Reason } from './model.ts'

export const suspendTag = 'fairlead:suspend'

/** What the tag says once a person has ended the suspension: some APIs take no empty value. */
export const endedValue = 'ended'

export const suspendAnnotation = 'fairlead.dev/suspend'
export const untilAnnotation = 'fairlead.dev/suspend-until'

export interface Suspension {
  /** As a person gave it; empty where nobody gave one. */
  readonly why: string
  /** When it ends, as it is written; absent: not by itself. */
  readonly until?: string
  /** By the tag: Git does not show it. */
  readonly live?: true
}

type Texts = Readonly<Record<string, string>>

/** The first that holds now: what Git says, then what the tag says. What has ended holds no more. */
export function suspensionOf(
  annotations: Texts,
  tags: Texts | undefined,
  now: number,
): Suspension | undefined {
  const holds = (one: Suspension | undefined) =>
    one && (one.until === undefined || !(Date.parse(one.until) <= now))
  return [inGit(annotations), fromTag(tags?.[suspendTag])].find(holds)
}

function inGit(annotations: Texts): Suspension | undefined {
  const why = annotations[suspendAnnotation]
  if (why === undefined || why === 'false') return undefined
  const until = annotations[untilAnnotation]
  return { why: why === 'true' ? '' : why, ...(until === undefined ? {} : { until }) }
}

/** A tag without a time was set by hand: it holds until it is emptied. */
function fromTag(value: string | undefined): Suspension | undefined {
  const text = value?.trim()
  if (!text || text === 'false' || text === endedValue) return undefined
  const [until = '', ...rest] = text.split(' ')
  const timed = /^\d{4}-\d\d-\d\dT/.test(until) && !Number.isNaN(Date.parse(until))
  if (!timed) return { why: text === 'true' ? '' : text, live: true }
  return { why: rest.join(' '), until, live: true }
}

/** When it ends, milliseconds since the epoch. */
export function endOf({ until }: Suspension): number | undefined {
  const ms = Date.parse(until ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

/** What every service takes in the value of a tag: these characters, and so many. */
const tagLimit = 256

export function suspendValue(until: string, why: string): string {
  const plain = why.replace(/[^\p{L}\p{N} +\-=._:/@]+/gu, ' ').replace(/ +/g, ' ')
  return [...`${until} ${plain}`].slice(0, tagLimit).join('').trim()
}

/** `suspended until …: incident 4711` */
export function suspendedReason({ why, until, live }: Suspension): Reason {
  const how = live ? ` by the tag ${suspendTag}` : ''
  const end = until === undefined ? '' : ` until ${until}`
  return { code: 'Suspended', message: `suspended${how}${end}${why ? `: ${why}` : ''}` }
}
