/** The input of UpdateService for a set of changes: the changed members only, as AWS needs them. Pure. */
import type { FieldChange } from '../../model.ts'
import { headOf } from './canonical.ts'

type Members = Record<string, unknown>

/**
 * The changed members. AWS replaces each as a whole, but for `deploymentConfiguration`, whose omitted members keep
 * their live values. `spec` is what Git says, `whole` is that with what Git leaves alone taken from live.
 */
export function updateInput(
  spec: Members,
  whole: Members,
  changes: readonly FieldChange[],
): Members {
  const input: Members = {}
  for (const head of new Set(changes.map(({ path }) => headOf(path)))) {
    if (head === 'deploymentConfiguration') input[head] = deployment(spec, changes)
    else if (head === 'networkConfiguration') input[head] = whole[head]
    else input[head] = spec[head] ?? cleared(head, changes)
  }
  // AWS refuses any change of the strategy without it, although its reference calls the field non-deploying.
  if ('capacityProviderStrategy' in input) input.forceNewDeployment = true
  return input
}

/** What puts a field back that Git leaves out. */
const cleared = (head: string, changes: readonly FieldChange[]): unknown =>
  changes.find(({ path }) => path === head)?.to ?? []

/** Git's members, the defaults of those that are put back, and the members that AWS requires beside them. */
function deployment(spec: Members, changes: readonly FieldChange[]): Members {
  const result = structuredClone(spec.deploymentConfiguration ?? {}) as Members
  for (const { path, to } of changes) {
    const [head, ...names] = path.split('.')
    if (head === 'deploymentConfiguration' && to !== undefined) fill(result, names, to)
  }
  if (result.deploymentCircuitBreaker) {
    result.deploymentCircuitBreaker = {
      enable: false,
      rollback: false,
      ...result.deploymentCircuitBreaker,
    }
  }
  if (result.alarms) {
    result.alarms = { alarmNames: [], enable: false, rollback: false, ...result.alarms }
  }
  return result
}

/** Sets the value at the path unless Git has one there. */
function fill(target: Members, [name, ...rest]: string[], value: unknown): void {
  if (name === undefined) return
  if (rest.length === 0) {
    target[name] ??= value
    return
  }
  target[name] ??= {}
  const inner = target[name]
  if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
    fill(inner as Members, rest, value)
  }
}
