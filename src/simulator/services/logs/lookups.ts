/** Log groups as all operations look them up: by name, and their ARNs. */
import { AwsError } from '../../api.ts'
import type { World } from '../../world.ts'
import type { LogGroupRecord } from './state.ts'

/** The ARN of a group, without `:*`. */
export function groupArn({ region, account }: World, name: string): string {
  return `arn:aws:logs:${region}:${account}:log-group:${name}`
}

/** The group of this name. Throws ResourceNotFoundException. */
export function requireGroup(world: World, name = ''): LogGroupRecord {
  const record = world.logs.groups.get(name)
  if (record) return record
  throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')
}
