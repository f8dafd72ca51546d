/** The security token service: who is calling, and roles that anyone may assume, in any account. */
import { AwsError, type CallContext, type ServiceHandlers } from '../api.ts'

const ROLE_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]{1,64})$/

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message)
}

/** A session token holds whose it is, so that nothing need be remembered of it. */
function sessionToken(sessionArn: string): string {
  return `simulated-${Buffer.from(sessionArn).toString('base64url')}`
}

/** The session that a token is of; undefined for tokens that were made elsewhere. */
export function sessionOf(token: string): string | undefined {
  const [, held] = /^simulated-([\w-]+)$/.exec(token) ?? []
  const sessionArn = Buffer.from(held ?? '', 'base64url').toString()
  return /^arn:aws:sts::\d{12}:assumed-role\//.test(sessionArn) ? sessionArn : undefined
}

/** Upper-case letters and digits, as in AWS's unique ids. */
function uniqueId(prefix: string, context: CallContext): string {
  return (
    prefix + BigInt(`0x${context.id()}`).toString(36).toUpperCase().padStart(16, '0').slice(-16)
  )
}

export const stsHandlers: ServiceHandlers = {
  /** The one user of a simulated account, or the session of a role. */
  GetCallerIdentity(_input: object, { account, caller }) {
    if (caller) {
      const session = caller.slice(caller.lastIndexOf('/') + 1)
      return { UserId: `AROASIMULATORROLE0001:${session}`, Account: account, Arn: caller }
    }
    return {
      UserId: 'AIDASIMULATORUSER0001',
      Account: account,
      Arn: `arn:aws:iam::${account}:user/simulator`,
    }
  },
  /** Any well-formed role can be assumed; throws ValidationError. The credentials are accepted anywhere, as all are. */
  AssumeRole(
    input: { RoleArn?: string; RoleSessionName?: string; DurationSeconds?: number },
    context,
  ) {
    const {
      RoleArn: arn = '',
      RoleSessionName: session = '',
      DurationSeconds: seconds = 3600,
    } = input
    const [, account, role] = ROLE_ARN.exec(arn) ?? []
    if (!account) throw invalid(`${arn} is invalid`)
    if (!/^[\w+=,.@-]{2,64}$/.test(session)) {
      throw invalid(
        `1 validation error detected: Value '${session}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
      )
    }
    if (seconds < 900) {
      throw invalid(
        `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900`,
      )
    }
    if (seconds > 43_200) {
      throw invalid(
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      )
    }
    const sessionArn = `arn:aws:sts::${account}:assumed-role/${role}/${session}`
    return {
      Credentials: {
        AccessKeyId: uniqueId('ASIA', context),
        SecretAccessKey: (context.id() + context.id()).slice(0, 40),
        SessionToken: sessionToken(sessionArn),
        Expiration: new Date(context.now + seconds * 1000),
      },
      AssumedRoleUser: {
        AssumedRoleId: `${uniqueId('AROA', context)}:${session}`,
        Arn: sessionArn,
      },
      PackedPolicySize: 0,
    }
  },
}
