/** How an instance profile is doing: without a role, instances can do nothing with it. Pure. */
import type { Health, Live } from '../../model.ts'
import type { InstanceProfileState } from './observe.ts'

export function health({ state }: Live<InstanceProfileState>): Health {
  const [role] = state.roles
  const message = role ? `instances get the role ${role}` : 'it holds no role yet'
  return { state: 'Ready', reason: role ? 'Available' : 'NoRole', message }
}
