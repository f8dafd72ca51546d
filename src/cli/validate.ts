/** `fairlead validate`: the problems of a snapshot as text, JSON or SARIF. Offline. */
import type { Composite, Kind } from '../kind.ts'
import type { Desired, Problem, Snapshot } from '../model.ts'
import { createManifestCache, readManifests } from '../reconcile/manifest.ts'
import type { Io } from './io.ts'
import { errorsOf, renderProblem } from './load.ts'
import { styleFor } from './style.ts'
import { version } from './version.ts'

/** Prints what is wrong; exit code 0 without errors, else 1. Notices alone are fine. */
export async function validate(
  snapshot: Snapshot,
  kinds: readonly Kind[],
  composites: readonly Composite[],
  options: { readonly output?: 'text' | 'json' | 'sarif' },
  io: Io,
): Promise<number> {
  const desired = await readManifests(snapshot, kinds, createManifestCache(), composites)
  const errors = errorsOf(desired.problems).length
  if (options.output === 'json') io.stdout(`${JSON.stringify(report(desired), null, 2)}\n`)
  else if (options.output === 'sarif')
    io.stdout(`${JSON.stringify(sarif(desired.problems), null, 2)}\n`)
  else {
    const style = styleFor(io)
    for (const problem of desired.problems) {
      const line = renderProblem(problem)
      io.stdout(`${problem.severity === 'error' ? line : style.dim(line)}\n`)
    }
    const notices = desired.problems.length - errors
    const counts = [
      count(desired.manifests.length, 'valid manifest'),
      count(errors, 'error'),
      ...(notices > 0 ? [count(notices, 'notice')] : []),
    ].join(', ')
    io.stderr(`${errors > 0 ? style.red(counts) : style.green(counts)}\n`)
  }
  return errors > 0 ? 1 : 0
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function report(desired: Desired) {
  return {
    revision: desired.revision,
    valid: errorsOf(desired.problems).length === 0,
    manifests: desired.manifests.length,
    environments: desired.environments.map(({ name }) => name),
    stopped: desired.stopped,
    problems: desired.problems,
  }
}

/** SARIF 2.1.0, which code-scanning pages of Git hosts show beside the lines. */
function sarif(problems: readonly Problem[]) {
  const rules = [...new Set(problems.map(({ code }) => code))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'fairlead', version, rules: rules.map((id) => ({ id })) } },
        results: problems.map((problem) => ({
          ruleId: problem.code,
          ruleIndex: rules.indexOf(problem.code),
          level: problem.severity === 'error' ? 'error' : 'note',
          message: {
            text:
              [problem.object, problem.path, problem.message].filter(Boolean).join(': ') +
              hint(problem),
          },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(problem.file) },
                region: { startLine: problem.line, startColumn: problem.column },
              },
            },
          ],
        })),
      },
    ],
  }
}

function hint(problem: Problem): string {
  return problem.hint ? ` (${problem.hint})` : ''
}
