/** What a command may touch of the process that runs it. */

export interface Io {
  /** Data: what a pipe would want. No newline is added. */
  stdout(text: string): void
  /** Messages and errors. No newline is added. */
  stderr(text: string): void
  readonly stdin?: AsyncIterable<Uint8Array>
  readonly env: NodeJS.ProcessEnv
  /** Whether a person reads standard output on a terminal. */
  readonly terminal: boolean
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
}
