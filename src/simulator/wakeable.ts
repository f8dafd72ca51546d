/** What all that goes on by itself has in common: an instant at which it is woken. */

/** Anything that the agenda wakes: when it is due next, so that an earlier wish replaces a later one. */
export interface Wakeable {
  wakeAt?: number
}
