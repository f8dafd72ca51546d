/** Which roll-outs this process has stopped itself, since AWS only says that somebody did. In memory: no more than words. */
import type { Kind } from '../../kind.ts'

const place = (deploymentArn: string) => `stopped:${deploymentArn}`

export const remember: NonNullable<Kind['remember']> = ({ operation, input }) =>
  operation === 'ecs:StopServiceDeployment'
    ? [place(String(input.serviceDeploymentArn)), true]
    : undefined

/** Why a deployment ended: AWS's reason, or that it was us. */
export function reasonOf(
  memory: ReadonlyMap<string, unknown>,
  deploymentArn: string | undefined,
  reason: string,
): string {
  return memory.has(place(deploymentArn ?? ''))
    ? 'fairlead stopped it, since it failed again and again for one reason'
    : reason
}
