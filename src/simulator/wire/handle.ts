/** From an HTTP request to a typed call and back: the one door through which bytes reach the simulator. */
import { AwsError } from '../api.ts'
import { sessionOf } from '../services/sts.ts'
import { readJson, writeJson, writeJsonError } from './json.ts'
import type { WireRequest, WireResponse } from './message.ts'
import { credentialScope, plainBody, queryOf, tokenOf } from './message.ts'
import { readForm, writeXml, writeXmlError } from './query.ts'
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
  options: { region: string; caller?: string },
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
    const answer = (status: number, body: string, error?: string): WireResponse => {
      options.onRequest?.({ operation, region, status, requestId, ...(error && { error }) })
      const json = service === undefined || service.protocol === 'json'
      const headers: Record<string, string> = {
        'x-amzn-requestid': requestId,
        'content-type': json ? 'application/x-amz-json-1.1' : 'text/xml',
      }
      if (error && json) headers['x-amzn-errortype'] = error
      return { status, headers, body }
    }
    try {
      const addressed = address(services, request)
      service = addressed.service
      operation = `${service.name}:${addressed.operation}`
      const schema = await operationSchema(service, addressed.operation)
      if (!schema) throw unknownOperation(service, addressed.operation)
      const input = addressed.read(schema)
      requireMembers(service, schema, input)
      const output = await invoke(operation, input, { region, ...(caller && { caller }) })
      const body =
        service.protocol === 'json'
          ? writeJson(schema.output, output)
          : writeXml(service, schema.name, schema.output, output, requestId)
      return answer(200, body)
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code === 'ECONNRESET') throw thrown
      const error = asAwsError(thrown, (bug) => options.onBug?.(operation, bug))
      const body =
        service === undefined || service.protocol === 'json'
          ? writeJsonError(error)
          : writeXmlError(service, error, requestId)
      return answer(error.status, body, error.code)
    }
  }
}

function asAwsError(thrown: unknown, onBug: (error: unknown) => void): AwsError {
  if (thrown instanceof AwsError) return thrown
  onBug(thrown)
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return new AwsError('InternalFailure', `The simulator failed: ${detail}`, 500)
}

/** Which operation of which service: by X-Amz-Target, else by the form's Version and Action. */
function address(services: readonly WireService[], request: WireRequest): Addressed {
  const target = request.headers['x-amz-target']
  if (target !== undefined) {
    const dot = target.lastIndexOf('.')
    const id = target.slice(0, dot)
    const service = services.find((each) => each.protocol === 'json' && each.id === id)
    if (!service) throw new AwsError('UnknownOperationException', `No service takes ${target}.`)
    const body = plainBody(request)
    return {
      service,
      operation: target.slice(dot + 1),
      read: (schema) => readJson(schema.input, body),
    }
  }
  const form = new URLSearchParams(new TextDecoder().decode(plainBody(request)))
  for (const [key, value] of queryOf(request)) form.append(key, value)
  const version = form.get('Version')
  const operation = form.get('Action')
  const scope = credentialScope(request).service
  const service = services.find(
    (each) => each.protocol !== 'json' && (each.id === version || each.name === scope),
  )
  if (!operation || !service) {
    throw new AwsError(
      'UnknownOperationException',
      'The request names no operation: neither X-Amz-Target nor Action and Version of a simulated service.',
    )
  }
  return { service, operation, read: (schema) => readForm(service, schema.input, form) }
}

function unknownOperation(service: WireService, operation: string): AwsError {
  return service.protocol === 'json'
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
  if (service.protocol === 'json') {
    throw new AwsError('InvalidParameterException', `${missing} can not be blank.`)
  }
  throw service.protocol === 'ec2'
    ? new AwsError('MissingParameter', `The request must contain the parameter ${missing}`)
    : new AwsError(
        'ValidationError',
        `1 validation error detected: Value null at '${missing}' failed to satisfy constraint: Member must not be null`,
      )
}
