/** `fairlead suspend`, `resume` and `retry`: annotations in the manifest's file, or a tag for an incident. */
import { parseDuration, renderDuration } from '../durations.ts'
import { UserError } from '../errors.ts'
import { renderKey } from '../render-value.ts'
import { systemClock } from '../runtime.ts'
import {
  endedValue,
  suspendAnnotation,
  suspendTag,
  suspendValue,
  suspensionOf,
  untilAnnotation,
} from '../suspension.ts'
import { type LiveOptions, tagLive } from './annotate/live.ts'
import { findTarget, type TargetOptions } from './annotate/target.ts'
import { annotate } from './annotate/write.ts'
import type { Io } from './io.ts'

export interface SuspendOptions extends TargetOptions, LiveOptions {
  readonly reason?: string
  /** A duration from now. */
  readonly for?: string
  /** An ISO date and time. */
  readonly until?: string
  readonly live?: boolean
}

/** Whole seconds, in UTC. */
const isoOf = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

function endIn({ for: duration, until }: SuspendOptions): string | undefined {
  if (duration !== undefined && until !== undefined) {
    throw new UserError('--for and --until both say when it ends', { hint: 'give one of them' })
  }
  const now = systemClock.now()
  // Five seconds, or five hours? `timeout` asks for a unit as well.
  if (/^[\d.]+$/.test(duration ?? '')) {
    throw new UserError(`"${duration}" has no unit`, { hint: 'write 30m, 2h or 1d' })
  }
  if (duration !== undefined) return isoOf(now + parseDuration(duration))
  if (until === undefined) return undefined
  const ms = Date.parse(until)
  if (Number.isNaN(ms)) {
    throw new UserError(`"${until}" is not a time`, { hint: 'write 2030-01-31T18:00:00Z' })
  }
  if (ms <= now) throw new UserError(`${until} has passed`)
  return isoOf(ms)
}

export async function suspend(
  kind: string,
  name: string,
  path: string,
  options: SuspendOptions,
  io: Io,
): Promise<number> {
  const until = endIn(options)
  const reason = options.reason?.trim()
  if (options.live && until === undefined) {
    throw new UserError('what Git does not show must end by itself', {
      hint: 'say --for 2h, or --until 2030-01-31T18:00:00Z',
    })
  }
  if (until === undefined && !reason) {
    throw new UserError('a suspension without an end needs a reason', {
      hint: 'say --reason "…", or --for 2h',
    })
  }
  const target = await findTarget(kind, name, path, options, io)
  const shown = renderKey(target.manifest.key)
  if (options.live && until !== undefined) {
    const value = suspendValue(until, reason ?? '')
    await tagLive(target, () => value, options, io)
    const left = renderDuration(Date.parse(until) - systemClock.now())
    io.stdout(`${shown}: tag ${suspendTag}: ${value}\n`)
    io.stderr(`left alone for ${left} from the controller’s next look on, whatever Git says\n`)
    return 0
  }
  const wanted = { [suspendAnnotation]: reason || 'true', [untilAnnotation]: until }
  if (!(await annotate(target, wanted, io))) io.stdout(`${shown} is suspended so already\n`)
  return 0
}

export async function resume(
  kind: string,
  name: string,
  path: string,
  options: TargetOptions & LiveOptions & { readonly live?: boolean },
  io: Io,
): Promise<number> {
  const target = await findTarget(kind, name, path, options, io)
  const shown = renderKey(target.manifest.key)
  if (options.live) {
    const holds = (tag: string | undefined) =>
      suspensionOf({}, tag === undefined ? {} : { [suspendTag]: tag }, systemClock.now())
    const before = await tagLive(
      target,
      (tag) => (holds(tag) ? endedValue : undefined),
      options,
      io,
    )
    io.stdout(
      holds(before)
        ? `${shown}: tag ${suspendTag}: ${endedValue} (was: ${before})\n`
        : `${shown} is not suspended by a tag\n`,
    )
    return 0
  }
  const gone = { [suspendAnnotation]: undefined, [untilAnnotation]: undefined }
  if (!(await annotate(target, gone, io))) {
    io.stdout(`${shown} is not suspended in Git\n`)
    io.stderr('a tag is ended with --live\n')
  }
  return 0
}

export async function retry(
  kind: string,
  name: string,
  path: string,
  options: TargetOptions & { readonly reason?: string },
  io: Io,
): Promise<number> {
  const target = await findTarget(kind, name, path, options, io)
  const now = isoOf(systemClock.now())
  const value = options.reason ? `${now} ${options.reason.trim()}` : now
  await annotate(target, { 'fairlead.dev/retry': value }, io)
  return 0
}
