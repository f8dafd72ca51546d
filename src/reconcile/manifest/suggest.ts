/** "Did you mean …?": the nearest right word for a wrong one. */
import { closest, distance } from 'fastest-levenshtein'

/** The nearest candidate, or undefined where nothing is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const all = [...candidates]
  if (all.length === 0 || word.length > 200) return undefined
  const lower = new Map(all.map((candidate) => [candidate.toLowerCase(), candidate]))
  const best = closest(word.toLowerCase(), [...lower.keys()])
  const allowed = Math.max(1, Math.round(word.length * 0.4))
  return distance(word.toLowerCase(), best) <= allowed ? lower.get(best) : undefined
}

/** As a hint, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const near = nearest(word, candidates)
  return near === undefined ? undefined : `did you mean ${near}?`
}
