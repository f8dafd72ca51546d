/** The type of a Role's spec: the SDK's request in our casing, with the policies that further calls set. */

/** A policy document as YAML, as JSON text, or with references in it. */
export type Document = string | Record<string, unknown>

export interface InlinePolicy {
  readonly policyName: string
  readonly policyDocument: Document
}

export interface RoleSpec {
  readonly roleName?: string
  readonly path?: string
  readonly assumeRolePolicyDocument?: Document
  readonly description?: string
  readonly maxSessionDuration?: number
  readonly permissionsBoundary?: string
  readonly managedPolicyArns?: readonly string[]
  readonly policies?: readonly InlinePolicy[]
  readonly tags?: readonly { readonly key: string; readonly value?: string }[]
}
