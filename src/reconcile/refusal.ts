/** Whether an environment may be worked in at all: its role can be assumed, and the credentials are of its account. */
import type { Aws } from '../aws/aws.ts'
import { AwsFailure } from '../errors.ts'
import type { Environment, Reason } from '../model.ts'

/** Why nothing may be done there. Rejects with AwsFailure where AWS does not say. */
export async function refusalOf(
  aws: Aws,
  { accountId, roleArn }: Pick<Environment, 'accountId' | 'roleArn'>,
): Promise<Reason | undefined> {
  if (!accountId && !roleArn) return undefined
  let account: unknown
  try {
    account = (await aws('sts:GetCallerIdentity', {})).Account
  } catch (error) {
    if (!(error instanceof AwsFailure) || !isRefused(error)) throw error
    const message = `its role cannot be assumed: ${error.code}: ${error.message}`
    return { code: 'RoleNotAssumed', message }
  }
  if (!accountId || account === accountId) return undefined
  const message = `the credentials are for account ${account}, the Environment says ${accountId}: nothing is done`
  return { code: 'WrongAccount', message }
}

/** STS said no to the role itself, and will say so again. */
function isRefused({ operation, class: cls }: AwsFailure): boolean {
  return operation === 'sts:AssumeRole' && ['denied', 'invalid', 'notFound'].includes(cls)
}

/** The same for a process: looked into until it is well, for then it cannot change while the place stays the same. */
export function createAdmission(aws: Aws) {
  let admitted = false
  return async (of: Environment): Promise<Reason | undefined> => {
    if (admitted) return undefined
    const refuse = await refusalOf(aws, of)
    admitted = refuse === undefined
    return refuse
  }
}
