/** What `fairlead describe` says of one resource, for people. Pure: the time is passed in. */
import { renderDuration } from '../durations.ts'
import { renderReport } from '../render-report.ts'
import { renderField } from '../render-value.ts'
import type { EventObject, ResourceObject } from '../server/api.ts'
import type { Style } from './style.ts'

export function paintWord(word: string, style: Style): string {
  if (word === 'Healthy' || word === 'Synced') return style.green(word)
  if (word === 'Degraded' || word === 'Missing') return style.red(word)
  return style.yellow(word)
}

/** `revision`: what Git said when it was last written to, where that is known. */
export function describeText(
  item: ResourceObject,
  style: Style,
  nowMs: number,
  revision?: string,
): string {
  const { metadata, status } = item
  const age = (at: string) => renderDuration(nowMs - Date.parse(at))
  const lines = [
    `${style.bold(`${item.kind} ${metadata.name}`)}`,
    `  Namespace   ${metadata.namespace}`,
    `  Source      ${status.source}`,
    `  Sync        ${paintWord(status.sync, style)}`,
    `  Health      ${paintWord(status.health, style)}`,
    ...Object.entries(status.aws).map(([key, value]) => `  ${`AWS ${key}`.padEnd(11)} ${value}`),
    ...Object.entries(status.progress ?? {}).map(([key, value]) => `  ${key.padEnd(11)} ${value}`),
    ...reportLines(item, style, revision),
    '',
    style.bold('Conditions'),
    ...status.conditions.map(
      (condition) =>
        `  ${condition.type.padEnd(11)} ${condition.status.padEnd(7)} ${condition.reason}: ${condition.message} ${style.dim(`(${age(condition.lastTransitionTime)})`)}`,
    ),
  ]
  if (status.pending.length > 0) {
    lines.push(
      '',
      style.bold('Differs from Git'),
      ...status.pending.map((field) => `  ${renderField(field)}`),
    )
  }
  return `${lines.join('\n')}\n`
}

function reportLines({ status }: ResourceObject, style: Style, revision?: string): string[] {
  if (!status.report) return []
  const paint = { heading: style.bold, cause: style.red, aside: style.dim }
  const { report, rollout } = status
  const lines = renderReport(report, {
    ...(revision ? { revision } : {}),
    ...(rollout ? { rollout } : {}),
  })
  return ['', ...lines.map(({ text, as }) => (as ? paint[as](text) : text))]
}

/** The revision of the last write to a resource that events tell of. */
export function revisionIn(events: readonly EventObject[]): string | undefined {
  const written = events.filter(({ reason }) => /^(Created|Updated|Replacing)$/.test(reason))
  return written.at(-1)?.revision
}
