/** The report of a roll-out that fails, for a terminal: one screen, the likely cause first. Pure. */
import type { FailureReport, Rollout, RolloutOutcome } from './model.ts'
import { renderChange, shortRevision } from './render-value.ts'

export interface ReportLine {
  readonly text: string
  /** A heading, the likely cause, or what matters less. */
  readonly as?: 'heading' | 'cause' | 'aside'
}

/** A screen leaves room for the status above and the events below. */
const mostLines = 40
const mostChanges = 8
const mostLogLines = 8
const left = 14
const pathWidth = 48

export interface ReportContext {
  /** What Git said when this was rolled out. */
  readonly revision?: string
  readonly rollout?: Rollout
}

export function renderReport(report: FailureReport, context: ReportContext = {}): ReportLine[] {
  const lines: ReportLine[] = [
    { text: 'Why it fails', as: 'heading' },
    { text: labelled('Likely cause', report.summary), as: 'cause' },
    { text: labelled('Do next', report.advice) },
    ...rolledOut(context),
    ...changes(report, context),
    ...findings(report),
    ...logs(report),
  ]
  if (lines.length <= mostLines) return lines
  return [...lines.slice(0, mostLines - 1), { text: '  …', as: 'aside' }]
}

const labelled = (label: string, text: string) => `  ${label.padEnd(left)}${text}`
const under = (text: string) => `  ${' '.repeat(left)}${text}`

function rolledOut({ rollout }: ReportContext): ReportLine[] {
  if (!rollout?.target) return []
  const { target, outcome, startedAtMs, endedAtMs } = rollout
  const until =
    endedAtMs === undefined
      ? `since ${clock(startedAtMs)}`
      : `${clock(startedAtMs)} to ${clock(endedAtMs)}`
  return [{ text: labelled('Roll-out', `${target} ${words[outcome]}, ${until} UTC`) }]
}

const words: Readonly<Record<RolloutOutcome, string>> = {
  InProgress: 'under way',
  Succeeded: 'succeeded',
  RolledBack: 'rolled back',
  Stopped: 'stopped',
  Superseded: 'superseded',
}

const clock = (ms: number) => new Date(ms).toISOString().slice(11, 19)

function changes({ changed }: FailureReport, { revision, rollout }: ReportContext): ReportLine[] {
  const by = revision ? ` (Git at ${shortRevision(revision)})` : ''
  if (changed.length === 0) {
    const none =
      rollout && !rollout.replaces ? 'nothing: it is the first' : 'nothing that is known of'
    return [{ text: labelled('Changed', `${none}${by}`) }]
  }
  const width = Math.min(pathWidth, Math.max(...changed.map(({ path }) => path.length)))
  const shown = changed
    .slice(0, mostChanges)
    .map((field) => `${field.path.padEnd(width)}  ${renderChange(field)}`)
  const more = changed.length - mostChanges
  return [
    { text: labelled('Changed', `${plural(changed.length, 'field')}${by}`) },
    ...[...shown, ...(more > 0 ? [`and ${more} more`] : [])].map((text) => ({ text: under(text) })),
  ]
}

function findings({ findings: all }: FailureReport): ReportLine[] {
  return all.flatMap(({ what, count, details }, index) => {
    const text = count > 0 ? `${count}× ${what}` : what
    return [
      { text: index === 0 ? labelled('What happened', text) : under(text) },
      ...details.map((detail) => ({ text: under(`   ${detail}`), as: 'aside' as const })),
    ]
  })
}

function logs({ logs: all }: FailureReport): ReportLine[] {
  return all.flatMap(({ container, lines }) => [
    { text: `  Last lines of container ${container}` },
    ...lines.slice(-mostLogLines).map((line) => ({ text: `    | ${line}`, as: 'aside' as const })),
  ])
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
