/** `fairlead verify [PATH]`: before anything is touched, whether all that manifests rest on exists and may be used. */
import type { Read } from '../kind.ts'
import type { Desired, Environment, Problem } from '../model.ts'
import { manifestsOf } from '../reconcile/pass.ts'
import { refusalOf } from '../reconcile/refusal.ts'
import { quietLog, systemClock } from '../runtime.ts'
import { connector } from './connect.ts'
import type { Io } from './io.ts'
import { errorsOf, isBroken, load, renderProblem } from './load.ts'
import { styleFor } from './style.ts'
import { images } from './verify/images.ts'
import { logGroups } from './verify/log-groups.ts'
import { network } from './verify/network.ts'
import { permissions } from './verify/permissions.ts'
import { roles } from './verify/roles.ts'
import { secrets } from './verify/secrets.ts'
import type { Check, Subject } from './verify/subject.ts'
import { targetGroups } from './verify/target-groups.ts'

const checks: readonly Check[] = [
  permissions,
  roles,
  images,
  secrets,
  logGroups,
  network,
  targetGroups,
]

export interface VerifyOptions {
  readonly owner: string
  readonly namespace?: string
  readonly committed?: boolean
  readonly output?: 'text' | 'json'
  readonly apiShare?: number
}

/** Prints what is missing; exit code 0 when nothing is, 1 when something is. What could not be seen alone is fine. */
export async function verify(path: string, options: VerifyOptions, io: Io): Promise<number> {
  const desired = await load(path, options, io)
  const found = isBroken(desired)
    ? desired.problems
    : [...desired.problems, ...(await verified(desired, options, io))]
  const missing = errorsOf(found).length
  if (options.output === 'json') {
    const { revision, environments } = desired
    const names = environments.map(({ name }) => name)
    const report = { revision, usable: missing === 0, environments: names, problems: found }
    io.stdout(`${JSON.stringify(report, null, 2)}\n`)
  } else {
    const style = styleFor(io)
    for (const problem of found) {
      const line = renderProblem(problem)
      io.stdout(`${problem.severity === 'error' ? line : style.dim(line)}\n`)
    }
    const notices = found.length - missing
    const words = [
      missing === 0 ? 'nothing is missing' : `${missing} missing or not usable`,
      ...(notices > 0 ? [`${notices} not checked`] : []),
    ].join(', ')
    io.stderr(`${missing > 0 ? style.red(words) : style.green(words)}\n`)
  }
  return missing > 0 ? 1 : 0
}

async function verified(desired: Desired, options: VerifyOptions, io: Io): Promise<Problem[]> {
  const connect = connector({
    io,
    runtime: { clock: systemClock, random: () => 0.5, log: quietLog },
    readOnly: true,
    ...(options.apiShare === undefined ? {} : { apiShare: options.apiShare }),
  })
  const environments = desired.environments.filter(({ name }) => !desired.stopped.includes(name))
  const found = await Promise.all(
    environments.map(async (environment) => {
      const aws = connect(environment)
      const refuse = await refusalOf(aws, environment)
      if (refuse) return [unreachable(desired, environment, refuse.message)]
      const { Account = '', Arn = '' } = (await aws('sts:GetCallerIdentity', {})) as {
        Account?: string
        Arn?: string
      }
      return checked({
        environment,
        manifests: manifestsOf(desired, environment),
        identities: desired.identities,
        owner: options.owner,
        account: Account,
        caller: Arn,
        region: environment.region ?? io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION ?? 'us-east-1',
        read: ((operation, input) => aws(operation, input)) as Read,
      })
    }),
  )
  return found.flat()
}

/** All checks side by side, in the order of the files. */
export async function checked(subject: Subject): Promise<Problem[]> {
  const found = (await Promise.all(checks.map((check) => check(subject)))).flat()
  const order = (a: Problem, b: Problem) =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1
  return found.sort(order)
}

/** Placed at the first manifest of the environment, as the Environment's own place is not kept. */
function unreachable(desired: Desired, environment: Environment, why: string): Problem {
  const [manifest] = manifestsOf(desired, environment)
  const position = manifest?.position ?? { file: '.', line: 1, column: 1 }
  const object = `Environment/${environment.name}`
  return { ...position, code: 'NotReachable', severity: 'error', object, message: why }
}
