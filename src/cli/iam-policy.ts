/** `fairlead iam-policy [PATH]`: the least that AWS must allow, from the operations that the kinds in use declare. */
import { UserError } from '../errors.ts'
import { trailReads } from '../keeper/trail.ts'
import type { Kind, Safety } from '../kind.ts'
import { kinds as registry } from '../kinds/index.ts'
import type { Desired, Environment, Operation } from '../model.ts'
import { rehearsalReads } from '../rehearsal/reads.ts'
import { packed, sizeLimit, sizeOf } from './iam-policy/documents.ts'
import { explain } from './iam-policy/explain.ts'
import { type Fences, type Statement, statementsFor } from './iam-policy/statements.ts'
import { importReads } from './import/reads.ts'
import type { Io } from './io.ts'
import { isBroken, load, renderProblem } from './load.ts'
import { verifyReads } from './verify/reads.ts'

export interface IamPolicyOptions {
  readonly owner: string
  readonly namespace?: string
  readonly committed?: boolean
  readonly output?: 'json' | 'text'
  /** Also what `fairlead verify` reads. */
  readonly verify?: boolean
  /** Also what `fairlead plan --rehearse` reads. */
  readonly rehearse?: boolean
  /** Also what `fairlead import` reads. */
  readonly import?: boolean
  /** For the kinds without manifests; environments say their own. */
  readonly rolePath?: string
  readonly permissionsBoundary?: string
}

/** Prints one document, or a list of them where one would be too long for IAM. */
export async function iamPolicy(
  path: string | undefined,
  options: IamPolicyOptions,
  io: Io,
  kinds: readonly Kind[] = registry,
): Promise<number> {
  const statements =
    path === undefined ? ofAll(kinds, options, io) : await ofPath(path, options, io, kinds)
  if (!statements) return 1
  if (options.output === 'text') {
    io.stdout(explain(statements))
    return 0
  }
  const documents = packed(statements)
  if (documents.length > 1) {
    const sizes = documents.map(sizeOf).join(' and ')
    io.stderr(
      `${documents.length} policies of ${sizes} characters, as IAM takes ${sizeLimit} in one: attach all of them\n`,
    )
  }
  io.stdout(`${JSON.stringify(documents.length === 1 ? documents[0] : documents, null, 2)}\n`)
  return 0
}

function ofAll(kinds: readonly Kind[], options: IamPolicyOptions, io: Io): Statement[] {
  const { owner, rolePath = '/', permissionsBoundary } = options
  if (!/^\/([\x21-\x7e]+\/)?$/.test(rolePath)) {
    throw new UserError(`${rolePath} is no path of roles`, { hint: 'write it as /team/' })
  }
  return statementsFor(operationsOf(kinds, options), {
    owner,
    partition: partitionOf(io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION),
    rolePaths: [rolePath],
    boundaries: permissionsBoundary ? [permissionsBoundary] : [],
  })
}

async function ofPath(
  path: string,
  options: IamPolicyOptions,
  io: Io,
  kinds: readonly Kind[],
): Promise<Statement[] | undefined> {
  const desired = await load(path, options, io)
  for (const problem of desired.problems) io.stderr(`${renderProblem(problem)}\n`)
  if (isBroken(desired)) return undefined
  const roles = desired.environments.filter(({ roleArn }) => roleArn)
  // Asked for one environment, the policy is for the role that works there.
  const own = options.namespace
    ? desired.environments
    : desired.environments.filter(({ roleArn }) => !roleArn)
  for (const { name, roleArn } of options.namespace ? [] : roles) {
    io.stderr(`for the role of ${name}, ${roleArn}: fairlead iam-policy ${path} -n ${name}\n`)
  }
  const used = kindsUsed(desired, own, kinds)
  return [
    ...(own.length > 0
      ? statementsFor(operationsOf(used, options), fencesOf(own, options, io))
      : []),
    ...(options.namespace ? [] : assuming(roles)),
  ]
}

function kindsUsed(desired: Desired, own: readonly Environment[], kinds: readonly Kind[]): Kind[] {
  const names = new Set(own.map(({ name }) => name))
  const alone = desired.environments.length === 1 && names.has('default')
  const used = new Set(
    desired.manifests
      .filter(({ namespace }) => alone || names.has(namespace))
      .map(({ kind }) => kind),
  )
  return kinds.filter(({ name }) => used.has(name))
}

function operationsOf(
  kinds: readonly Kind[],
  { verify, rehearse, import: imports }: IamPolicyOptions,
): Readonly<Record<Operation, Safety>> {
  const reads: Operation[] = [
    'tag:GetResources',
    'sts:GetCallerIdentity',
    ...trailReads,
    ...(verify ? verifyReads : []),
    ...(rehearse ? rehearsalReads : []),
    ...(imports ? importReads : []),
  ]
  return Object.assign(
    Object.fromEntries(reads.map((read) => [read, 'read'])),
    ...kinds.map(({ operations }) => operations),
  )
}

function fencesOf(
  environments: readonly Environment[],
  { owner }: IamPolicyOptions,
  io: Io,
): Fences {
  const region = environments[0]?.region ?? io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION
  const paths = environments.map(({ rolePath }) => rolePath ?? '/')
  const boundaries = environments.map(({ permissionsBoundary }) => permissionsBoundary)
  return {
    owner,
    partition: partitionOf(region),
    rolePaths: paths.includes('/') ? ['/'] : paths,
    // One environment that asks for none would be locked out.
    boundaries: boundaries.every((arn) => arn !== undefined) ? [...new Set(boundaries)] : [],
  }
}

/** Which part of AWS a region is in. */
function partitionOf(region = ''): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

function assuming(environments: readonly Environment[]): Statement[] {
  const arns = [...new Set(environments.flatMap(({ roleArn }) => roleArn ?? []))]
  if (arns.length === 0) return []
  const Resource = arns.length === 1 ? arns[0]! : arns
  return [{ Sid: 'AssumeRoles', Effect: 'Allow', Action: 'sts:AssumeRole', Resource }]
}
