/** The type of an InstanceProfile's spec: the SDK's request in our casing, with the role that a further call sets. */
export interface InstanceProfileSpec {
  readonly instanceProfileName?: string
  readonly path?: string
  readonly roles?: readonly string[]
  readonly roleName?: string
  readonly tags?: readonly { readonly key: string; readonly value?: string }[]
}
