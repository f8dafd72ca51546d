/** How a cluster is doing, by its status. Pure. */
import type { Health, Live } from '../../model.ts'
import type { ClusterState } from './observe.ts'

export function health({ state }: Live<ClusterState>): Health {
  switch (state.status) {
    case 'ACTIVE':
      return { ...active(state), ...(state.instances ? { instances: state.instances } : {}) }
    case 'FAILED':
      return { state: 'Failed', reason: 'Failed', message: 'AWS could not create the cluster' }
    default: {
      const status = String(state.status).toLowerCase()
      return { state: 'Progressing', reason: 'Provisioning', message: `the cluster is ${status}` }
    }
  }
}

function active({ attachmentsStatus: status }: ClusterState): Health {
  if (status === 'UPDATE_IN_PROGRESS') {
    const message = 'AWS is attaching its capacity providers'
    return { state: 'Progressing', reason: 'AttachingProviders', message }
  }
  if (status === 'UPDATE_FAILED') {
    const message = 'AWS could not attach its capacity providers'
    return { state: 'Failed', reason: 'AttachmentFailed', message }
  }
  return { state: 'Ready', reason: 'Active', message: 'the cluster is active' }
}
