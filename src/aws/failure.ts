/** AWS's error names as named sets, and the class that each belongs to. The class alone decides requeue, back-off or stop. */
import { AwsFailure } from '../errors.ts'
import type { FailureClass, Operation } from '../model.ts'

const throttled = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'SlowDown',
  'LimitExceededException.Throttle',
])

const transient = new Set([
  'ServerException',
  'InternalServerException',
  'InternalFailure',
  'InternalError',
  'InternalServiceException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'Unavailable',
  'RequestTimeout',
  'RequestTimeoutException',
  'TimeoutError',
])

const notFound = new Set([
  'ClusterNotFoundException',
  'ServiceNotFoundException',
  'TaskSetNotFoundException',
  'ServiceDeploymentNotFoundException',
  'ResourceNotFoundException',
  'TargetNotFoundException',
  'NoSuchEntity',
  'NoSuchEntityException',
  'RepositoryNotFoundException',
  'LifecyclePolicyNotFoundException',
  'RepositoryPolicyNotFoundException',
  'ParameterNotFound',
  'TargetGroupNotFound',
  'TargetGroupNotFoundException',
  'LoadBalancerNotFound',
  'LoadBalancerNotFoundException',
  'RuleNotFound',
  'RuleNotFoundException',
  'ListenerNotFound',
  'ListenerNotFoundException',
  'ObjectNotFoundException',
])

const conflict = new Set([
  'UpdateInProgressException',
  'ConflictException',
  'ServiceNotActiveException',
  'ResourceInUseException',
  'ClusterContainsServicesException',
  'ClusterContainsTasksException',
  'ClusterContainsContainerInstancesException',
  'ClusterContainsCapacityProviderException',
  'ConcurrentModificationException',
  'ConcurrentUpdateException',
  'ConcurrentModification',
  'DependencyViolation',
  'DeleteConflict',
  'DeleteConflictException',
  'ResourceInUse',
  'ParameterAlreadyExists',
  'TooManyUpdates',
  'ResourceInUseFault',
  'ScalingActivityInProgress',
  'ScalingActivityInProgressFault',
  'ResourceContention',
  'ResourceContentionFault',
  'InstanceRefreshInProgress',
  'InstanceRefreshInProgressFault',
  // EC2: what was to be made, or taken away, is so already; the next look shows it.
  'InvalidPermission.Duplicate',
  'Resource.AlreadyAssociated',
  'RouteAlreadyExists',
  'Gateway.NotAttached',
  'RepositoryNotEmptyException',
  'EntityTemporarilyUnmodifiable',
  'EntityTemporarilyUnmodifiableException',
  // It was made a moment ago, and reads do not show it yet; or one of that name is being deleted.
  'AlreadyExists',
  'AlreadyExistsFault',
])

const denied = new Set([
  'AccessDeniedException',
  'AccessDenied',
  'UnauthorizedOperation',
  'AuthFailure',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'ExpiredTokenException',
  'MissingAuthenticationToken',
  'OptInRequired',
  'CredentialsProviderError',
  'BlockedException',
])

const unsupported = new Set([
  'UnknownOperationException',
  'UnsupportedFeatureException',
  'PlatformUnknownException',
])

/**
 * Messages that AWS sends as "invalid" though time alone mends them (aws-facts: roles and target groups that are
 * not visible yet, a name that is still draining).
 */
const waits = [
  /still Draining/i,
  /verify that the ECS service role being passed has the proper permissions/i,
  /Unable to assume the service linked role/i,
  /Role is not valid/i,
  /does not have an associated load balancer/i,
  /cannot be stopped while deployments are active/i,
  /Cluster was not ACTIVE/i,
  /not idempotent/i,
  /Invalid IAM Instance Profile/i,
  /No Container Instances were found/i,
  // A service that was made a moment ago.
  /ECS service doesn't exist/i,
  /The execution role you provide must allow .* to assume the role/i,
  /Role .* (is invalid|cannot be assumed)/i,
  // A trust policy that names a role made a moment ago.
  /Invalid principal in policy/i,
  // An instance profile whose role was taken out a moment ago.
  /InstanceSessionsPerInstanceProfile/i,
  /capacity provider already exists/i,
  /capacity provider cannot be deleted because it is associated/i,
  /specified Auto Scaling group .* was not found/i,
  /fully-formed launch template\. The specified launch template.* does not exist/i,
]

/** Errors of the network, before or after the request left. */
const network =
  /^(ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR|AbortError)/

interface ErrorLike {
  readonly name?: string
  readonly code?: string
  readonly message?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly statusCode?: number }
}

/** The class of an AWS error by its name, text and HTTP status. */
export function classify(code: string, message: string, status?: number): FailureClass {
  if (throttled.has(code) || status === 429) return 'throttled'
  // EC2 says so by a pattern: InvalidVpcID.NotFound, InvalidLaunchTemplateId.VersionNotFound.
  if (/\.(Version)?NotFound(Exception)?$/.test(code)) return 'notFound'
  // It was not seen, and is there: reads that lag. Sent again it is refused again, so it is looked for anew.
  if (/AlreadyExists(Exception|Fault)?$/.test(code)) return 'conflict'
  if (denied.has(code)) return 'denied'
  if (unsupported.has(code) || status === 501) return 'unsupported'
  if (notFound.has(code)) return 'notFound'
  if (conflict.has(code) || waits.some((text) => text.test(message))) return 'conflict'
  if (transient.has(code) || network.test(code)) return 'transient'
  if (status !== undefined && status >= 500) return 'transient'
  if (status === 403) return 'denied'
  if (status !== undefined && status >= 400) return 'invalid'
  return 'unknown'
}

/**
 * Turns whatever a client threw into an AwsFailure, once.
 * An answer that is not in AWS's form (an HTML page of an emulator) means that the operation does not exist there,
 * unless its status says that it was refused.
 */
export function toFailure(operation: Operation, thrown: unknown, emulated: boolean): AwsFailure {
  if (thrown instanceof AwsFailure) return thrown
  const error = (thrown ?? {}) as ErrorLike
  const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode
  const code = error.name === 'Error' || !error.name ? (error.code ?? 'Error') : error.name
  const message = error.message ?? String(thrown)
  const garbled = code === 'SyntaxError' || /\bXML parse error\b/.test(message)
  if (emulated && garbled && status === 403) {
    const why = 'not authorized, as far as an answer that is not in AWS’s form can be read'
    return new AwsFailure(operation, 'denied', 'AccessDenied', `${operation}: ${why}`, {
      cause: thrown,
    })
  }
  if (emulated && garbled && (status === undefined || status >= 400)) {
    return new AwsFailure(
      operation,
      'unsupported',
      'NotImplemented',
      `${operation} is not served here`,
      {
        cause: thrown,
      },
    )
  }
  const cls = classify(
    network.test(error.code ?? '') ? (error.code ?? code) : code,
    message,
    status,
  )
  const effectUnknown = cls === 'transient' || cls === 'unknown'
  return new AwsFailure(operation, cls, code, message, { effectUnknown, cause: thrown })
}
