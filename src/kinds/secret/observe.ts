/** Reads descriptions of secrets and parameters in batches; never a value. */
import type { ListSecretsResponse, SecretListEntry } from '@aws-sdk/client-secrets-manager'
import type { DescribeParametersResult } from '@aws-sdk/client-ssm'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { type Answers, allPages, observeInBatches } from '../../kit/finding.ts'
import type { Live, ObjectKey, Observation } from '../../model.ts'
import type { SecretSpec } from './manifest.ts'

export interface SecretState {
  readonly kind: 'secret' | 'parameter'
}

type Part = readonly Wanted<SecretSpec>[]

/** The most values of a filter of ListSecrets; half of those of DescribeParameters, since a parameter may take two. */
const secretsBatch = 10
const parametersBatch = 25
/** The most that DescribeParameters answers in a page. */
const page = 50

export async function observe(
  context: ObserveContext,
  wanted: Part,
): Promise<ReadonlyMap<ObjectKey, Observation<SecretState>>> {
  const isParameter = ({ identity }: Wanted<SecretSpec>) =>
    /^arn:[\w-]+:ssm:/.test(identity.parts.arn ?? '')
  const [parameters, secrets] = await Promise.all([
    observeInBatches(wanted.filter(isParameter), parametersBatch, (part) =>
      lookAtParameters(context, part),
    ),
    observeInBatches(
      wanted.filter((want) => !isParameter(want)),
      secretsBatch,
      (part) => lookAtSecrets(context, part),
    ),
  ])
  return new Map([...parameters, ...secrets])
}

/** The filter finds by the beginning of the name, so each is looked for among what it gives. */
async function lookAtSecrets({ read }: ObserveContext, part: Part): Promise<Answers<SecretState>> {
  const Values = [
    ...new Set(part.map(({ identity }) => nameFor(identity.parts.arn, identity.name))),
  ]
  const secrets = await allPages(async (NextToken) => {
    const answer = await read<ListSecretsResponse>('secretsmanager:ListSecrets', {
      Filters: [{ Key: 'name', Values }],
      MaxResults: 100,
      ...(NextToken ? { NextToken } : {}),
    })
    return { items: answer.SecretList ?? [], next: answer.NextToken }
  })
  const answers: Answers<SecretState> = new Map()
  for (const { manifest, identity } of part) {
    const { arn } = identity.parts
    const means = ({ ARN = '', Name }: SecretListEntry) =>
      arn === undefined
        ? Name === identity.name
        : ARN === arn || ARN.replace(/-[A-Za-z0-9]{6}$/, '') === arn
    const secret = secrets.find(means)
    if (!secret) continue
    const attributes = { arn: secret.ARN ?? '', name: secret.Name ?? '' }
    answers.set(manifest.key, there(manifest.key, identity, attributes, 'secret'))
  }
  return answers
}

/** The name in an ARN, `…:secret:shop/db-AbCdEf`, which ends with six characters of AWS's own. */
function nameFor(arn: string | undefined, name: string): string {
  return arn === undefined ? name : arn.replace(/^.*:secret:/, '').replace(/-[A-Za-z0-9]{6}$/, '')
}

async function lookAtParameters(
  { read }: ObserveContext,
  part: Part,
): Promise<Answers<SecretState>> {
  const named = part.map((want) => ({ ...want, names: parameterNames(want.identity.parts.arn) }))
  const Values = [...new Set(named.flatMap(({ names }) => names))]
  const parameters = await allPages(async (NextToken) => {
    const answer = await read<DescribeParametersResult>('ssm:DescribeParameters', {
      ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values }],
      MaxResults: page,
      ...(NextToken ? { NextToken } : {}),
    })
    return { items: answer.Parameters ?? [], next: answer.NextToken }
  })
  const answers: Answers<SecretState> = new Map()
  for (const { manifest, identity, names } of named) {
    const parameter = parameters.find(({ Name }) => names.includes(Name ?? ''))
    if (!parameter) continue
    const attributes = { arn: identity.parts.arn ?? '', name: parameter.Name ?? '' }
    answers.set(manifest.key, there(manifest.key, identity, attributes, 'parameter'))
  }
  return answers
}

/** `…:parameter/shop/db` is the parameter `/shop/db`; `…:parameter/db` is `db` or `/db`. */
function parameterNames(arn = ''): string[] {
  const path = arn.replace(/^.*:parameter/, '')
  return path.indexOf('/', 1) < 0 ? [path.slice(1), path] : [path]
}

function there(
  key: ObjectKey,
  identity: Live['identity'],
  attributes: Live['attributes'],
  kind: SecretState['kind'],
): Observation<SecretState> {
  return { found: 'yes', live: { key, identity, attributes, tags: {}, state: { kind } } }
}
