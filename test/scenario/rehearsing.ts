/** Rehearses in tests: what a rig's AWS holds is loaded through reads alone, and run with another seed. */
import { isRead } from '../../src/cli/connect.ts'
import { composites, kinds } from '../../src/kinds/index.ts'
import type { Desired } from '../../src/model.ts'
import { createManifestCache, readManifests } from '../../src/reconcile/manifest.ts'
import type { RehearseInput } from '../../src/rehearsal/input.ts'
import { loadObserved } from '../../src/rehearsal/load.ts'
import { type Rehearsal, rehearse } from '../../src/rehearsal/rehearse.ts'
import { type Rig, snapshotOf } from '../rig.ts'

/** What Git would say, without telling the controller. */
export function desiredOf(files: Readonly<Record<string, string>>): Promise<Desired> {
  return readManifests(snapshotOf(files), kinds, createManifestCache(), composites)
}

/** The rehearsal of what Git would say, on what is now. */
export async function rehearsed(
  rig: Pick<Rig, 'aws' | 'clock'>,
  files: Readonly<Record<string, string>>,
  more: Partial<Pick<RehearseInput, 'share' | 'seed'>> = {},
): Promise<Rehearsal> {
  const desired = await desiredOf(files)
  const [environment] = desired.environments
  if (!environment) throw new Error('the manifests describe no environment')
  const loaded = await loadObserved({
    ...{ kinds, desired, environment, owner: 'default', region: 'us-east-1' },
    aws: rig.aws,
    now: () => rig.clock.now(),
  })
  return rehearse({ kinds, owner: 'default', desired, loaded, isRead, seed: 99, ...more })
}
