/** The page at `/`: every resource with its two words and its reason. Plain HTML, no scripts. */
import { html } from 'hono/html'
import type { View } from '../controller.ts'
import type { Kind } from '../kind.ts'
import { select } from './api.ts'

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1c2733; background: #fbfcfd }
  h1 { font-size: 1.3rem } table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #e3e8ee; vertical-align: top }
  th { font-weight: 600; color: #5a6b7d } .Healthy, .Synced { color: #12724a } .Progressing, .OutOfSync { color: #8a5a00 } .Degraded, .Missing { color: #b3261e } code { font-size: .9em } .quiet { color: #5a6b7d }
  @media (prefers-color-scheme: dark) { body { color: #dde5ee; background: #12181f } th, .quiet { color: #93a4b7 } th, td { border-color: #2a3542 } .Healthy, .Synced { color: #5bd6a0 } .Progressing, .OutOfSync { color: #f0c060 } .Degraded, .Missing { color: #ff8a80 } }`

export function page(view: View, kinds: readonly Kind[]) {
  const resources = select(view, kinds, {})
  const errors = view.problems.filter((problem) => problem.severity === 'error')
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="5"><title>fairlead</title><style>${style}</style></head>
<body>
<h1>fairlead</h1>
<p class="quiet">Revision <code>${view.revision ?? 'none yet'}</code></p>
${errors.map((problem) => html`<p class="Degraded">${problem.file}:${problem.line}:${problem.column}: ${problem.message}</p>`)}
<table>
<thead><tr><th>Kind</th><th>Name</th><th>Sync</th><th>Health</th><th>Reason</th></tr></thead>
<tbody>
${resources.map(({ kind, metadata, status }) => {
  const ready = status.conditions.find((condition) => condition.type === 'Ready')
  return html`<tr><td>${kind}</td><td>${metadata.namespace === 'default' ? '' : `${metadata.namespace}/`}${metadata.name}</td><td class="${status.sync}">${status.sync}</td><td class="${status.health}">${status.health}</td><td>${ready?.message ?? ''}${status.report ? html`<br><span class="quiet">${status.report.advice}</span>` : ''}</td></tr>`
})}
</tbody></table>
<h1>Events</h1>
<table><tbody>
${[...view.events]
  .slice(-30)
  .reverse()
  .map(
    (event) =>
      html`<tr><td class="quiet">${new Date(event.atMs).toISOString().slice(11, 19)}</td><td>${event.reason}</td><td>${event.message}</td></tr>`,
  )}
</tbody></table>
</body></html>`
}
