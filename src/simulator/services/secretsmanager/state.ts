/** The state of Secrets Manager. Records are replaced, never changed in place. */

export interface SecretVersion {
  readonly id: string
  readonly created: Date
  readonly text?: string
  readonly binary?: Uint8Array
}

export interface SecretRecord {
  readonly name: string
  /** With the six characters that AWS puts behind the name. */
  readonly arn: string
  readonly description?: string
  readonly kmsKeyId?: string
  readonly created: Date
  readonly changed: Date
  /** Its deletion was asked for; it is gone at `goneAt`. */
  readonly deleted?: Date
  /** Milliseconds since the epoch. */
  readonly goneAt?: number
  /** The newest comes first: AWSCURRENT, then AWSPREVIOUS. */
  readonly versions: readonly SecretVersion[]
}

export interface SecretsState {
  /** By name. */
  readonly secrets: Map<string, SecretRecord>
}

export function createSecretsState(): SecretsState {
  return { secrets: new Map() }
}
