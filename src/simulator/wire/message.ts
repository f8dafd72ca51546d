/** HTTP messages as the wire sees them, without sockets; and what any request says beside its operation. */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { AwsError } from '../api.ts'

export interface WireRequest {
  readonly method: string
  /** With the query string, if there is one. */
  readonly path: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
}

export interface WireResponse {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** The largest body taken, before and after decompression, in bytes. AWS's own limit for ECS is 1 MiB. */
export const bodyLimit = 1024 * 1024

/** The body without its Content-Encoding. Throws RequestEntityTooLargeException or SerializationException. */
export function plainBody(request: WireRequest): Uint8Array {
  if (request.body.byteLength > bodyLimit) throw tooLarge()
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  const options = { maxOutputLength: bodyLimit }
  try {
    if (encoding === 'gzip') return gunzipSync(request.body, options)
    if (encoding === 'deflate') return inflateSync(request.body, options)
    if (encoding === 'br') return brotliDecompressSync(request.body, options)
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw new AwsError('SerializationException', `The request body is not valid ${encoding}.`)
  }
  if (encoding === 'identity' || encoding === '') return request.body
  throw new AwsError('SerializationException', `Content-Encoding ${encoding} is not supported.`)
}

function tooLarge(): AwsError {
  return new AwsError('RequestEntityTooLargeException', 'The request body exceeds 1 MiB.', 413)
}

/** Region and service that a request was signed for. The signature itself is not checked. */
export interface Scope {
  readonly region: string
  readonly service?: string
}

/**
 * Reads the credential scope (`AKID/20260101/eu-west-1/ecs/aws4_request`) of the Authorization header or of a
 * presigned query string. An unsigned request means us-east-1.
 */
export function credentialScope(request: WireRequest): Scope {
  const credential =
    /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1] ??
    queryOf(request).get('X-Amz-Credential') ??
    ''
  const [, , region, service] = credential.split('/')
  return region && service ? { region, service } : { region: 'us-east-1' }
}

/** The session token of temporary credentials. */
export function tokenOf(request: WireRequest): string | undefined {
  return (
    request.headers['x-amz-security-token'] ??
    queryOf(request).get('X-Amz-Security-Token') ??
    undefined
  )
}

export function queryOf(request: WireRequest): URLSearchParams {
  return new URLSearchParams(request.path.split('?')[1] ?? '')
}
