/** AWS as one function, and the shape of the layers around it. */
import type { ObjectKey, Operation } from '../model.ts'

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Of a write: for which resource it is; for layers that report. */
  readonly key?: ObjectKey
}

/** What our requests call themselves in their user agent: CloudTrail shows whose calls they are. */
export const appId = 'fairlead'

/** Sends one operation. Rejects with AwsFailure, whose class decides what happens next. */
export type Aws = (
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  options?: CallOptions,
) => Promise<Record<string, unknown>>

/** A layer wraps the function and knows nothing of what lies below. */
export type Layer = (next: Aws) => Aws

/** Outermost layer first. */
export function layered(aws: Aws, ...layers: readonly Layer[]): Aws {
  return layers.reduceRight((inner, layer) => layer(inner), aws)
}
