/** From an HTTP request to a typed call and back: the one door through which bytes reach the simulator. */
import { AwsError } from '../api.ts'
import { sessionOf } from '../services/sts.ts'
import { readJson, writeJson, writeJsonError } from './json.ts'
import type { WireRequest, WireResponse } from './message.ts'
import { credentialScope, plainBody, queryOf, tokenOf } from './message.ts'
import { readForm, writeXml, writeXmlError } from './query.ts'
import { readRest, routeOf, writeRest, writeRestError } from './rest-json.ts'
import type { OperationSchema } from './schema.ts'
import { operationSchema, requiredMembers } from './schema.ts'
import type { WireService } from './services.ts'
import { wireServices } from './services.ts'

/**
 * Runs one operation: `ecs:CreateService`, its input in the SDK's shape, where it was sent and by whom. Throws AwsError;
 * an error whose `code` is ECONNRESET means that the answer is lost.
 */
export type Invoke = (
  operation: string,
  input: Record<string, unknown>,
  options: { region: string; caller?: string; userAgent?: string },
) => unknown

/** What became of one request, for logs. */
export interface WireEvent {
  readonly operation: string
  readonly region: string
  readonly status: number
  /** The error's code, if there was one. */
  readonly error?: string
  readonly requestId: string
}

export interface WireOptions {
  readonly onRequest?: (event: WireEvent) => void
  /** A bug of the simulator: what a handler threw that is no AwsError. It is answered with InternalFailure. */
  readonly onBug?: (operation: string, error: unknown) => void
  /** The services that are spoken; all of them, unless a test says otherwise. */
  readonly services?: readonly WireService[]
}

export type Wire = (request: WireRequest) => Promise<WireResponse>

/** A request that was understood as far as its service and operation. */
interface Addressed {
  readonly service: WireService
  readonly operation: string
  readonly read: (schema: OperationSchema) => Record<string, unknown>
}

/** The wire in front of `invoke`. Its promise rejects only when an answer is to be lost. Request ids count from 1. */
export function createWire(invoke: Invoke, options: WireOptions = {}): Wire {
  const services = options.services ?? wireServices
  let requests = 0
  return async (request) => {
    requests += 1
    const requestId = `00000000-0000-4000-8000-${requests.toString(16).padStart(12, '0')}`
    const { region } = credentialScope(request)
    const caller = sessionOf(tokenOf(request) ?? '')
    let service: WireService | undefined
    let operation = 'unknown'
    const answer = (
      status: number,
      body: string,
      { error, headers: own }: { error?: string; headers?: Record<string, string> } = {},
    ): WireResponse => {
      options.onRequest?.({ operation, region, status, requestId, ...(error && { error }) })
      const form = contentType(service)
      const headers: Record<string, string> = {
        ...own,
        'x-amzn-requestid': requestId,
        'content-type': form,
      }
      if (error && form !== 'text/xml') headers['x-amzn-errortype'] = error
      return { status, headers, body }
    }
    try {
      const addressed = await address(services, request)
      service = addressed.service
      operation = `${service.name}:${addressed.operation}`
      const schema = await operationSchema(service, addressed.operation)
      if (!schema) throw unknownOperation(service, addressed.operation)
      const input = addressed.read(schema)
      requireMembers(service, schema, input)
      const userAgent = request.headers['user-agent']
      const output = await invoke(operation, input, {
        region,
        ...(caller && { caller }),
        ...(userAgent && { userAgent }),
      })
      if (service.protocol === 'rest-json') {
        const { status, headers, body } = await writeRest(service, schema, output)
        return answer(status, body, { headers })
      }
      const body =
        service.protocol === 'json'
          ? writeJson(schema.output, output)
          : writeXml(service, schema.name, schema.output, output, requestId)
      return answer(200, body)
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code === 'ECONNRESET') throw thrown
      const error = asAwsError(thrown, (bug) => options.onBug?.(operation, bug))
      return answer(error.status, await writeError(service, error, requestId), {
        error: error.code,
      })
    }
  }
}

function contentType(service: WireService | undefined): string {
  if (service?.protocol === 'query' || service?.protocol === 'ec2') return 'text/xml'
  return service?.protocol === 'rest-json' ? 'application/json' : 'application/x-amz-json-1.1'
}

async function writeError(
  service: WireService | undefined,
  error: AwsError,
  requestId: string,
): Promise<string> {
  if (service?.protocol === 'rest-json') return writeRestError(service, error)
  if (service === undefined || service.protocol === 'json') return writeJsonError(error)
  return writeXmlError(service, error, requestId)
}

