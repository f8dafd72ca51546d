/** How a launch template is doing: whether instances could be launched from it. Pure. */
import type { Health, Live } from '../../model.ts'
import type { LaunchTemplateState } from './observe.ts'

export function health({ state }: Live<LaunchTemplateState>): Health {
  const { current, image } = state
  if (image.missing) {
    const message = `there is no parameter ${image.parameter}, which names the image: no instance can be launched`
    return { state: 'Failed', reason: 'NoImage', message }
  }
  const agent = image.agentVersion ? `, ECS agent ${image.agentVersion}` : ''
  const what = image.id ? ` launches ${image.id}${agent}` : ' is the default'
  return { state: 'Ready', reason: 'Available', message: `version ${current.number}${what}` }
}
