/** How durations of a rehearsal are written. Pure. */

/** `95 s`, `2 min 41 s`, `1 h 05 min`: finer than what is read in passing, as ranges are compared. */
export function spell(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}
