/** Roles that an environment is worked in with: assumed once, kept until shortly before they expire, shared by all clients. */
import { AwsFailure } from '../errors.ts'
import type { Aws } from './aws.ts'
import { toFailure } from './failure.ts'

/** A role, and as whom fairlead appears in CloudTrail while it has it. */
export interface RoleToAssume {
  readonly roleArn: string
  readonly sessionName: string
}

/** `fairlead-<environment>`, within the 64 characters that STS takes. */
export function sessionNameOf(environment: string): string {
  return `fairlead-${environment}`.slice(0, 64)
}

interface Identity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** What an SDK client takes as `credentials`. */
export type Credentials = (options?: object) => Promise<Identity>

export interface AssumeOptions {
  /** Of the STS endpoint that is asked. Absent: as the SDK finds it. */
  readonly region?: string
  /** With which credentials to ask. Absent: as the SDK finds them. */
  readonly credentials?: Identity
  readonly emulated: boolean
}

/** Rejects with AwsFailure of `sts:AssumeRole`, whatever the call was that needed the role. */
export async function roleCredentials(
  { roleArn, sessionName }: RoleToAssume,
  { region, credentials, emulated }: AssumeOptions,
): Promise<Credentials> {
  const [{ fromTemporaryCredentials }, { doesIdentityRequireRefresh, isIdentityExpired, ...core }] =
    await Promise.all([import('@aws-sdk/credential-providers'), import('@smithy/core')])
  const assume = fromTemporaryCredentials({
    params: { RoleArn: roleArn, RoleSessionName: sessionName },
    clientConfig: { maxAttempts: 1, ...(region ? { region } : {}) },
    ...(credentials ? { masterCredentials: credentials } : {}),
  })
  const named = async (properties?: object): Promise<Identity> => {
    try {
      return await assume(properties)
    } catch (thrown) {
      throw notAssumed(thrown, roleArn, emulated)
    }
  }
  const kept = core.memoizeIdentityProvider(named, isIdentityExpired, doesIdentityRequireRefresh)
  return kept as Credentials
}

/** Nothing but the assumption was sent, so there is no effect that could be unknown. */
function notAssumed(thrown: unknown, roleArn: string, emulated: boolean): AwsFailure {
  const failure = toFailure('sts:AssumeRole', thrown, emulated)
  const { operation, code, message } = failure
  const said = message.includes(roleArn) ? message : `${roleArn}: ${message}`
  return new AwsFailure(operation, failure.class, code, said, { cause: thrown })
}

/** The same for a simulator that is called directly: `as` gives its function for a session's ARN. */
export function assumedDirectly(
  { roleArn, sessionName }: RoleToAssume,
  as: (sessionArn?: string) => Aws,
): Aws {
  let session: Aws | undefined
  return async (operation, input, options) => {
    if (!session) {
      const { AssumedRoleUser } = (await as()('sts:AssumeRole', {
        RoleArn: roleArn,
        RoleSessionName: sessionName,
      })) as { AssumedRoleUser?: { Arn?: string } }
      session = as(AssumedRoleUser?.Arn)
    }
    return session(operation, input, options)
  }
}
