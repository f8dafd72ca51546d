/** Problems of a source as a whole: they have a file, but no place inside it unless a tool names one. */
import type { Problem } from '../../model.ts'

export type SourceProblemCode =
  | 'PathNotFound'
  | 'NotADirectory'
  | 'EmptySource'
  | 'Unreadable'
  | 'Vanished'
  | 'FileTooLarge'
  | 'SymlinkLoop'
  | 'BrokenLink'
  | 'KeepsChanging'
  | 'KustomizeMissing'
  | 'KustomizeFailed'
  | 'CheckoutRunning'
  | 'GitFailed'
  | 'NotAGitRepository'
  | 'GitUnreachable'

/** An error: the snapshot that carries it must not be acted on. */
export function sourceProblem(
  code: SourceProblemCode,
  file: string,
  message: string,
  options: { hint?: string; line?: number; severity?: Problem['severity'] } = {},
): Problem {
  return {
    code,
    severity: options.severity ?? 'error',
    file,
    line: options.line ?? 1,
    column: 1,
    message,
    ...(options.hint === undefined ? {} : { hint: options.hint }),
  }
}

/** Node's error code (`ENOENT`) of whatever was thrown. */
export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException)?.code ?? 'unknown'
}
