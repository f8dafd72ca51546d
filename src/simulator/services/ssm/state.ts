/** The state of the Parameter Store: the account's own parameters. Records are replaced, never changed in place. */

export type ParameterType = 'String' | 'StringList' | 'SecureString'

export interface ParameterRecord {
  readonly name: string
  readonly type: ParameterType
  readonly value: string
  readonly description?: string
  readonly keyId?: string
  readonly allowedPattern?: string
  readonly tier: string
  readonly dataType: string
  readonly version: number
  readonly modified: Date
}

export interface SsmState {
  /** By name; the versions of each, oldest first. */
  readonly parameters: Map<string, readonly ParameterRecord[]>
}

export function createSsmState(): SsmState {
  return { parameters: new Map() }
}
