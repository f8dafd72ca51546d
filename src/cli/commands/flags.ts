/** The flags that several commands take, and how their values are read. */

import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../../durations.ts'
import type { Io } from '../io.ts'

/** What registers a group of commands: the exit code goes to `done`. */
export type Group = (program: Command, io: Io, done: (code: number) => void) => void

/** Every flag has an environment twin: `--http-port` is FAIRLEAD_HTTP_PORT. */
export function flag(flags: string, description: string, fallback?: unknown): Option {
  const option = new Option(flags, description)
  const twin = `FAIRLEAD_${option.long?.slice(2).replace(/^no-/, '').replaceAll('-', '_').toUpperCase()}`
  // Commander takes the variable of a switch as "on" whatever it holds: FAIRLEAD_YES=false must not delete.
  const off = option.isBoolean() && /^(false|no|0|)$/i.test(process.env[twin] ?? 'unset')
  if (!off) option.env(twin)
  return fallback === undefined ? option : option.default(fallback)
}

export const duration = (text: string): number => {
  try {
    return parseDuration(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

export const port = (text: string): number => {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number
  throw new InvalidArgumentError('a port is a number from 0 to 65535')
}

export const positive = (text: string): number => {
  const number = Number(text)
  if (number > 0) return number
  throw new InvalidArgumentError('a number above 0 was expected')
}

export const share = (text: string): number => {
  const number = Number(text)
  if (number > 0 && number <= 1) return number
  throw new InvalidArgumentError('a share is above 0 and at most 1')
}

/** `shop=2:t3.large` */
function instances(text: string, before: readonly object[] = []) {
  const match = /^([A-Za-z0-9_-]+)=(\d+)(?::(.+))?$/.exec(text)
  if (!match) throw new InvalidArgumentError('write CLUSTER=N or CLUSTER=N:TYPE')
  const [, cluster, count, type] = match
  return [...before, { cluster, count: Number(count), ...(type ? { type } : {}) }]
}

export const listed = (text: string, before: readonly string[] = []) => [...before, text]

export const owner = () =>
  flag('--owner <name>', 'whose resources these are (tag fairlead:owner)', 'default')
export const namespace = () => flag('-n, --namespace <name>', 'only this environment')
export const committed = () =>
  flag('--committed', 'read the Git working tree at HEAD, not the files as they lie', false)
export const apiShare = () =>
  flag(
    '--api-share <part>',
    'which part of AWS’s request budget to use (default 0.8; none on loopback)',
  ).argParser(share)
export const output = (choices: readonly string[], fallback: string) =>
  flag('-o, --output <format>', 'how to print')
    .choices([...choices])
    .default(fallback)
export const server = () => flag('--server <url>', 'the controller to ask', 'http://127.0.0.1:8080')
export const live = () => flag('--live <path>', 'ask AWS about these manifests, not a controller')
export const containerInstances = () =>
  flag('--container-instances <cluster=n[:type]>', 'simulated container instances; may be repeated')
    .argParser(instances)
    .default([], 'none')
export const seed = () => flag('--seed <number>', 'of the simulator’s randomness').argParser(Number)

export type Flags = Record<string, never>
