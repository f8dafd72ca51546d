/** How a scalable target is doing: between which bounds it scales, and what of that is suspended. Pure. */
import type { Health, Live } from '../../model.ts'
import type { ScalableTargetState } from './observe.ts'

const words: Readonly<Record<string, string>> = {
  dynamicScalingInSuspended: 'scaling in',
  dynamicScalingOutSuspended: 'scaling out',
  scheduledScalingSuspended: 'scheduled scaling',
}

export function health({ state }: Live<ScalableTargetState>): Health {
  const bounds = `${state.minCapacity} to ${state.maxCapacity} tasks`
  const off = Object.keys(words).flatMap((name) =>
    state.suspendedState?.[name] ? [words[name]] : [],
  )
  if (off.length === 0) return { state: 'Ready', reason: 'Registered', message: bounds }
  return {
    state: 'Ready',
    reason: 'Suspended',
    message: `${bounds}, with ${off.join(' and ')} suspended`,
  }
}
