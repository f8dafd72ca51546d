/** The page at `/`: what is not as Git says first, with its reason, then everything, instances and events. Plain HTML, no scripts. */
import { html } from 'hono/html'
import type { View } from '../controller.ts'
import type { Kind } from '../kind.ts'
import type { ContainerInstance, JournalEvent, Problem } from '../model.ts'
import { renderReport } from '../render-report.ts'
import { renderField, shortRevision } from '../render-value.ts'
import { apiVersion, type ResourceObject, select } from './api.ts'
import { style } from './page-style.ts'

const mostEvents = 30
const mostFields = 8

export function page(view: View, kinds: readonly Kind[]) {
  const resources = arranged(view, kinds)
  const errors = view.problems.filter((problem) => problem.severity === 'error')
  const said = summary(resources, kinds, errors.length)
  const instances = resources.flatMap(({ item }) =>
    (item.status.instances ?? []).map((instance) => ({ cluster: item.metadata.name, instance })),
  )
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="5"><title>${said} · fairlead</title><style>${style}</style></head>
<body>
<header><h1>fairlead</h1>
<p>${said}${view.swept || resources.length === 0 ? '' : '; the first look at AWS is not over'}</p>
<p class="quiet">Revision <code title="${view.revision ?? ''}">${view.revision ? shortRevision(view.revision) : 'none yet'}</code></p></header>
<main>
${errors.length > 0 ? html`<section><h2>Not valid</h2><p>Nothing is written to the environments that these belong to until they are mended.</p><ul>${errors.map(invalid)}</ul></section>` : ''}
<section><h2>Resources</h2>
<table>
<thead><tr><th scope="col">Kind</th><th scope="col">Name</th><th scope="col">Sync</th><th scope="col">Health</th><th scope="col">Reason</th></tr></thead>
<tbody>${resources.map(row)}</tbody></table></section>
${instances.length > 0 ? instanceTable(instances) : ''}
<section><h2>Events</h2><p class="quiet">The newest first; times are UTC.</p>
<table class="events"><tbody>${[...view.events].slice(-mostEvents).reverse().map(eventRow)}</tbody></table></section>
</main>
<footer class="quiet"><a href="/apis/${apiVersion}/resources">resources</a> and <a href="/apis/${apiVersion}/events">events</a> as JSON · <a href="/metrics">metrics</a></footer>
</body></html>`
}

interface Row {
  readonly item: ResourceObject
  /** It stands under the composite that it was made from. */
  readonly child: boolean
}

const is = ({ status }: ResourceObject, type: string) =>
  status.conditions.some((condition) => condition.type === type && condition.status === 'True')

/** What needs a person, what is under way, the rest; what a composite stands for comes right behind it. */
function arranged(view: View, kinds: readonly Kind[]): Row[] {
  const parents = new Map<string, string>(
    view.manifests.flatMap(({ key, parent }) => (parent ? [[key, parent]] : [])),
  )
  const keyOf = ({ kind, metadata }: ResourceObject) =>
    `${metadata.namespace}/${kind}/${metadata.name}`
  const urgency = (item: ResourceObject) => (is(item, 'Stalled') ? 0 : is(item, 'Ready') ? 2 : 1)
  const all = select(view, kinds, {}).sort((a, b) => urgency(a) - urgency(b))
  const children = new Map<string, Row[]>()
  for (const item of all) {
    const parent = parents.get(keyOf(item))
    if (parent) children.set(parent, [...(children.get(parent) ?? []), { item, child: true }])
  }
  return all.flatMap((item) =>
    parents.has(keyOf(item)) ? [] : [{ item, child: false }, ...(children.get(keyOf(item)) ?? [])],
  )
}

/** Composites are not counted: what they stand for is. */
function summary(rows: readonly Row[], kinds: readonly Kind[], errors: number): string {
  const own = rows
    .map(({ item }) => item)
    .filter(({ kind }) => kinds.some(({ name }) => name === kind))
  const stalled = own.filter((item) => is(item, 'Stalled')).length
  const ready = own.filter((item) => is(item, 'Ready')).length
  const waiting = own.length - stalled - ready
  return [
    ...(errors > 0 ? [`${errors} not valid`] : []),
    ...(stalled > 0 ? [`${stalled} stalled`] : []),
    ...(waiting > 0 ? [`${waiting} not Ready yet`] : []),
    own.length === 0 ? 'no resources yet' : `${ready} of ${own.length} Ready`,
  ].join(', ')
}

function invalid({ file, line, column, object, path, message, hint }: Problem) {
  const what = [object, path].filter(Boolean).join(': ')
  return html`<li><code>${file}:${line}:${column}</code> ${what ? html`<b>${what}</b>: ` : ''}<span class="Degraded">${message}</span>${hint ? ` (${hint})` : ''}</li>`
}

function row({ item, child }: Row) {
  const { kind, metadata, status } = item
  const ready = status.conditions.find((condition) => condition.type === 'Ready')
  const lost = status.conditions.find(({ type, status: truth }) =>
    type === 'AgentsConnected' ? truth === 'False' : type === 'Drifted' && truth === 'True',
  )
  const fields = status.pending.slice(0, mostFields).map(renderField)
  const more = status.pending.length - fields.length
  const name = `${metadata.namespace === 'default' ? '' : `${metadata.namespace}/`}${metadata.name}`
  return html`<tr${child ? html` class="child"` : ''}><td>${kind}</td><th scope="row"><span title="${status.source}">${name}</span></th><td class="${status.sync}">${status.sync}</td><td class="${status.health}">${status.health}</td><td>${
    ready?.status === 'True'
      ? ready.message
      : html`<b>${ready?.reason ?? ''}</b> ${ready?.message ?? ''}`
  }${lost ? html`<p class="OutOfSync">${lost.message}</p>` : ''}${
    status.report ? html`<pre>${report(item)}</pre>` : ''
  }${
    fields.length > 0
      ? html`<p class="quiet">differs from ${status.source}: ${fields.join(', ')}${more > 0 ? ` and ${more} more` : ''}</p>`
      : ''
  }</td></tr>
`
}

function report({ status }: ResourceObject): string {
  if (!status.report) return ''
  const { rollout } = status
  return renderReport(status.report, rollout ? { rollout } : {})
    .filter(({ as }) => as !== 'heading')
    .map(({ text }) => text.slice(2))
    .join('\n')
}

function instanceTable(
  instances: readonly { readonly cluster: string; readonly instance: ContainerInstance }[],
) {
  const head = ['Instance', 'Cluster', 'Type', 'Zone', 'Status', 'Agent', 'CPU free', 'Memory free']
  return html`<section><h2>Container instances</h2>
<table>
<thead><tr>${[...head, 'Tasks'].map((text) => html`<th scope="col">${text}</th>`)}</tr></thead>
<tbody>${instances.map(
    ({ cluster, instance }) =>
      html`<tr><th scope="row">${instance.name}</th><td>${cluster}</td><td>${instance.type}</td><td>${instance.zone}</td><td class="${instance.status === 'ACTIVE' ? '' : 'Progressing'}">${instance.status}</td><td class="${instance.agentConnected ? '' : 'Degraded'}">${instance.agentConnected ? 'connected' : 'disconnected'}, ${instance.agentVersion}</td><td data-label="CPU free">${instance.cpu.free} of ${instance.cpu.registered}</td><td data-label="memory free">${instance.memory.free} of ${instance.memory.registered} MiB</td><td data-label="tasks">${instance.tasks.running}${instance.tasks.pending > 0 ? ` + ${instance.tasks.pending} pending` : ''}</td></tr>
`,
  )}</tbody></table></section>`
}

function eventRow({ atMs, type, reason, message }: JournalEvent) {
  const at = new Date(atMs).toISOString()
  return html`<tr><td class="quiet"><time datetime="${at}">${at.slice(11, 19)}</time></td><td class="${type === 'Warning' ? 'Degraded' : ''}">${reason}</td><td>${message}</td></tr>
`
}
