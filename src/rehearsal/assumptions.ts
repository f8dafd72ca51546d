/** What a rehearsal takes for granted, said aloud. Pure. */
import { manifestsOf } from '../reconcile/pass.ts'
import type { RehearseInput } from './input.ts'
import type { paceOf } from './pace.ts'

export function assumptionsOf(
  { loaded, share, desired }: RehearseInput,
  pace: ReturnType<typeof paceOf>,
  large: boolean,
): string[] {
  const manifests = manifestsOf(desired, loaded.environment)
  const balanced = manifests.some(({ spec }) => JSON.stringify(spec).includes('targetGroupArn'))
  const capacity = manifests.some(({ kind }) => kind === 'AutoScalingGroup')
  return [
    pace.said,
    'images can be pulled, and new tasks run and stay healthy (unless the label fairlead.dev/simulate says otherwise)',
    'nobody else changes anything meanwhile, and no autoscaler acts on load',
    share === undefined
      ? 'AWS throttles nothing'
      : `AWS throttles as it publishes, and ${Math.round(share * 100)} % of that is used`,
    ...(balanced ? ['targets are healthy as soon as their health checks can be through'] : []),
    ...(capacity ? ['EC2 has the instances that are asked of it'] : []),
    ...(large
      ? [
          'of so many resources one run is made; the range is what it took, and a third more and less',
        ]
      : []),
    ...loaded.gaps,
  ]
}
