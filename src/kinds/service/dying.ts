/**
 * Tasks that end by themselves again and again after a roll-out succeeded: AWS starts new ones, and has no word for it.
 * Told by the events of the service (aws-facts: "has started K tasks", "has stopped K running tasks"). Pure.
 */
import type { Service } from '@aws-sdk/client-ecs'

export const dyingWindowMs = 15 * 60_000

/** That all of them end once is life: an instance is lost, Spot capacity is taken away. */
const usual = (desired: number) => Math.max(2, desired)

/**
 * How many tasks at least ended by themselves lately: more were started than are wanted, and nobody stopped the others.
 * Undefined where that is few, or while a deployment is under way. What died before the newest one began is its past.
 */
export function dyingIn(service: Service, nowMs: number): number | undefined {
  const { deployments = [], events = [], desiredCount = 0 } = service
  if (deployments.length !== 1 || deployments[0]?.rolloutState !== 'COMPLETED') return undefined
  const sinceMs = Math.max(nowMs - dyingWindowMs, Number(deployments[0].createdAt ?? 0))
  const lately = events.filter(({ createdAt }) => Number(createdAt ?? 0) >= sinceMs)
  const sum = (pattern: RegExp) =>
    lately.reduce((total, { message = '' }) => total + Number(pattern.exec(message)?.[1] ?? 0), 0)
  const ended = sum(/has started (\d+) tasks/) - sum(/has stopped (\d+) \w+ tasks/) - desiredCount
  return ended > usual(desiredCount) ? ended : undefined
}
