/** How a security group is doing: it is there, or it is not. Pure. */
import type { Health, Live } from '../../model.ts'
import type { SecurityGroupState } from './observe.ts'

export function health({
  state: { ipPermissions, ipPermissionsEgress },
}: Live<SecurityGroupState>): Health {
  const message = `${ipPermissions.length} rules in, ${ipPermissionsEgress.length} out`
  return { state: 'Ready', reason: 'Active', message }
}
