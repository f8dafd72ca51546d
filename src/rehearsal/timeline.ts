/** A rehearsal as a picture over time: a lane for each service, a bar for each task, a tick for each call. Pure. */
import { renderDuration } from '../durations.ts'
import { renderKey } from '../render-value.ts'
import type { TaskSpan } from './onlooker.ts'
import type { Rehearsal, RehearsedService } from './rehearse.ts'
import { byDepth, nameOf } from './report.ts'

const width = 1180
const left = 210
const right = 150
const plot = width - left - right
const bar = 9
const gap = 3
/** More lanes are no picture any more: those that come lowest are shown. */
const shownLanes = 40
/** Bars in a lane; of more tasks those of the first. */
const shownBars = 14

const styles = `
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2933 }
  .small { font-size: 10.5px; fill: #616e7c }
  .name { font-weight: 600 }
  .bad { fill: #b42318 }
  .grid { stroke: #e4e7eb; stroke-width: 1 }
  .axis { stroke: #9aa5b1 }
  .lane { fill: #f7f9fb }
  .old { fill: #7b8794 }
  .new { fill: #2f855a }
  .start { fill: #ecc94b }
  .stop { fill: #cbd2d9 }
  .dead { fill: #c53030 }
  .call { stroke: #2b6cb0; stroke-width: 1.5 }
  .refused { stroke: #c53030 }
  .end { stroke: #2f855a; stroke-width: 1.5; stroke-dasharray: 4 3 }
  .endbad { stroke: #c53030 }`

/** All rehearsals, one below the other. */
export function timelineSvg(rehearsals: readonly Rehearsal[]): string {
  let y = 0
  const parts: string[] = []
  for (const rehearsal of rehearsals) {
    const { body, height } = panel(rehearsal, y)
    parts.push(body)
    y += height
  }
  if (rehearsals.length === 0) {
    parts.push(`<text x="20" y="30">nothing to rehearse</text>`)
    y = 50
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="what a roll-out would do over time">
<style>${styles}
</style>
<rect width="${width}" height="${y}" fill="#fff"/>
${parts.join('\n')}
</svg>
`
}

/** The same as a page that stands alone. */
export function timelinePage(rehearsals: readonly Rehearsal[], revision: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>fairlead rehearsal of ${quoted(revision)}</title>
<style>body { margin: 24px auto; max-width: ${width}px; font: 14px/1.5 system-ui, sans-serif; color: #1f2933; background: #fff } h1 { font-size: 18px; margin: 0 } p, li { color: #52606d } svg { width: 100%; height: auto }</style>
<h1>What would happen with ${quoted(revision)}</h1>
${timelineSvg(rehearsals)}
${rehearsals.map(assumed).join('\n')}
</html>
`
}

function assumed({ environment, assumptions }: Rehearsal): string {
  const items = assumptions.map((one) => `<li>${quoted(one)}</li>`).join('')
  return `<p>Assumed for ${quoted(environment)}:</p><ul>${items}</ul>`
}

const words: Readonly<Record<Rehearsal['outcome'], string>> = {
  done: 'goes through',
  stalled: 'needs a person',
  stuck: 'gets stuck',
  held: 'is held back',
  endless: 'does not end',
}

function panel(rehearsal: Rehearsal, top: number): { body: string; height: number } {
  const { outcome, took, calls, services, tasks, stuck } = rehearsal
  const endMs = Math.max(took.usual, ...tasks.map((one) => lastOf(one)), 1_000)
  const x = scale(endMs)
  const lanes = byDepth(services).slice(0, shownLanes)
  const parts: string[] = []
  const bad = outcome !== 'done'
  const range = bad
    ? `nothing more happens after ${renderDuration(took.usual)}`
    : `about ${renderDuration(took.usual)}, ${renderDuration(took.least)} to ${renderDuration(took.most)}`
  parts.push(
    `<text x="20" y="${top + 26}" class="name${bad ? ' bad' : ''}" style="font-size:15px">${quoted(rehearsal.environment)} ${words[outcome]}</text>`,
    `<text x="20" y="${top + 44}" class="small">${range} · ${calls.length} calls</text>`,
    legend(top + 20),
  )
  let y = top + 62
  for (const one of stuck.slice(0, 5)) {
    const name = one.key ? renderKey(one.key) : `${one.cluster}/${one.service}`
    parts.push(
      `<text x="20" y="${y + 4}" class="bad">${quoted(clip(`${name}: ${one.why}`, 170))}</text>`,
    )
    y += 18
    if (one.help[0]) {
      parts.push(
        `<text x="36" y="${y + 2}" class="small">${quoted(clip(`what helps: ${one.help.join('; or ')}`, 190))}</text>`,
      )
      y += 18
    }
  }
  const first = y + 22
  parts.push(axis(endMs, x, first - 8))
  y = first
  parts.push(callLane(rehearsal, x, y))
  y += 26
  for (const service of lanes) {
    const own = barsOf(service, tasks)
    const height = Math.max(26, own.shown.length * (bar + gap) + 8)
    parts.push(lane(service, own, x, y, height))
    y += height + 4
  }
  if (services.length > lanes.length) {
    parts.push(
      `<text x="20" y="${y + 12}" class="small">and ${services.length - lanes.length} more services, none of them lower</text>`,
    )
    y += 20
  }
  parts.push(
    ...ticks(endMs).map(
      (ms) =>
        `<line class="grid" x1="${x(ms)}" x2="${x(ms)}" y1="${first - 4}" y2="${y}" style="mix-blend-mode:multiply"/>`,
    ),
    `<line class="end${bad ? ' endbad' : ''}" x1="${x(took.usual)}" x2="${x(took.usual)}" y1="${first - 4}" y2="${y}"><title>${bad ? 'nothing more happens' : 'all is Ready'}</title></line>`,
  )
  return { body: parts.join('\n'), height: y - top + 24 }
}

const lastOf = (one: TaskSpan) => Math.max(one.stoppedMs ?? 0, one.healthyMs ?? 0, one.startedMs)

function scale(endMs: number): (ms: number) => number {
  return (ms) => Math.round((left + (Math.min(ms, endMs) / endMs) * plot) * 10) / 10
}

/** Round times, six to ten of them. */
export function ticks(endMs: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400]
  const step = (steps.find((one) => endMs / (one * 1_000) <= 10) ?? 86_400) * 1_000
  const found: number[] = []
  for (let ms = 0; ms <= endMs; ms += step) found.push(ms)
  return found
}

