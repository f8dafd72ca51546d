/** Rules of subnets beyond the schema. They rest on CreateSubnet in the Amazon EC2 API reference. */
import { checkBlock } from '../../kit/block-rules.ts'
import type { Findings } from '../../kit/field-rules.ts'
import type { SubnetSpec } from './spec.ts'

export function checkSubnetBlock(text: string | undefined, path: string, { say }: Findings): void {
  checkBlock(text, path, { what: 'a subnet', example: '10.0.0.0/20' }, { say })
}

/** The number of a zone, where a manifest counts zones instead of naming one. */
export function zoneNumber(zone: unknown): number | undefined {
  return typeof zone === 'string' && /^[1-9]$/.test(zone) ? Number(zone) : undefined
}

const zoneName = /^[a-z]{2}(-[a-z]+)+-\d+(-[a-z]+-\d+)?[a-z]$/
const zoneId = /^[a-z]{3,4}\d(-[a-z]{3}\d)?-az\d+$/

/** A zone by name, or by id: `eu-central-1a`, `euc1-az2`. */
export const isZone = (zone: string): boolean => zoneName.test(zone) || zoneId.test(zone)

export function checkZone(
  { availabilityZone: zone, availabilityZoneId: id }: SubnetSpec,
  { say }: Findings,
): void {
  if (zone !== undefined && id !== undefined) {
    say('spec.availabilityZoneId', 'NotTogether', 'the zone is named already by availabilityZone')
  }
  if (id !== undefined && !zoneId.test(id)) {
    say('spec.availabilityZoneId', 'BadZone', `"${id}" is not the id of a zone such as euc1-az1`)
  }
  if (zone === undefined || zoneName.test(zone) || zoneNumber(zone) !== undefined) return
  const hint = zoneId.test(zone) ? `write availabilityZoneId: ${zone}` : undefined
  const message = `"${zone}" is not a zone such as eu-central-1a, nor a number from 1 to 9`
  say('spec.availabilityZone', 'BadZone', message, hint)
}
