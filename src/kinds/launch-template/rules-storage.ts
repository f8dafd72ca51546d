/** Rules of block devices. They rest on LaunchTemplateEbsBlockDeviceRequest in the Amazon EC2 API reference. */
import { checkRange, type Findings, repeated } from '../../kit/field-rules.ts'
import type { BlockDevice, Ebs } from './spec.ts'

type Range = readonly [number, number]

interface VolumeLimits {
  readonly size: Range
  /** Absent: it cannot be chosen. */
  readonly iops?: Range
  readonly iopsPerGiB?: number
  readonly throughput?: Range
}

const limits: Readonly<Record<string, VolumeLimits>> = {
  gp3: { size: [1, 65_536], iops: [3000, 80_000], iopsPerGiB: 500, throughput: [125, 2000] },
  gp2: { size: [1, 16_384] },
  io1: { size: [4, 16_384], iops: [100, 64_000], iopsPerGiB: 50 },
  io2: { size: [4, 65_536], iops: [100, 256_000], iopsPerGiB: 1000 },
  st1: { size: [125, 16_384] },
  sc1: { size: [125, 16_384] },
  standard: { size: [1, 1024] },
}

export function checkBlockDevices(
  devices: readonly BlockDevice[] = [],
  path: string,
  found: Findings,
): void {
  const { say } = found
  devices.forEach(({ deviceName, ebs, virtualName, noDevice }, index) => {
    const at = `${path}[${index}]`
    if (!deviceName) {
      say(`${at}.deviceName`, 'Required', 'is required, and missing', 'the root is /dev/xvda')
    }
    const ways = [ebs, virtualName, noDevice].filter((way) => way !== undefined)
    if (ways.length > 1)
      say(at, 'NotTogether', 'a device is ebs, virtualName or noDevice: one of them')
    if (ebs) checkEbs(ebs, `${at}.ebs`, found)
  })
  for (const [{ deviceName }, index] of repeated(devices, (each) => each.deviceName)) {
    say(`${path}[${index}].deviceName`, 'DuplicateDevice', `${deviceName} is here a second time`)
  }
}

function checkEbs(ebs: Ebs, at: string, found: Findings): void {
  const { say } = found
  const { volumeType: type, volumeSize: size, iops, throughput, snapshotId } = ebs
  if (ebs.encrypted === false && ebs.kmsKeyId !== undefined) {
    say(`${at}.kmsKeyId`, 'NotTogether', 'a key is for an encrypted volume')
  }
  const rate = ebs.volumeInitializationRate
  checkRange(rate, `${at}.volumeInitializationRate`, [100, 300], found)
  if (rate !== undefined && snapshotId === undefined) {
    const message =
      'volumeInitializationRate is for a volume from a snapshot: snapshotId is missing'
    say(`${at}.volumeInitializationRate`, 'NotTogether', message)
  }
  // Left to the image, and with it what goes with a type.
  const known = type === undefined ? undefined : limits[type]
  if (!known) return
  checkRange(size, `${at}.volumeSize`, known.size, found)
  if (iops !== undefined && !known.iops) {
    say(`${at}.iops`, 'NotTogether', `the IOPS of ${type} cannot be chosen`, 'gp3 lets you')
  }
  if (known.iops) checkRange(iops, `${at}.iops`, known.iops, found)
  if (iops === undefined && (type === 'io1' || type === 'io2')) {
    say(`${at}.iops`, 'Required', `${type} needs iops`)
  }
  const most = Math.max(type === 'gp3' ? 3000 : 0, (size ?? 0) * (known.iopsPerGiB ?? 0))
  if (iops && size && known.iopsPerGiB && iops > most) {
    const message = `${iops} IOPS are too many for ${size} GiB: ${type} takes ${known.iopsPerGiB} for each`
    say(`${at}.iops`, 'OutOfRange', message)
  }
  if (throughput === undefined) return
  if (!known.throughput) {
    say(
      `${at}.throughput`,
      'NotTogether',
      `the throughput of ${type} cannot be chosen`,
      'gp3 lets you',
    )
    return
  }
  checkRange(throughput, `${at}.throughput`, known.throughput, found)
  const share = (iops ?? 3000) / 4
  if (throughput <= known.throughput[1] && throughput > share) {
    const message = `${throughput} MiB/s need ${throughput * 4} IOPS: gp3 takes a quarter of a MiB/s for each`
    say(`${at}.throughput`, 'OutOfRange', message)
  }
}
