/** How the page at `/` looks: one column, both colour schemes, and on a telephone each row a block of its own. */
import { raw } from 'hono/html'

export const style = raw(`
  :root { color-scheme: light dark; --ink: #1c2733; --paper: #fbfcfd; --quiet: #566575; --line: #e3e8ee; --good: #0f6b43; --busy: #805300; --bad: #b3261e }
  @media (prefers-color-scheme: dark) { :root { --ink: #dde5ee; --paper: #12181f; --quiet: #93a4b7; --line: #2a3542; --good: #5bd6a0; --busy: #f0c060; --bad: #ff8a80 } }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; color: var(--ink); background: var(--paper); overflow-wrap: anywhere }
  h1, h2 { font-size: 1.3rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .3rem } p { margin: .2rem 0 } a { color: inherit } ul { margin: .3rem 0; padding-left: 1.2rem } footer { margin-top: 2rem }
  table { border-collapse: collapse; width: 100% } th, td { text-align: left; font-weight: 400; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
  thead th { font-weight: 600; color: var(--quiet) } td:not(:last-child), th { overflow-wrap: normal } td:last-child { overflow-wrap: anywhere }
  .child td:first-child { padding-left: 1.2rem } .quiet { color: var(--quiet) } code, pre { font-size: .85rem } pre { margin: .4rem 0; white-space: pre-wrap }
  .Healthy, .Synced { color: var(--good) } .Progressing, .OutOfSync, .Suspended { color: var(--busy) } .Degraded, .Missing { color: var(--bad) }
  @media (max-width: 44rem) { thead { position: absolute; clip-path: inset(50%) } tr { display: block; padding: .4rem 0; border-bottom: 1px solid var(--line) } th, td { display: inline; border: 0; padding: 0 .5rem 0 0 } td:last-child { display: block; padding: 0 } td[data-label]::before { content: attr(data-label) ' '; color: var(--quiet) } .child { padding-left: 1.2rem } .child td:first-child { padding-left: 0 } }`)
