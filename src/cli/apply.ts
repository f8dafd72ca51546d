/** `fairlead apply` and `fairlead delete`: the controller's own loop, run until there is nothing left to do. */

import { conditionOf, isReady, isStalled } from '../conditions.ts'
import { createController } from '../controller.ts'
import { renderDuration } from '../durations.ts'
import { UserError } from '../errors.ts'
import { settling } from '../keeper/holdback.ts'
import { kinds } from '../kinds/index.ts'
import { createMetrics } from '../metrics.ts'
import type { Desired, JournalEvent, Status } from '../model.ts'
import { renderKey } from '../render-value.ts'
import { quietLog, type Runtime, systemClock } from '../runtime.ts'
import { connector } from './connect.ts'
import type { Io } from './io.ts'
import { isBroken, load, renderProblem } from './load.ts'
import { look } from './look.ts'
import type { PlanOptions } from './plan.ts'
import { renderPlans, summarize } from './render-plan.ts'
import { reasonWidth, type Style, styleFor } from './style.ts'
import { waitingLine } from './waiting.ts'

export interface ApplyOptions extends PlanOptions {
  /** False: done once every call is sent. */
  readonly wait: boolean
  readonly timeoutMs: number
}

function eventLine(event: JournalEvent, style: Style): string {
  const paint =
    event.type === 'Warning' ? style.red : event.reason === 'Ready' ? style.green : String
  return `${paint(event.reason.padEnd(reasonWidth))} ${event.message}\n`
}

/** Nothing is left to send for it: it is as Git says, its last write was answered, or only a person can go on. */
function isSent(status: Status | undefined): boolean {
  if (!status) return false
  const ready = conditionOf(status, 'Ready')
  const settled = status.sync === 'Synced' || ready?.reason === 'Suspended'
  return settled || isStalled(status) || (ready?.message.includes(settling) ?? false)
}

/** Without a terminal, nothing is said for so long before it is told what is waited for. */
const quietMs = 60_000

/** A line that wraps cannot be overwritten. */
const clipped = (text: string, width: number) =>
  text.length < width ? text : `${text.slice(0, Math.max(0, width - 2))}…`

/** Runs the loop to its end; answers the exit code: 0 only when all is Ready (or, without waiting, sent). */
async function toFixpoint(
  desired: Desired,
  options: ApplyOptions & { readonly teardown: boolean },
  io: Io,
): Promise<number> {
  const style = styleFor(io)
  const runtime: Runtime = { clock: systemClock, random: Math.random, log: quietLog }
  const startedMs = runtime.clock.now()
  let live = ''
  let saidMs = startedMs
  const write = (line: string) => {
    saidMs = runtime.clock.now()
    io.stdout(`${live ? '\r\u001b[K' : ''}${line}`)
    live = ''
  }
  const metrics = createMetrics()
  const controller = createController({
    kinds,
    owner: options.owner,
    runtime,
    metrics,
    connect: connector({
      io,
      runtime,
      metrics,
      ...(options.apiShare === undefined ? {} : { apiShare: options.apiShare }),
    }),
    onEvent: (event) => {
      if (event.reason !== 'SourceRead') write(eventLine(event, style))
    },
    followMs: 2_000,
    teardown: options.teardown,
    ...(options.prune ? { prune: options.prune } : {}),
  })
  const stop = new AbortController()
  const running = controller.run(AbortSignal.any([stop.signal, io.signal]))
  controller.submit(desired)

  let code = 1
  for (;;) {
    await runtime.clock.sleep(100, io.signal)
    if (io.signal.aborted) break
    const state = controller.state()
    const { statuses, manifests, swept } = controller.view()
    if (state === 'ready') {
      code = 0
      break
    }
    const known = [...new Set([...manifests.map(({ key }) => key), ...statuses.keys()])].map(
      (key) => statuses.get(key),
    )
    if (!options.wait && swept && known.every(isSent)) {
      code = known.some(isStalled) ? 1 : 0
      break
    }
    if (state === 'stalled') break
    if (runtime.clock.now() - startedMs > options.timeoutMs) {
      write(style.red(`not done after ${renderDuration(options.timeoutMs)}\n`))
      break
    }
    const now = runtime.clock.now()
    if (!io.terminal && now - saidMs < quietMs) continue
    const waiting = waitingLine({ manifests, statuses }, now - startedMs)
    if (io.terminal) {
      const text = waiting && style.dim(clipped(waiting, process.stdout.columns ?? 80))
      if (text && text !== live) {
        io.stdout(`\r\u001b[K${text}`)
        live = text
      }
    } else if (waiting) write(`${waiting}\n`)
  }
  stop.abort()
  await running
  if (live) write('')
  const { statuses, manifests } = controller.view()
  for (const key of new Set([...manifests.map((manifest) => manifest.key), ...statuses.keys()])) {
    const status = statuses.get(key)
    if (code === 0 || isReady(status)) continue
    const ready = conditionOf(status, 'Ready')
    io.stderr(
      `${renderKey(key)} is not Ready: ${ready ? `${ready.reason}: ${ready.message}` : 'not looked at'}\n`,
    )
  }
  if (code === 0) {
    const took = renderDuration(runtime.clock.now() - startedMs)
    const what = options.teardown
      ? 'nothing is left that is ours'
      : options.wait
        ? `${manifests.length} Ready`
        : 'sent'
    io.stdout(`${style.green('done')}: ${what} after ${took}\n`)
  }
  return code
}

async function readDesired(
  path: string,
  options: ApplyOptions,
  io: Io,
): Promise<Desired | undefined> {
  const desired = await load(path, options, io)
  for (const problem of desired.problems) io.stderr(`${renderProblem(problem)}\n`)
  return isBroken(desired) ? undefined : desired
}

/** One run to the fixpoint. Manifests with any error change nothing. */
export async function apply(path: string, options: ApplyOptions, io: Io): Promise<number> {
  const desired = await readDesired(path, options, io)
  return desired ? toFixpoint(desired, { ...options, teardown: false }, io) : 1
}

/** Teardown in order, after confirmation. What is not ours is left as it is. */
export async function remove(
  path: string,
  options: ApplyOptions & { readonly yes: boolean },
  io: Io,
): Promise<number> {
  const desired = await readDesired(path, options, io)
  if (!desired) return 1
  const passes = await look(desired, { ...options, teardown: true }, io)
  const plans = passes.map((pass) => pass.plan)
  const summary = summarize(plans)
  io.stdout(renderPlans(plans, desired, styleFor(io)))
  if (summary.change + summary.blocked === 0) return 0
  if (!options.yes) {
    if (!io.terminal) {
      throw new UserError('nothing was deleted: there is no terminal to confirm on', {
        hint: 'say --yes to delete without being asked',
      })
    }
    const { confirm } = await import('@inquirer/prompts')
    if (!(await confirm({ message: 'Delete these?', default: false }))) return 1
  }
  return toFixpoint(desired, { ...options, teardown: true, wait: true }, io)
}
