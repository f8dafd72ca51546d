/** The log: JSON lines for machines, readable lines on a terminal. Both through pino, in this process. */
import { pino } from 'pino'
import type { Log } from '../runtime.ts'
import type { Io } from './io.ts'
import { readableStream } from './readable-log.ts'
import { styleFor } from './style.ts'

export interface LogOptions {
  readonly logLevel: string
  /** Absent: readable on a terminal, JSON otherwise. */
  readonly logFormat?: 'json' | 'pretty'
}

/** Writes to stdout: the log is what `run` produces. */
export function createLog(io: Io, options: LogOptions): Log {
  const readable = options.logFormat ? options.logFormat === 'pretty' : io.terminal
  const base = { level: options.logLevel, base: {}, timestamp: pino.stdTimeFunctions.isoTime }
  const sink = readable
    ? readableStream((text) => io.stdout(text), styleFor(io).isColorSupported)
    : { write: (line: string) => io.stdout(line) }
  return pino(base, sink) as unknown as Log
}
