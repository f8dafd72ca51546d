/** Colour, only on a terminal and never with NO_COLOR. */
import picocolors from 'picocolors'
import type { Io } from './io.ts'

export function styleFor(io: Io) {
  const on = io.terminal && !io.env.NO_COLOR && io.env.TERM !== 'dumb'
  return picocolors.createColors(on)
}

export type Style = ReturnType<typeof styleFor>

/** How wide the column of an event's reason is: the longest that comes often is `InstanceRegistered`. */
export const reasonWidth = 18
