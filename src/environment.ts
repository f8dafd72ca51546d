/** What an Environment says, as types only. */

/** Where a namespace lives: the border of passes, budgets, deletions and failures. */
export interface Environment {
  /** The namespace that it serves; `default` when no Environment is described. */
  readonly name: string
  readonly accountId?: string
  readonly region?: string
  readonly roleArn?: string
  readonly namePrefix: string
  readonly tags: Readonly<Record<string, string>>
  readonly mode: 'apply' | 'observe'
  readonly prune?: boolean
  readonly maxDeletes?: string | number
  /** How many old revisions of a task definition are kept beyond those that something needs. */
  readonly keepRevisions?: number
  /** How many services may roll out at once: a number, or a share of the services such as `10%`. */
  readonly maxRollouts?: string | number
  /** When changes that touch what runs may begin; absent: always. */
  readonly maintenanceWindows?: readonly MaintenanceWindow[]
  readonly rolePath?: string
  readonly permissionsBoundary?: string
}

/** A time in which changes may begin. */
export interface MaintenanceWindow {
  /** When it opens, in cron's notation: `0 2 * * SAT,SUN`. */
  readonly schedule: string
  /** How long it stays open: `2h`. */
  readonly duration: string
  /** IANA name; UTC unless given. */
  readonly timeZone?: string
}
