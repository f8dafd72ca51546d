/**
 * What a version of a launch template holds: Git's data as EC2 takes it, and the hash by which a version is known
 * again. Versions cannot be tagged, so their description carries it. Pure.
 */
import { createHash } from 'node:crypto'
import { canonicalise, stableJson } from '../../diff.ts'
import { toAws } from '../../kit/casing.ts'
import { fields } from './policy.ts'
import type { TemplateData } from './spec.ts'
import { encodeUserData } from './user-data.ts'

type Members = Record<string, unknown>

/** `v1` is raised when the canonical form changes; versions of an older one are then compared by what they show. */
const prefix = 'fairlead:v1:'

/** Git's data with its user data encoded; without what is absent or null. */
export function contentOf(given: TemplateData = {}): Members {
  const { userData, ...rest } = given
  const members = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null)
  return {
    ...Object.fromEntries(members),
    ...(userData === undefined || userData === null ? {} : { userData: encodeUserData(userData) }),
  }
}

/** The description of the version that holds this content. */
export function descriptionOf(content: Members): string {
  const meaning = stableJson(canonicalise({ launchTemplateData: content }, fields))
  return prefix + createHash('sha256').update(meaning).digest('hex').slice(0, 32)
}

/** Whether a version was made by a fairlead, of whatever content. */
export function isOurs(description: string | undefined): boolean {
  return /^fairlead:v\d+:/.test(description ?? '')
}

/** The content in EC2's spelling. */
export function toRequest(content: Members): Members {
  const request = toAws(content) as Members
  const market = request.InstanceMarketOptions as Members | undefined
  const spot = market?.SpotOptions as Members | undefined
  if (typeof spot?.ValidUntil !== 'string') return request
  const SpotOptions = { ...spot, ValidUntil: new Date(spot.ValidUntil) }
  return { ...request, InstanceMarketOptions: { ...market, SpotOptions } }
}
