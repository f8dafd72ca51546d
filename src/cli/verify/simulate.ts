/** What IAM would decide, asked of IAM itself: for who calls, and for roles that tasks run with. */
import type { Read } from '../../kind.ts'
import { ask, whyNot } from './subject.ts'

export interface Question {
  /** ARN of the role or user. */
  readonly principal: string
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly context?: Readonly<Record<string, string>>
}

export interface Refused {
  readonly action: string
  readonly resource: string
}

interface Result {
  readonly EvalActionName?: string
  readonly EvalResourceName?: string
  readonly EvalDecision?: string
}

/** What is not allowed; or why it could not be asked. */
export async function refusals(
  read: Read,
  { principal, actions, resources, context = {} }: Question,
): Promise<readonly Refused[] | { readonly failed: string }> {
  const refused: Refused[] = []
  let marker: string | undefined
  do {
    const answer = await ask<{
      EvaluationResults?: readonly Result[]
      IsTruncated?: boolean
      Marker?: string
    }>(
      read,
      'iam:SimulatePrincipalPolicy',
      {
        PolicySourceArn: principal,
        ActionNames: [...actions],
        ResourceArns: [...resources],
        ContextEntries: Object.entries(context).map(([key, value]) => ({
          ContextKeyName: key,
          ContextKeyType: 'string',
          ContextKeyValues: [value],
        })),
        ...(marker ? { Marker: marker } : {}),
      },
      () => false,
    )
    if (!('output' in answer)) return { failed: whyNot(answer) }
    for (const result of answer.output.EvaluationResults ?? []) {
      if (result.EvalDecision === 'allowed') continue
      refused.push({
        action: result.EvalActionName ?? '',
        resource: result.EvalResourceName ?? '',
      })
    }
    marker = answer.output.IsTruncated ? answer.output.Marker : undefined
  } while (marker)
  return refused
}

/**
 * The role or user behind the caller's ARN, as IAM takes it: a session is none, and has lost its role's path.
 * Undefined for an account's root user, who may do everything.
 */
export async function principalOf(
  read: Read,
  caller: string,
): Promise<string | { readonly failed: string } | undefined> {
  if (/^arn:[\w-]+:iam::\d{12}:root$/.test(caller)) return undefined
  const [, role] = /^arn:[\w-]+:sts::\d{12}:assumed-role\/([^/]+)\//.exec(caller) ?? []
  if (!role) return caller
  const answer = await ask<{ Role?: { Arn?: string } }>(
    read,
    'iam:GetRole',
    { RoleName: role },
    () => false,
  )
  if (!('output' in answer)) return { failed: whyNot(answer) }
  return answer.output.Role?.Arn ?? { failed: `iam:GetRole says nothing of ${role}` }
}
