/** Names and paths of IAM's entities: roles, instance profiles and their policies follow the same rules. Pure. */
import type { Findings } from './field-rules.ts'

export function checkIamName(name: unknown, path: string, most: number, { say }: Findings): void {
  if (typeof name !== 'string') return
  if (/^[\w+=,.@-]+$/.test(name) && name.length <= most) return
  const message = `"${name.slice(0, 70)}" is not a name in IAM: 1 to ${most} letters, digits and + = , . @ _ -`
  say(path, 'BadName', message)
}

export function checkPath(given: string | undefined, path: string, { say }: Findings): void {
  if (given === undefined) return
  if (given.length <= 512 && /^\/([\x21-\x7e]*\/)?$/.test(given)) return
  say(path, 'BadPath', `"${given}" is not a path in IAM: it begins and ends with /`)
}
