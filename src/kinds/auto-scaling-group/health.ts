/** How a group is doing: its instances against its size, and the refresh that replaces them. Pure. */
import type { Health, Live } from '../../model.ts'
import { failedRefresh, isMoving, rejectedText, wishOf } from './refresh.ts'
import { type GroupState, type Refresh, staying } from './state.ts'
import { counted, inService, isShort, leftOver } from './trouble.ts'

export function health({ state }: Live<GroupState>): Health {
  const desired = Number(state.members.desiredCapacity ?? 0)
  const progress = { inService: inService(state), desired }
  if (state.status) {
    const message = `the group is being deleted: ${leftOver(state)}`
    return { state: 'Progressing', reason: 'Deleting', message, progress }
  }
  const { refresh, trouble } = state
  if (refresh && isMoving(refresh)) return rolling(state, refresh, progress)
  const failed = failedRefresh(state)
  if (failed) {
    const reason = 'InstanceRefreshFailed'
    return { state: 'Failed', reason, message: rejectedText(failed), progress }
  }
  const count = counted(state)
  if (!isShort(state)) return { state: 'Ready', reason: 'InService', message: count, progress }
  if (trouble?.lasting) {
    const message = `${count}: ${trouble.message}`
    return { state: 'Failed', reason: 'LaunchFailed', message, progress }
  }
  const why = trouble ? ` (${trouble.message})` : ''
  return { state: 'Progressing', reason: 'Scaling', message: `${count}${why}`, progress }
}

function rolling(state: GroupState, refresh: Refresh, progress: Record<string, number>): Health {
  const { percentageComplete: percent = 0, instancesToUpdate: left } = refresh
  const { version } = wishOf(refresh.desiredConfiguration ?? state.members).template
  const towards = version ? ` to version ${version}` : ''
  const total = staying(state).length
  const still = left === undefined ? '' : `, ${left} of ${total} instances still to replace`
  const back = refresh.status === 'RollbackInProgress' ? ', going back' : ''
  const message = `instance refresh${towards}: ${percent} %${still}${back} (${refresh.status}); ${counted(state)}`
  return {
    state: 'Progressing',
    reason: 'InstanceRefresh',
    message,
    progress: { ...progress, percent, ...(left === undefined ? {} : { left }) },
  }
}
