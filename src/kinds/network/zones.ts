/** The zones of a Network, and which part of its block belongs to each. Pure. */
import { blockText, partOf, readBlock } from '../../kit/cidr.ts'

export const defaultBlock = '10.0.0.0/16'
export const defaultZones = 2

export interface Zone {
  /** What the subnet's name ends in. */
  readonly letter: string
  /** Its name or id as it is written, or which of the region's zones it is, from 1. */
  readonly zone: string
  /** The member of a subnet's spec that takes it. */
  readonly member: 'availabilityZone' | 'availabilityZoneId'
}

const letters = 'abcdefghijklmnopqrstuvwxyz'

/** Counted zones go by number, since not every account has every letter. */
export function zonesOf(zones: number | readonly string[]): Zone[] {
  if (typeof zones === 'number') {
    return Array.from({ length: Math.min(zones, 26) }, (_, i) => ({
      letter: letters[i]!,
      zone: String(i + 1),
      member: 'availabilityZone',
    }))
  }
  return zones.map((zone): Zone => {
    const [, number] = /-az(\d+)$/.exec(zone) ?? []
    return number === undefined
      ? { letter: zone.slice(-1), zone, member: 'availabilityZone' }
      : { letter: letters[Number(number) - 1] ?? number, zone, member: 'availabilityZoneId' }
  })
}

/** By the letter of the zone, so that a zone more or less moves no other; undefined where the block ends before. */
export function partsOf(block: string, zones: readonly Zone[]): (string | undefined)[] {
  const whole = readBlock(block)
  if (!whole) return zones.map(() => undefined)
  const prefix = Math.min(28, Math.max(20, whole.prefix + 3))
  return zones.map(({ letter }) => {
    const part = partOf(whole, prefix, Math.max(0, letters.indexOf(letter)))
    return part && blockText(part)
  })
}
