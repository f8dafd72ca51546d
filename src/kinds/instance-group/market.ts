/** How instances are bought: On-Demand, Spot, or some of each. Pure. */
import type { InstanceGroupSpec, Mix } from './spec.ts'

/** The share of each; undefined where all are On-Demand, and no words are needed. */
export function mixOf({
  purchase = 'OnDemand',
}: Pick<InstanceGroupSpec, 'purchase'>): Mix | undefined {
  if (purchase === 'OnDemand') return undefined
  const spot: Required<Mix> = {
    onDemandBaseCapacity: 0,
    onDemandPercentageAboveBaseCapacity: 0,
    spotAllocationStrategy: 'price-capacity-optimized',
  }
  return purchase === 'Spot' ? spot : { ...spot, ...purchase }
}

export function mayBeSpot(spec: Pick<InstanceGroupSpec, 'purchase'>): boolean {
  const mix = mixOf(spec)
  return mix !== undefined && mix.onDemandPercentageAboveBaseCapacity !== 100
}
