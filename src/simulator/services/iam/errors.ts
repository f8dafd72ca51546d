/** IAM's refusals, with the codes and statuses that the API documents. */
import { AwsError } from '../../api.ts'

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, 404)
}

export function alreadyExists(message: string): AwsError {
  return new AwsError('EntityAlreadyExists', message, 409)
}

export function deleteConflict(message: string): AwsError {
  return new AwsError('DeleteConflict', message, 409)
}

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceeded', message, 409)
}

export function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', message)
}

export function invalidInput(message: string): AwsError {
  return new AwsError('InvalidInput', message)
}

export function unmodifiable(message: string): AwsError {
  return new AwsError('UnmodifiableEntity', message)
}

/** What a member breaks of its own constraints, as the Query services word it. */
export function validation(member: string, value: unknown, constraint: string): AwsError {
  return new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  )
}
