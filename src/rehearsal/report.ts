/** How a rehearsal reads: what would happen in which order, how low services come, whether there is room, how long. Pure. */
import { renderKey } from '../render-value.ts'
import type { Rehearsal, RehearsedCluster, RehearsedService } from './rehearse.ts'
import type { SentCall } from './run.ts'
import { spell } from './spell.ts'
import type { Stuck } from './stuck.ts'

/** How the terminal paints; plain text where it does not. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
}

/** Longer lists are cut: the JSON has all of it. */
const shownCalls = 30
const shownServices = 30

const verdicts: Readonly<Record<Rehearsal['outcome'], string>> = {
  done: 'goes through',
  stalled: 'does not go through: a person is needed',
  stuck: 'would get stuck',
  held: 'is held back by a policy',
  endless: 'does not come to an end within a day',
}

export function renderRehearsal(rehearsal: Rehearsal, paint: Paint): string {
  const { outcome, calls, services, clusters, stuck, open, assumptions, environment } = rehearsal
  const colour = outcome === 'done' ? paint.green : outcome === 'held' ? paint.yellow : paint.red
  const head = `rehearsal of ${environment}: ${colour(verdicts[outcome])}`
  const lines = [`${paint.bold('»')} ${head}${summary(rehearsal)}`]
  for (const one of stuck) lines.push(...stuckLines(one, paint))
  const explained = new Set(stuck.map(({ key }) => key))
  if (outcome !== 'done') {
    for (const { key, why } of open.filter((one) => !explained.has(one.key)).slice(0, 10)) {
      lines.push(`  ${paint.bold(renderKey(key))}  ${why}`)
    }
  }
  if (calls.length > 0) lines.push('', paint.bold('calls'), ...callLines(calls, paint))
  if (services.length > 0) {
    lines.push('', paint.bold('services'), ...serviceLines(services, paint))
  }
  const busy = clusters.filter(({ instances, launched }) => instances + launched > 0)
  if (busy.length > 0) lines.push('', paint.bold('room'), ...busy.map(clusterLine))
  lines.push('', paint.dim('assumed:'), ...assumptions.map((one) => paint.dim(`  ${one}`)))
  return `${lines.join('\n')}\n`
}

function summary({ calls, services, took, outcome }: Rehearsal): string {
  if (calls.length === 0) return ' · no calls'
  const started = services.reduce((sum, one) => sum + one.started, 0)
  const stopped = services.reduce((sum, one) => sum + one.stopped, 0)
  const time =
    outcome === 'done'
      ? `about ${spell(took.usual)} (${renderRange(took.least, took.most)})`
      : `nothing more happens after ${spell(took.usual)}`
  return ` · ${time} · ${count(calls.length, 'call')} · ${count(started, 'task')} started, ${stopped} stopped`
}

const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`

function renderRange(leastMs: number, mostMs: number): string {
  const [least, most] = [spell(leastMs), spell(mostMs)]
  return least === most ? least : `${least} to ${most}`
}

function stuckLines(one: Stuck, paint: Paint): string[] {
  const name = one.key ? renderKey(one.key) : `service ${one.cluster}/${one.service}`
  return [
    `  ${paint.red('stuck')} ${paint.bold(name)}: ${one.why}`,
    ...(one.event ? [paint.dim(`      ECS will say: ${one.event}`)] : []),
    ...one.help.map((help, i) => `      ${i === 0 ? 'what helps:' : '        or:'} ${help}`),
  ]
}

/** `+ 12.5 s`, from the beginning. */
function at(ms: number): string {
  const seconds = ms / 1_000
  const text = seconds < 100 ? seconds.toFixed(1) : seconds.toFixed(0)
  return `${text.padStart(7)} s`
}

function callLines(calls: readonly SentCall[], paint: Paint): string[] {
  const shown = calls.slice(0, shownCalls)
  const width = Math.max(...shown.map(({ operation }) => operation.length))
  const lines = shown.map(
    ({ atMs, operation, key, error }) =>
      `${at(atMs)}  ${operation.padEnd(width)}  ${key ? renderKey(key) : ''}${error ? `  ${paint.red(error)}` : ''}`,
  )
  const rest = calls.slice(shownCalls)
  if (rest.length === 0) return lines
  const byOperation = new Map<string, number>()
  for (const { operation } of rest) {
    byOperation.set(operation, (byOperation.get(operation) ?? 0) + 1)
  }
  const kinds = [...byOperation].map(([operation, n]) => `${n} ${operation}`).join(', ')
  const last = at(rest.at(-1)?.atMs ?? 0).trim()
  return [...lines, paint.dim(`          and ${rest.length} more until ${last}: ${kinds}`)]
}

/** Those that come lowest first. */
export function byDepth(services: readonly RehearsedService[]): RehearsedService[] {
  const share = (one: RehearsedService) =>
    one.before ? one.lowest.least / Math.max(1, one.desired) : 2
  return [...services].sort((a, b) => share(a) - share(b))
}

function serviceLines(services: readonly RehearsedService[], paint: Paint): string[] {
  const shown = byDepth(services).slice(0, shownServices)
  const names = shown.map(nameOf)
  const width = Math.max(...names.map((name) => name.length))
  const lowest = shown.map(lowestText)
  const room = Math.max(...lowest.map((text) => text.length))
  const lines = shown.map((one, i) => {
    const text = (lowest[i] ?? '').padEnd(room)
    const low = one.before && one.lowest.least < Math.min(one.desired, one.healthy)
    const tasks = `${one.started} started, ${one.stopped} stopped, the last after ${at(one.lastMs).trim()}`
    return `  ${(names[i] ?? '').padEnd(width)}  ${low ? paint.yellow(text) : text}  ${tasks}`
  })
  const rest = services.length - shown.length
  return rest > 0 ? [...lines, paint.dim(`  and ${rest} more, none of them lower`)] : lines
}

export const nameOf = ({ key, cluster, service }: RehearsedService) =>
  key ? renderKey(key) : `${cluster}/${service}`

function lowestText({ before, lowest, desired }: RehearsedService): string {
  if (!before) return `new, ${desired} wanted`
  const { least, most } = lowest
  return least === most
    ? `never below ${least} of ${desired} healthy`
    : `lowest ${least} to ${most} of ${desired} healthy`
}

function clusterLine({ cluster, instances, launched, missing, ...peak }: RehearsedCluster): string {
  const more = launched > 0 ? ` and ${launched} that come meanwhile` : ''
  const enough = missing > 0 ? `, ${missing} too few` : launched > 0 ? '' : ', enough'
  return `  ${cluster}  ${count(instances, 'instance')}${more}${enough}; at most ${peak.peakCpu} % of CPU and ${peak.peakMemory} % of memory reserved`
}

/** The rehearsal as versioned data. `mask` hides what must not be shown of calls' inputs. */
export function rehearsalData(rehearsal: Rehearsal, mask: (value: unknown) => unknown): object {
  const { took, calls, services, tasks: _, ...rest } = rehearsal
  const seconds = (ms: number) => Math.round(ms / 100) / 10
  return {
    ...rest,
    seconds: {
      least: seconds(took.least),
      usual: seconds(took.usual),
      most: seconds(took.most),
    },
    calls: calls.map(({ atMs, input, ...call }) => ({
      atSeconds: seconds(atMs),
      ...call,
      input: mask(input),
    })),
    services: services.map(({ lowestMs, lastMs, ...service }) => ({
      ...service,
      lowestAtSeconds: seconds(lowestMs),
      lastAtSeconds: seconds(lastMs),
    })),
  }
}
