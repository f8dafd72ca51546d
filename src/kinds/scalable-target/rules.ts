/** Rules of scalable targets beyond the schema. They rest on RegisterScalableTarget in its API reference. */
import {
  checkGiven,
  checkRange,
  checkTags,
  type Findings,
  isFilled,
} from '../../kit/field-rules.ts'
import { checkDimension } from '../../kit/scalable-targets.ts'
import type { Manifest } from '../../model.ts'
import type { ScalableTargetSpec } from './spec.ts'

export function checkTarget(spec: ScalableTargetSpec, found: Findings): void {
  const { say } = found
  checkDimension(spec, found)
  checkTags(spec.tags, 'spec.tags', found)
  const { resourceId: id, minCapacity: least, maxCapacity: most } = spec
  if (isFilled(id) && !/^service\/[^/]+\/[^/]+$/.test(id)) {
    const message = `"${id.slice(0, 60)}" names no service: expected service/<cluster>/<service>`
    say('spec.resourceId', 'BadId', message, '{ ref: name } of a Service')
  }
  checkGiven(least, 'spec.minCapacity', found)
  checkGiven(most, 'spec.maxCapacity', found)
  checkRange(least, 'spec.minCapacity', [0, Number.POSITIVE_INFINITY], found)
  checkRange(most, 'spec.maxCapacity', [0, Number.POSITIVE_INFINITY], found)
  if (least !== undefined && most !== undefined && least > most) {
    say('spec.maxCapacity', 'OutOfRange', `${most} is less than minCapacity (${least})`)
  }
  if (least === 0) {
    const message =
      'without tasks there is no average to track: a policy that tracks one does not bring the service back from 0'
    found.note('spec.minCapacity', 'StaysAtZero', message)
  }
}

/** A number that Git writes for the service counts at creation only. */
export function checkWithService(
  { minCapacity: least = 0, maxCapacity: most = Number.POSITIVE_INFINITY }: ScalableTargetSpec,
  { name, spec }: Manifest,
  { say, note }: Findings,
): void {
  if (spec.schedulingStrategy === 'DAEMON') {
    const message = `Service ${name} is a DAEMON: it runs one task on each instance, and cannot be scaled`
    say('spec.resourceId', 'NotForDaemons', message)
  }
  const { desiredCount: count } = spec
  if (typeof count === 'number' && (count < least || count > most)) {
    const message = `desiredCount ${count} of Service ${name} counts at creation only, and AWS brings it within ${least} to ${most} at once`
    note('spec.resourceId', 'OutOfBounds', message)
  }
}
