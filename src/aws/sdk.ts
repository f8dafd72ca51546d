/** The body of the AWS function that speaks HTTP through the SDK. The only file that touches SDK clients. */

import type { Operation } from '../model.ts'
import { type Aws, appId } from './aws.ts'
import { toFailure } from './failure.ts'
import { type RoleToAssume, roleCredentials } from './role.ts'

export interface SdkOptions {
  /** Absent: as the SDK finds it (environment, profile). */
  readonly region?: string
  /** The process environment, for endpoints and credentials of emulators. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absent: the credentials that the SDK finds are used as they are. */
  readonly role?: RoleToAssume
}

interface SdkClient {
  send(command: unknown, options?: { abortSignal?: AbortSignal }): Promise<Record<string, unknown>>
}
interface SdkModule {
  readonly Client: new (configuration: object) => SdkClient
  readonly commands: Readonly<Record<string, new (input: never) => unknown>>
}

/** Each client is loaded when it is first needed. */
const modules: Readonly<Record<string, () => Promise<SdkModule>>> = {
  'application-autoscaling': () =>
    import('./clients/application-autoscaling.ts') as Promise<unknown> as Promise<SdkModule>,
  autoscaling: () => import('./clients/autoscaling.ts') as Promise<unknown> as Promise<SdkModule>,
  ec2: () => import('./clients/ec2.ts') as Promise<unknown> as Promise<SdkModule>,
  ecr: () => import('./clients/ecr.ts') as Promise<unknown> as Promise<SdkModule>,
  elasticloadbalancing: () =>
    import('./clients/elasticloadbalancing.ts') as Promise<unknown> as Promise<SdkModule>,
  iam: () => import('./clients/iam.ts') as Promise<unknown> as Promise<SdkModule>,
  logs: () => import('./clients/logs.ts') as Promise<unknown> as Promise<SdkModule>,
  scheduler: () => import('./clients/scheduler.ts') as Promise<unknown> as Promise<SdkModule>,
  secretsmanager: () =>
    import('./clients/secretsmanager.ts') as Promise<unknown> as Promise<SdkModule>,
  ssm: () => import('./clients/ssm.ts') as Promise<unknown> as Promise<SdkModule>,
  cloudtrail: () => import('./clients/cloudtrail.ts') as Promise<unknown> as Promise<SdkModule>,
  ecs: () => import('./clients/ecs.ts') as Promise<unknown> as Promise<SdkModule>,
  tag: () => import('./clients/tag.ts') as Promise<unknown> as Promise<SdkModule>,
  sts: () => import('./clients/sts.ts') as Promise<unknown> as Promise<SdkModule>,
}

/** The operations that the adapter can send, for the test that compares them with what the kinds declare. */
export async function sendable(): Promise<Operation[]> {
  const lists = await Promise.all(
    Object.entries(modules).map(async ([service, load]) =>
      Object.keys((await load()).commands).map((name) => `${service}:${name}` as Operation),
    ),
  )
  return lists.flat()
}

/** The endpoint that the SDK would use for a service, if the environment names one. */
function endpointOf(env: SdkOptions['env']): string | undefined {
  return env.AWS_ENDPOINT_URL_ECS ?? env.AWS_ENDPOINT_URL
}

/** Whether calls go to this machine: an emulator, which throttles nothing and needs no real credentials. */
export function isLoopback(env: SdkOptions['env']): boolean {
  const endpoint = endpointOf(env)
  if (!endpoint || !URL.canParse(endpoint)) return false
  const host = new URL(endpoint).hostname
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}

const credentialVariables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
]

/**
 * The SDK's retries are off: budgets and error classes are ours, since only we know which call can wait.
 * `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_PROFILE` and their kin are honoured as the SDK does.
 */
export function sdkAws(options: SdkOptions): Aws {
  const clients = new Map<string, Promise<{ client: SdkClient; commands: SdkModule['commands'] }>>()
  const emulated = isLoopback(options.env)
  const bare = emulated && !credentialVariables.some((name) => options.env[name])
  const { AWS_REGION: named, AWS_DEFAULT_REGION: usual } = options.env
  // The aws CLI's own variable, which the SDK does not know.
  const otherwise = usual || (emulated ? 'us-east-1' : undefined)
  const region = options.region ?? (named ? undefined : otherwise)
  const own = {
    ...(region ? { region } : {}),
    ...(bare ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } : {}),
  }
  let assumed: ReturnType<typeof roleCredentials> | undefined

  const open = async (service: string) => {
    const load = modules[service]
    if (!load) throw new Error(`no SDK client for ${service}`)
    const { Client, commands } = await load()
    if (options.role) assumed ??= roleCredentials(options.role, { ...own, emulated })
    const credentials = await assumed
    const client = new Client({
      maxAttempts: 1,
      userAgentAppId: appId,
      ...own,
      ...(credentials ? { credentials } : {}),
    })
    return { client, commands }
  }

  return async (operation, input, callOptions) => {
    const [service = '', name = ''] = operation.split(':')
    let opened = clients.get(service)
    if (!opened) {
      opened = open(service)
      clients.set(service, opened)
    }
    const { client, commands } = await opened
    const Command = commands[name]
    if (!Command) throw new Error(`the adapter cannot send ${operation}`)
    try {
      const answer = await client.send(
        new Command(input as never),
        callOptions?.signal ? { abortSignal: callOptions.signal } : {},
      )
      const { $metadata: _, ...output } = answer
      return output
    } catch (thrown) {
      throw toFailure(operation, thrown, emulated)
    }
  }
}

interface DirectError {
  readonly code?: unknown
  readonly status?: unknown
  readonly message: string
}

/**
 * The other body: operations of the embedded simulator, called directly and without bytes. The simulator copies input
 * and answer, so that neither side can hold on to the other's state.
 */
export function directAws(
  call: (operation: string, input: Record<string, unknown>) => Record<string, unknown>,
): Aws {
  return async (operation, input) => {
    try {
      return call(operation, input as Record<string, unknown>)
    } catch (thrown) {
      const error = thrown as DirectError
      if (typeof error.code !== 'string') throw thrown
      const status = typeof error.status === 'number' ? error.status : 400
      throw toFailure(
        operation,
        Object.assign(new Error(error.message), {
          name: error.code,
          $metadata: { httpStatusCode: status },
        }),
        false,
      )
    }
  }
}
