/** The default VPC of a region, where what names no subnet goes. */
import type { World } from '../../world.ts'
import type { SubnetRecord, VpcRecord } from './network-state.ts'

/** The default VPC, unless it was deleted. */
export function defaultVpc(world: World): VpcRecord | undefined {
  return [...world.ec2.vpcs.values()].find(({ isDefault }) => isDefault)
}

/** The default subnets in order of their zones; none when they were deleted. */
export function defaultSubnets(world: World): SubnetRecord[] {
  return [...world.ec2.subnets.values()]
    .filter(({ defaultForAz }) => defaultForAz)
    .sort((a, b) => (a.availabilityZone < b.availabilityZone ? -1 : 1))
}
