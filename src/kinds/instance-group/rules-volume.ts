/** Rules of an instance group's volume. They rest on the volume types in the Amazon EBS user guide. */
import { checkRange, type Findings } from '../../kit/field-rules.ts'
import type { families } from './images.ts'
import type { Volume } from './spec.ts'

/** GiB and IOPS of the types that an instance can boot from. */
const types: Readonly<
  Record<string, { size: readonly [number, number]; iops?: readonly [number, number] }>
> = {
  gp3: { size: [1, 65_536], iops: [3_000, 80_000] },
  gp2: { size: [1, 16_384] },
  io1: { size: [4, 16_384], iops: [100, 64_000] },
  io2: { size: [4, 65_536], iops: [100, 256_000] },
  standard: { size: [1, 1_024] },
}

export function checkVolume(
  volume: Volume | undefined,
  family: (typeof families)[keyof typeof families] | undefined,
  imageId: string | undefined,
  found: Findings,
): void {
  if (!volume) return
  const { say } = found
  const { size, type = 'gp3', iops, throughput, encrypted, kmsKeyId } = volume
  const known = types[type]
  if (!known) return
  // The snapshot of an image that is given is not known here.
  const least = imageId === undefined ? (family?.leastGiB ?? 1) : 1
  checkRange(size, 'spec.volume.size', [Math.max(least, known.size[0]), known.size[1]], found)
  if (known.iops) checkRange(iops, 'spec.volume.iops', known.iops, found)
  else if (iops !== undefined) {
    say('spec.volume.iops', 'NotTogether', `the IOPS of ${type} cannot be chosen`, 'type: gp3')
  }
  if (iops === undefined && (type === 'io1' || type === 'io2')) {
    say('spec.volume.iops', 'Required', `is required for ${type}, and missing`)
  }
  if (throughput !== undefined && type !== 'gp3') {
    const message = `the throughput of ${type} cannot be chosen`
    say('spec.volume.throughput', 'NotTogether', message, 'type: gp3')
  } else {
    checkRange(throughput, 'spec.volume.throughput', [125, 2_000], found)
    if (throughput !== undefined && throughput > (iops ?? 3_000) / 4) {
      const message = `${throughput} MiB/s need ${throughput * 4} IOPS, and there are ${iops ?? 3_000}`
      say('spec.volume.throughput', 'OutOfRange', message)
    }
  }
  if (kmsKeyId !== undefined && encrypted === false) {
    say('spec.volume.kmsKeyId', 'NotTogether', 'a key for a volume that is not encrypted')
  }
}
