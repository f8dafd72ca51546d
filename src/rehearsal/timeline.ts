/** A rehearsal as a picture over time: a lane for each service, a bar for each task, a tick for each call. Pure. */
import { renderKey } from '../render-value.ts'
import type { TaskSpan } from './onlooker.ts'
import type { Rehearsal, RehearsedService } from './rehearse.ts'
import { byDepth, nameOf } from './report.ts'
import { spell } from './spell.ts'

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
  .grid { stroke: #d9dee3; stroke-width: 1; mix-blend-mode: multiply }
  .lane { fill: #f7f9fb }
  .old { fill: #7b8794 }
  .new { fill: #2f855a }
  .start { fill: #ecc94b }
  .warm { fill: #9ad5b3 }
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
  const short = revision.replace(/([0-9a-f]{12})[0-9a-f]{20,}/, '$1')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>fairlead rehearsal of ${quoted(short)}</title>
<style>body { margin: 24px auto; max-width: ${width}px; font: 14px/1.5 system-ui, sans-serif; color: #1f2933; background: #fff } h1 { font-size: 18px; margin: 0 } p, li { color: #52606d } svg { width: 100%; height: auto }</style>
<h1>What would happen with ${quoted(short)}</h1>
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

/** A part of the picture and where it ends. */
interface Part {
  readonly body: readonly string[]
  readonly bottom: number
}

function panel(rehearsal: Rehearsal, top: number): { body: string; height: number } {
  const { outcome, took, tasks } = rehearsal
  const endMs = Math.max(took.usual, ...tasks.map((one) => lastOf(one)), 60_000)
  const x = scale(endMs)
  const bad = outcome !== 'done'
  const head = headOf(rehearsal, top)
  const first = head.bottom + 22
  const lanes = lanesOf(rehearsal, x, first + 26)
  const foot = footOf(rehearsal, lanes.bottom)
  const across = `y1="${first - 4}" y2="${lanes.bottom}"`
  const body = [
    ...head.body,
    axis(endMs, x, first - 8),
    callLane(rehearsal, x, first),
    ...lanes.body,
    ...ticks(endMs).map((ms) => `<line class="grid" x1="${x(ms)}" x2="${x(ms)}" ${across}/>`),
    `<line class="end${bad ? ' endbad' : ''}" x1="${x(took.usual)}" x2="${x(took.usual)}" ${across}><title>${bad ? 'nothing more happens' : 'all is Ready'}</title></line>`,
    ...foot.body,
  ]
  return { body: body.join('\n'), height: foot.bottom - top + 24 }
}

/** The verdict; where it is a bad one, why, and what helps. */
function headOf({ outcome, took, calls, stuck, environment }: Rehearsal, top: number): Part {
  const bad = outcome !== 'done'
  const range = bad
    ? `nothing more happens after ${spell(took.usual)}`
    : `about ${spell(took.usual)}, ${spell(took.least)} to ${spell(took.most)}`
  const body = [
    `<text x="20" y="${top + 26}" class="name${bad ? ' bad' : ''}" style="font-size:15px">${quoted(environment)} ${words[outcome]}</text>`,
    `<text x="20" y="${top + 44}" class="small">${range} · ${calls.length} calls</text>`,
    legend(top + 20),
  ]
  let bottom = top + 62
  for (const one of stuck.slice(0, 5)) {
    const name = one.key ? renderKey(one.key) : `${one.cluster}/${one.service}`
    const why = quoted(clip(`${name}: ${one.why}`, 170))
    body.push(`<text x="20" y="${bottom + 4}" class="bad">${why}</text>`)
    bottom += 18
    one.help.forEach((help, i) => {
      const said = `${i === 0 ? 'what helps: ' : 'or '}${help}`
      body.push(`<text x="36" y="${bottom + 2}" class="small">${quoted(clip(said, 190))}</text>`)
      bottom += 16
    })
    bottom += 4
  }
  return { body, bottom }
}

function lanesOf({ services, tasks }: Rehearsal, x: (ms: number) => number, top: number): Part {
  const body: string[] = []
  let bottom = top
  const shown = byDepth(services).slice(0, shownLanes)
  for (const service of shown) {
    const own = barsOf(service, tasks)
    const height = Math.max(26, own.shown.length * (bar + gap) + 8)
    body.push(lane(service, own, x, bottom, height))
    bottom += height + 4
  }
  if (services.length > shown.length) {
    const more = services.length - shown.length
    const text = `and ${more} more services, none of them lower`
    body.push(`<text x="20" y="${bottom + 12}" class="small">${text}</text>`)
    bottom += 20
  }
  return { body, bottom }
}

/** Whether there is room. */
function footOf({ clusters }: Rehearsal, top: number): Part {
  const shown = clusters.filter(({ instances, launched }) => instances + launched > 0)
  const body = shown.map(({ cluster, instances, launched, missing, ...peak }, i) => {
    const more = launched > 0 ? ` and ${launched} that come meanwhile` : ''
    const lack = missing > 0 ? `, ${missing} too few` : ''
    const noun = instances === 1 ? 'instance' : 'instances'
    const text = `cluster ${cluster}: ${instances} ${noun}${more}${lack}; at most ${peak.peakCpu} % of CPU and ${peak.peakMemory} % of memory reserved`
    return `<text x="20" y="${top + 16 + i * 16}" class="small">${quoted(text)}</text>`
  })
  return { body, bottom: top + shown.length * 16 }
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
    ['warm', 'runs'],
    ['new', 'healthy'],
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
  const running = Math.min(healthy, task.runningMs ?? far)
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
    piece('start', task.startedMs, Math.min(running, stopping)),
    piece('warm', running, Math.min(healthy, stopping)),
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