function asAwsError(thrown: unknown, onBug: (error: unknown) => void): AwsError {
  if (thrown instanceof AwsError) return thrown
  onBug(thrown)
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return new AwsError('InternalFailure', `The simulator failed: ${detail}`, 500)
}

/** Which operation of which service: by X-Amz-Target, by method and path, or by the form's Version and Action. */
async function address(services: readonly WireService[], request: WireRequest): Promise<Addressed> {
  const target = request.headers['x-amz-target']
  if (target !== undefined) {
    const dot = target.lastIndexOf('.')
    const id = target.slice(0, dot)
    // botocore puts a name space before CloudTrail's.
    const names = [id, id.slice(id.lastIndexOf('.') + 1)]
    const service = services.find((each) => each.protocol === 'json' && names.includes(each.id))
    if (!service) throw new AwsError('UnknownOperationException', `No service takes ${target}.`)
    const body = plainBody(request)
    return {
      service,
      operation: target.slice(dot + 1),
      read: (schema) => readJson(schema.input, body),
    }
  }
  const rest = await addressByPath(services, request)
  if (rest) return rest
  const form = new URLSearchParams(new TextDecoder().decode(plainBody(request)))
  for (const [key, value] of queryOf(request)) form.append(key, value)
  const version = form.get('Version')
  const operation = form.get('Action')
  const scope = credentialScope(request).service
  const service = services.find(
    ({ protocol, id, name }) =>
      (protocol === 'query' || protocol === 'ec2') && (id === version || name === scope),
  )
  if (!operation || !service) {
    throw new AwsError(
      'UnknownOperationException',
      'The request names no operation: neither X-Amz-Target nor Action and Version of a simulated service.',
    )
  }
  return { service, operation, read: (schema) => readForm(service, schema.input, form) }
}

/** A REST service is meant where the request is signed for one, or has a path: all others use `/` alone. */
async function addressByPath(
  services: readonly WireService[],
  request: WireRequest,
): Promise<Addressed | undefined> {
  const { service: scope } = credentialScope(request)
  const path = request.path.split('?')[0] ?? '/'
  const candidates = services.filter(
    ({ protocol, id }) =>
      protocol === 'rest-json' && (scope === undefined ? path !== '/' : id === scope),
  )
  for (const service of candidates) {
    const route = await routeOf(service, request)
    if (!route) continue
    const { operation } = route
    return { service, operation, read: (schema) => readRest(schema, route, request) }
  }
  if (scope === undefined || candidates.length === 0) return undefined
  throw new AwsError(
    'UnknownOperationException',
    `${scope} has nothing at ${request.method} ${path}.`,
    404,
  )
}

function unknownOperation(service: WireService, operation: string): AwsError {
  return service.protocol.endsWith('json')
    ? new AwsError('UnknownOperationException', `${service.name} has no operation ${operation}.`)
    : new AwsError('InvalidAction', `The action ${operation} is not valid for this endpoint.`)
}

/** Operations whose own refusals name what is missing, in the words that AWS has for it. */
const refuseThemselves = new Set(['RegisterTaskDefinition'])

/** Refuses an input without a member that the API's model requires, as each protocol's services word it. */
function requireMembers(
  service: WireService,
  schema: OperationSchema,
  input: Record<string, unknown>,
): void {
  if (refuseThemselves.has(schema.name)) return
  const missing = requiredMembers(schema.input).find((name) => input[name] === undefined)
  if (missing === undefined) return
  throw missingMember(service, missing)
}

/** The services of awsJson1.1 whose own name for a bad input is InvalidParameterException. */
const byInvalidParameter = new Set(['ecr', 'ecs', 'logs', 'secretsmanager', 'tag'])

function missingMember({ name, protocol }: WireService, member: string): AwsError {
  if (name === 'ecs' || name === 'tag') {
    return new AwsError('InvalidParameterException', `${member} can not be blank.`)
  }
  if (protocol === 'ec2') {
    return new AwsError('MissingParameter', `The request must contain the parameter ${member}`)
  }
  const code = protocol === 'query' ? 'ValidationError' : 'ValidationException'
  // The JSON services name members as their models do, the first letter small.
  const shown = protocol === 'query' ? member : member.charAt(0).toLowerCase() + member.slice(1)
  return new AwsError(
    byInvalidParameter.has(name) ? 'InvalidParameterException' : code,
    `1 validation error detected: Value null at '${shown}' failed to satisfy constraint: Member must not be null`,
  )
}
