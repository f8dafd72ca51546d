/** How a command that failed says so: the exit code, and words on stderr. */
import { UserError } from '../errors.ts'
import type { Io } from './io.ts'
import { styleFor } from './style.ts'

export function reportError(error: unknown, io: Io): number {
  const style = styleFor(io)
  if (error instanceof UserError) {
    io.stderr(`${style.red('error:')} ${error.message}\n${error.hint ? `  ${error.hint}\n` : ''}`)
    return error.exitCode
  }
  const { name, message, stack } = error as Error
  if (name === 'AwsFailure') {
    const { operation, code } = error as unknown as { operation: string; code: string }
    io.stderr(`${style.red('error:')} ${operation}: ${code}: ${message}\n`)
    return 1
  }
  io.stderr(`${style.red('error:')} a bug in fairlead: ${message}\n${stack ?? ''}\n`)
  return 1
}
