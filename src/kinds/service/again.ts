/** What becomes of a roll-out that fails: it is stopped early, remembered as rejected, and tried again when asked. Pure. */
import type { Draft } from '../../kind.ts'
import { asksForRetry, isForgiven, retryTag, retryValue } from '../../kit/retries.ts'
import type { FieldChange, Live, Manifest } from '../../model.ts'
import { rejectedIn, rejectedTag, withoutRejected, withRejected } from './rejected.ts'
import { restartsOn } from './stale.ts'
import type { ServiceState } from './state.ts'

type LiveService = Live<ServiceState>

/** Whether what failed is to be tried again, and the tags by which AWS remembers what was rejected and what was retried. */
export function retryIn(
  { annotations }: Manifest,
  { state, tags }: LiveService,
): { readonly due: boolean; readonly tags: Readonly<Record<string, string>> } {
  const value = annotations['fairlead.dev/retry']
  const { rejected } = state
  const failedArn = rejected?.deploymentArn ?? failedHere(state)
  if (value !== undefined && asksForRetry(value, tags)) {
    const hash = rejected?.hash ?? ''
    const noted = { [retryTag]: retryValue(value, failedArn) }
    const kept = { [rejectedTag]: withoutRejected(tags, hash) }
    const known = rejectedIn(tags).includes(hash)
    return { due: failedArn !== undefined, tags: known ? { ...noted, ...kept } : noted }
  }
  if (rejected && !rejectedIn(tags).includes(rejected.hash)) {
    return { due: false, tags: { [rejectedTag]: withRejected(tags, rejected.hash) } }
  }
  return { due: failedArn !== undefined && isForgiven(failedArn, tags), tags: {} }
}

/** The deployment of what Git asks for, where it failed with nothing to go back to: only a new one can mend it. */
function failedHere({ deployments, rollout }: ServiceState): string | undefined {
  const primary = deployments.find(({ status }) => status === 'PRIMARY')
  return primary?.rolloutState === 'FAILED' ? (rollout?.id ?? primary.id) : undefined
}

/** Why the same content is to be started anew, where the manifest asks for it. */
export function restarts(manifest: Manifest, { state }: LiveService): readonly FieldChange[] {
  const { stale = [], rejected, rollout } = state
  if (rejected || rollout?.outcome === 'InProgress') return []
  return stale.flatMap(({ what, name, from, to, tried }) => {
    if (tried || !restartsOn(manifest, `${what}s`)) return []
    const path = `${what}[${name}]`
    // Nobody reads its value: all that is known is when tasks got it, and that it is another since.
    const times = { ...(from ? { from: `read ${from}` } : {}), to: `changed ${to}` }
    const values = what === 'secret' ? times : { ...(from ? { from } : {}), to }
    return [{ path, ...values, note: 'starts anew with it' }]
  })
}

/** An image's tag that moved is always worth a word. */
export const driftNotes = ({ state }: LiveService): string[] =>
  (state.stale ?? []).flatMap(({ what, name, from = '', to, tried }) => {
    const end = tried ? '; that was tried, and rolled back' : ''
    return what === 'image'
      ? [`image drift: ${name} is ${brief(to)} by now, ${brief(from)} runs${end}`]
      : []
  })

const brief = (digest: string) => digest.slice(0, 'sha256:'.length + 12)

const usualLimit = 3

/** The call that ends a roll-out in which one container has failed too often for one reason. */
export function stopping({ annotations }: Manifest, { state }: LiveService): Draft | undefined {
  const { rollout, failures = [] } = state
  if (rollout?.outcome !== 'InProgress' || !rollout.replaces) return undefined
  // Without service deployments there is nothing that could be stopped.
  if (!rollout.id.includes(':service-deployment/')) return undefined
  const text = annotations['fairlead.dev/stop-after'] ?? String(usualLimit)
  if (text === 'off') return undefined
  const worst = failures.find(({ capacity, count }) => !capacity && count >= Number(text))
  if (!worst) return undefined
  const who = worst.container ? `container ${worst.container}` : 'its tasks'
  const message = `${who} failed ${worst.count} times for one reason (${worst.reason}): stopped and rolled back`
  return {
    verdict: 'update',
    effect: 'in place',
    followUp: true,
    calls: [
      {
        operation: 'ecs:StopServiceDeployment',
        input: { serviceDeploymentArn: rollout.id, stopType: 'ROLLBACK' },
      },
    ],
    reason: { code: 'StoppedEarly', message },
  }
}