function axis(endMs: number, x: (ms: number) => number, y: number): string {
  return ticks(endMs)
    .map(
      (ms) =>
        `<text x="${x(ms)}" y="${y}" class="small" text-anchor="middle">${clockText(ms)}</text>`,
    )
    .join('\n')
}

/** `0 s`, `90 s`, `5 min`, `1 h 30`. */
function clockText(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  const rest = seconds % 60
  if (minutes < 120)
    return rest === 0 ? `${minutes} min` : `${minutes}:${String(rest).padStart(2, '0')}`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`
}

function legend(y: number): string {
  const items = [
    ['old', 'old task'],
    ['start', 'starting'],
    ['new', 'new task, healthy'],
    ['stop', 'stopping'],
    ['dead', 'ended by itself'],
  ] as const
  let at = width - right - 460
  return items
    .map(([style, text]) => {
      const drawn = `<rect class="${style}" x="${at}" y="${y - 8}" width="12" height="9" rx="2"/><text x="${at + 16}" y="${y}" class="small">${text}</text>`
      at += 26 + text.length * 6.2
      return drawn
    })
    .join('')
}

/** Calls that stand on one pixel are one tick with their number. */
function callLane({ calls }: Rehearsal, x: (ms: number) => number, y: number): string {
  const groups = new Map<number, string[]>()
  const refused = new Set<number>()
  for (const { atMs, operation, key, error } of calls) {
    const at = Math.round(x(atMs))
    const text = `${clockText(atMs)}  ${operation}${key ? ` ${renderKey(key)}` : ''}${error ? `: ${error}` : ''}`
    groups.set(at, [...(groups.get(at) ?? []), text])
    if (error) refused.add(at)
  }
  const drawn = [...groups].map(([at, texts]) => {
    const more = texts.length > 12 ? `\nand ${texts.length - 12} more` : ''
    const title = quoted(texts.slice(0, 12).join('\n') + more)
    const height = Math.min(18, 8 + texts.length * 2)
    return `<line class="call${refused.has(at) ? ' refused' : ''}" x1="${at}" x2="${at}" y1="${y + 18 - height}" y2="${y + 18}"><title>${title}</title></line>`
  })
  return [
    `<text x="20" y="${y + 13}" class="name">calls</text>`,
    ...drawn,
    `<text x="${width - right + 12}" y="${y + 13}" class="small">${calls.length} sent</text>`,
  ].join('\n')
}

interface Bars {
  readonly shown: readonly TaskSpan[]
  readonly hidden: number
}

/** What moved first, then a few of those that stay as they are. */
function barsOf(service: RehearsedService, tasks: readonly TaskSpan[]): Bars {
  const own = tasks.filter(
    (one) => one.cluster === service.cluster && one.service === service.service,
  )
  const sorted = [...own].sort(
    (a, b) =>
      Number(b.before) - Number(a.before) ||
      (a.stoppingMs ?? Number.POSITIVE_INFINITY) - (b.stoppingMs ?? Number.POSITIVE_INFINITY) ||
      a.startedMs - b.startedMs,
  )
  const shown = sorted.slice(0, shownBars)
  return { shown, hidden: own.length - shown.length }
}

function lane(
  service: RehearsedService,
  { shown, hidden }: Bars,
  x: (ms: number) => number,
  y: number,
  height: number,
): string {
  const { before, lowest, desired, healthy } = service
  const low = before && lowest.least < Math.min(desired, healthy)
  const span = lowest.least === lowest.most ? `${lowest.least}` : `${lowest.least}–${lowest.most}`
  const said = before ? `lowest ${span} of ${desired}` : `new, ${desired} wanted`
  return [
    `<rect class="lane" x="12" y="${y}" width="${width - 24}" height="${height}" rx="4"/>`,
    `<text x="20" y="${y + 17}" class="name"><title>${quoted(nameOf(service))}</title>${quoted(clip(nameOf(service), 28))}</text>`,
    ...shown.map((task, i) => taskBar(task, x, y + 5 + i * (bar + gap))),
    `<text x="${width - right + 12}" y="${y + 17}" class="small${low ? ' bad' : ''}">${said}</text>`,
    ...(hidden > 0
      ? [`<text x="20" y="${y + 31}" class="small">and ${hidden} more tasks</text>`]
      : []),
  ].join('\n')
}

function taskBar(task: TaskSpan, x: (ms: number) => number, y: number): string {
  const far = Number.POSITIVE_INFINITY
  const stopping = task.stoppingMs ?? far
  const stopped = task.stoppedMs ?? far
  const healthy = task.healthyMs ?? far
  const piece = (style: string, from: number, to: number) => {
    const [a, b] = [x(from), to === far ? left + plot : x(to)]
    if (!(to > from) || b - a < 0.5) return ''
    return `<rect class="${style}" x="${a}" y="${y}" width="${Math.round((b - a) * 10) / 10}" height="${bar}" rx="2"/>`
  }
  const alive = task.before ? 'old' : 'new'
  const ended = task.reason ? 'dead' : 'stop'
  const title = [
    `${task.definition} ${task.id.slice(0, 8)}${task.instance ? ` on ${task.instance.slice(0, 8)}` : ''}`,
    ...(task.before ? [] : [`started at ${clockText(task.startedMs)}`]),
    ...(task.healthyMs !== undefined && !task.before ? [`healthy at ${clockText(healthy)}`] : []),
    ...(task.stoppingMs !== undefined ? [`told to stop at ${clockText(stopping)}`] : []),
    ...(task.reason ? [task.reason] : []),
  ].join('\n')
  const pieces = [
    piece('start', task.startedMs, Math.min(healthy, stopping)),
    piece(alive, healthy, stopping),
    piece(ended, stopping, stopped),
  ]
  return `<g><title>${quoted(title)}</title>${pieces.join('')}</g>`
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

function quoted(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char,
  )
}
