#!/usr/bin/env node
/** Process entry: arguments, signals, exit code. */
import { setFlagsFromString } from 'node:v8'
import { main } from './cli/index.ts'

// A controller mostly waits. Left to itself V8 lets its young generation grow to some fifty megabytes.
setFlagsFromString('--semi-space-growth-factor=1')
// The Node versions that are supported are said in package.json; the SDK need not say it at each start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

const stop = new AbortController()
let asked = 0
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    asked++
    // The first asks for a graceful stop; the second is meant.
    if (asked > 1) process.exit(signal === 'SIGINT' ? 130 : 143)
    stop.abort()
  })
}
// A reader that went away (`fairlead get | head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await main(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  stdin: process.stdin,
  env: process.env,
  terminal: process.stdout.isTTY === true,
  signal: stop.signal,
})
if (stop.signal.aborted) process.exit()
