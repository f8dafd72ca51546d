/** The fields of a scalable target; all are set by registering it again. Rests on RegisterScalableTarget. */
import type { Field, Fields } from '../../diff.ts'

const plain: Field = {}
const off: Field = { default: false }

export const fields: Fields = {
  minCapacity: plain,
  maxCapacity: plain,
  suspendedState: {
    merge: true,
    fields: {
      dynamicScalingInSuspended: off,
      dynamicScalingOutSuspended: off,
      scheduledScalingSuspended: off,
    },
  },
}
