/** What ECR refuses in the texts of lifecycle policies and repository policies. */
import { AwsError } from '../../api.ts'

interface Rule {
  readonly rulePriority?: unknown
  readonly selection?: {
    readonly tagStatus?: string
    readonly tagPrefixList?: readonly string[]
    readonly tagPatternList?: readonly string[]
    readonly countType?: string
    readonly countUnit?: string
    readonly countNumber?: unknown
  }
  readonly action?: { readonly type?: string }
}

function invalid(member: string, text: string): AwsError {
  return new AwsError(
    'InvalidParameterException',
    `Invalid parameter at '${member}' failed to satisfy constraint: '${text}'`,
  )
}

function refused(why: string): AwsError {
  return invalid('LifecyclePolicyText', `Lifecycle policy validation failure: ${why}`)
}

function positive(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1
}

/** Throws InvalidParameterException unless the text is a lifecycle policy. */
export function checkLifecycle(text: string): void {
  let rules: readonly Rule[] | undefined
  try {
    rules = (JSON.parse(text) as { rules?: Rule[] } | null)?.rules
  } catch {
    throw refused('the text is not valid JSON.')
  }
  if (!Array.isArray(rules) || rules.length === 0)
    throw refused('object has missing required properties (["rules"])')
  if (rules.length > 50) throw refused('there can be at most 50 rules.')
  const priorities = rules.map(({ rulePriority }) => rulePriority)
  if (!priorities.every(positive)) throw refused('rulePriority must be a positive integer.')
  if (new Set(priorities).size < rules.length) throw refused('rulePriority must be unique.')
  const last = Math.max(...(priorities as number[]))
  for (const rule of rules) checkRule(rule, rule.rulePriority === last)
}

function checkRule({ selection = {}, action }: Rule, last: boolean): void {
  const { tagStatus = '', countType = '', countUnit, countNumber } = selection
  const listed = selection.tagPrefixList ?? selection.tagPatternList
  if (!['tagged', 'untagged', 'any'].includes(tagStatus)) {
    throw refused('tagStatus must be tagged, untagged or any.')
  }
  if ((tagStatus === 'tagged') !== (listed !== undefined && listed.length > 0)) {
    throw refused('tagPrefixList or tagPatternList goes with tagStatus tagged, and only with it.')
  }
  if (tagStatus === 'any' && !last) {
    throw refused('a rule with tagStatus any must have the highest rulePriority.')
  }
  if (!/^(imageCountMoreThan|sinceImage(Pushed|Pulled|Transitioned))$/.test(countType)) {
    throw refused('countType must be imageCountMoreThan or sinceImagePushed.')
  }
  if (countType.startsWith('since') !== (countUnit === 'days')) {
    throw refused('countUnit days goes with a countType of time, and only with it.')
  }
  if (!positive(countNumber)) throw refused('countNumber must be a positive integer.')
  if (action?.type !== 'expire' && action?.type !== 'transition') {
    throw refused('the type of an action must be expire.')
  }
}

/** Throws InvalidParameterException unless the text may be a repository policy. */
export function checkRepositoryPolicy(text: string): void {
  let statements: unknown
  try {
    statements = (JSON.parse(text) as { Statement?: unknown } | null)?.Statement
  } catch {
    throw invalid('PolicyText', 'Invalid repository policy provided')
  }
  if (typeof statements !== 'object' || statements === null) {
    throw invalid('PolicyText', 'Invalid repository policy provided')
  }
}
