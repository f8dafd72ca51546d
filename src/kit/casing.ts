/**
 * Names of API members: manifests write every one in camelCase, while EC2, Auto Scaling, IAM and others capitalise
 * theirs. Pure. Free-form maps (a policy document, labels) must not pass through here.
 */

/** AWS's own spelling of a member to ours: `VPCZoneIdentifier` to `vpcZoneIdentifier`, `Cpu` to `cpu`. */
export function lowerLeading(key: string): string {
  return key.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+/, (run) => run.toLowerCase())
}

/** The members whose capitals cannot be told from their camelCase; a test compares with the SDK's schemas. */
const irregular: Readonly<Record<string, string>> = { vpcZoneIdentifier: 'VPCZoneIdentifier' }

export function upperLeading(key: string): string {
  return irregular[key] ?? key.charAt(0).toUpperCase() + key.slice(1)
}

/** A value in the shape of an API that capitalises its members; holes stay as they are. */
export function toAws(value: unknown): unknown {
  return renamed(value, upperLeading)
}

/** What such an API answered, in the manifests' spelling. */
export function fromAws<T = unknown>(value: unknown): T {
  return renamed(value, lowerLeading) as T
}

function renamed(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (value instanceof Uint8Array || Object.hasOwn(value, '$hole')) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [rename(key), renamed(inner, rename)]),
  )
}
