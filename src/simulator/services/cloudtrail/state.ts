/** The state of CloudTrail: the newest writes of a region, and who made them. Records are never changed. */
export interface TrailRecord {
  readonly id: string
  /** In the order of being made, for pages. */
  readonly order: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** `UpdateService`. */
  readonly name: string
  /** `ecs.amazonaws.com`. */
  readonly source: string
  /** The ARN of a role's session; absent for the account's own user. */
  readonly caller?: string
  readonly userAgent: string
  /** The request's input as it came. */
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface TrailState {
  /** By id, oldest first. */
  readonly events: Map<string, TrailRecord>
}

export function createTrailState(): TrailState {
  return { events: new Map() }
}
