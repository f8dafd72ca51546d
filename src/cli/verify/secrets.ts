/** Secrets and parameters that containers get: they exist, and the execution role may read them. */
import { inBatches } from '../../kind.ts'
import type { Manifest, Problem } from '../../model.ts'
import { refusals } from './simulate.ts'
import {
  ask,
  byValue,
  type Check,
  type Found,
  makes,
  type Subject,
  texts,
  unchecked,
  whyNot,
  wrong,
} from './subject.ts'

const fields = [
  'containerDefinitions[].secrets[].valueFrom',
  'containerDefinitions[].logConfiguration.secretOptions[].valueFrom',
  'containerDefinitions[].repositoryCredentials.credentialsParameter',
]

interface Source {
  readonly service: 'ssm' | 'secretsmanager'
  /** As AWS is asked for it. */
  readonly id: string
  readonly arn: string
  readonly region: string
}

/** A parameter by name or ARN, or a secret's ARN with a key, a stage and a version behind it. */
function sourceOf(text: string, { account, region }: Subject): Source | undefined {
  if (!text.startsWith('arn:')) {
    const path = text.startsWith('/') ? text : `/${text}`
    const arn = `arn:aws:ssm:${region}:${account}:parameter${path}`
    return { service: 'ssm', id: text, arn, region }
  }
  const [, , service, at = '', owner = '', type = '', ...rest] = text.split(':')
  if (service === 'ssm' && type.startsWith('parameter/')) {
    const name = type.slice('parameter'.length)
    // A name without a path has a slash in its ARN alone.
    const id = owner === account ? (name.lastIndexOf('/') === 0 ? name.slice(1) : name) : text
    return { service, id, arn: text, region: at }
  }
  if (service !== 'secretsmanager' || type !== 'secret') return undefined
  const arn = text.split(':').slice(0, 7).join(':')
  return rest.length > 0 ? { service, id: arn, arn, region: at } : undefined
}

export const secrets: Check = async (subject) => {
  const found = fields.flatMap((path) => texts(subject, 'TaskDefinition', path))
  const uses = [...byValue(found, (value) => sourceOf(value, subject)?.arn).values()]
  const problems: Problem[] = []
  const sources: { source: Source; uses: Found[] }[] = []
  for (const list of uses) {
    const source = sourceOf(list[0]!.value, subject) as Source
    if (source.region === subject.region) sources.push({ source, uses: list })
    else problems.push(...list.map((use) => unchecked(use, `it is in ${source.region}`)))
  }
  const of = (service: Source['service']) =>
    sources.filter(({ source }) => source.service === service)
  const looked = await Promise.all([
    parameters(subject, of('ssm')),
    ...of('secretsmanager').map((one) => secret(subject, one)),
    readable(subject, sources),
  ])
  return [...problems, ...looked.flat()]
}

type Uses = { readonly source: Source; readonly uses: readonly Found[] }

/** Ten parameters a call; those that do not exist are named in the answer. */
async function parameters(subject: Subject, list: readonly Uses[]): Promise<Problem[]> {
  const batches = await Promise.all(
    inBatches(list, 10).map(async (part) => {
      const answer = await ask<{ InvalidParameters?: string[] }>(
        subject.read,
        'ssm:GetParameters',
        {
          Names: part.map(({ source }) => source.id),
        },
      )
      return part.flatMap(({ source, uses }) => {
        if (!('output' in answer)) {
          const why = whyNot(answer)
          return uses.map((use) => unchecked(use, why))
        }
        if (!answer.output.InvalidParameters?.includes(source.id)) return []
        return uses.map((use) =>
          wrong(use, 'NoSuchParameter', `there is no parameter ${source.id}`),
        )
      })
    }),
  )
  return batches.flat()
}

async function secret(subject: Subject, { source, uses }: Uses): Promise<Problem[]> {
  const [, , , , , , name = ''] = source.arn.split(':')
  const bare = name.replace(/-[A-Za-z0-9]{6}$/, '')
  if (makes(subject, 'Secret', (identity) => identity.name === bare || identity.name === name))
    return []
  const answer = await ask<{ DeletedDate?: Date }>(subject.read, 'secretsmanager:DescribeSecret', {
    SecretId: source.id,
  })
  if ('failed' in answer) return uses.map((use) => unchecked(use, answer.failed))
  if ('missing' in answer) {
    return uses.map((use) => wrong(use, 'NoSuchSecret', `there is no secret ${name}`))
  }
  if (!answer.output.DeletedDate) return []
  return uses.map((use) => wrong(use, 'SecretDeleted', `the secret ${name} is being deleted`))
}

/** Whether the role that starts the containers may read what they get. Roles that the manifests make are not there yet. */
async function readable(subject: Subject, list: readonly Uses[]): Promise<Problem[]> {
  const byRole = new Map<string, { source: Source; use: Found }[]>()
  for (const { source, uses } of list) {
    for (const use of uses) {
      const role = roleOf(use.manifest)
      if (!role?.startsWith(`arn:aws:iam::${subject.account}:`)) continue
      const name = role.slice(role.lastIndexOf('/') + 1)
      if (makes(subject, 'Role', (identity) => identity.name === name)) continue
      byRole.set(role, [...(byRole.get(role) ?? []), { source, use }])
    }
  }
  const problems: Problem[] = []
  for (const [role, needs] of byRole) {
    for (const [service, action] of reading) {
      const own = needs.filter(({ source }) => source.service === service)
      if (own.length === 0) continue
      const resources = [...new Set(own.map(({ source }) => source.arn))]
      const refused = await refusals(subject.read, {
        principal: role,
        actions: [action],
        resources,
      })
      if ('failed' in refused) {
        // That the role itself is missing is said elsewhere.
        if (/NoSuchEntity/.test(refused.failed)) continue
        problems.push(unchecked(own[0]!.use, `whether ${role} may read it: ${refused.failed}`))
        continue
      }
      const denied = new Set(refused.map(({ resource }) => resource))
      for (const { source, use } of own.filter(({ source }) => denied.has(source.arn))) {
        const message = `the execution role ${role} may not ${action} ${source.arn}`
        problems.push(wrong(use, 'NotReadable', message))
      }
    }
  }
  return problems
}

const reading = [
  ['ssm', 'ssm:GetParameters'],
  ['secretsmanager', 'secretsmanager:GetSecretValue'],
] as const

function roleOf({ spec }: Manifest): string | undefined {
  const role = spec.executionRoleArn
  return typeof role === 'string' ? role : undefined
}
