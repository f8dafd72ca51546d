/** Reads the runtime schemas that the SDK's clients export, as far as a server needs them. */
import { NormalizedSchema } from '@smithy/core/schema'
import type { WireService } from './services.ts'

/** One operation of a service: what goes in and what comes out. */
export interface OperationSchema {
  readonly name: string
  readonly input: NormalizedSchema
  readonly output: NormalizedSchema
}

/** The SDK's static form of an operation: `[9, namespace, name, traits, input, output]`. */
type StaticOperation = readonly [9, string, string, unknown, () => unknown, () => unknown]

function isOperation(value: unknown): value is StaticOperation {
  return Array.isArray(value) && value[0] === 9
}

/** The SDK's static form of an error: `[-3, namespace, name, traits, member names, member schemas]`. */
type StaticError = readonly [-3, string, string, ...unknown[]]

function isError(value: unknown): value is StaticError {
  return Array.isArray(value) && value[0] === -3
}

const loading = new Map<WireService, Promise<Readonly<Record<string, unknown>>>>()

/** What the service's SDK client exports. Loads it once. */
function moduleOf(service: WireService): Promise<Readonly<Record<string, unknown>>> {
  let module = loading.get(service)
  if (!module) {
    module = service.load() as Promise<Readonly<Record<string, unknown>>>
    loading.set(service, module)
  }
  return module
}

/** All operations of a service, with their traits. */
export async function operationsOf(service: WireService) {
  return Object.values(await moduleOf(service))
    .filter(isOperation)
    .map(([, , name, traits]) => ({ name, traits }))
}

/** The shape of one of the service's exceptions, if its model has it. */
export async function errorSchema(
  service: WireService,
  name: string,
): Promise<NormalizedSchema | undefined> {
  const found = (await moduleOf(service))[`${name}$`]
  return isError(found) ? NormalizedSchema.of(found as never) : undefined
}

/** The schema of `operation`, or undefined when the service has no such operation. */
export async function operationSchema(
  service: WireService,
  operation: string,
): Promise<OperationSchema | undefined> {
  const found = (await moduleOf(service))[`${operation}$`]
  if (!isOperation(found)) return undefined
  return {
    name: found[2],
    input: NormalizedSchema.of(found[4] as never),
    output: NormalizedSchema.of(found[5] as never),
  }
}

/** Names of the members that a structure requires. The SDK lists them first, and ends with their number. */
export function requiredMembers(schema: NormalizedSchema): readonly string[] {
  if (!schema.isStructSchema()) return []
  const [, , , , names, , count] = schema.getSchema() as unknown as [
    number,
    string,
    string,
    unknown,
    readonly string[],
    unknown,
    number | undefined,
  ]
  return names.slice(0, count ?? 0)
}
