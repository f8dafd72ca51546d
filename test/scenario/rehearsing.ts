/** Rehearses in tests: what a rig's AWS holds is loaded through reads alone, and run with another seed. */
import { expect } from 'vitest'
import { isRead } from '../../src/cli/connect.ts'
import { composites, kinds } from '../../src/kinds/index.ts'
import type { Desired } from '../../src/model.ts'
import { createManifestCache, readManifests } from '../../src/reconcile/manifest.ts'
import type { RehearseInput } from '../../src/rehearsal/input.ts'
import { loadObserved } from '../../src/rehearsal/load.ts'
import { createOnlooker } from '../../src/rehearsal/onlooker.ts'
import { type Rehearsal, rehearse } from '../../src/rehearsal/rehearse.ts'
import { atRest } from '../../src/rehearsal/rest.ts'
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

/** Ids that AWS draws when something is made. */
function told({ operation, input }: { operation: string; input: object }): string {
  const text = JSON.stringify(input).replace(/\b([a-z]{2,8})-[0-9a-f]{17}\b/g, '$1-…')
  return `${operation} ${text}`
}

/** Old revisions are cleared away beside any change, a few at each sweep, and long after it. */
const isOfTheChange = ({ operation }: { operation: string }) =>
  operation !== 'ecs:DeregisterTaskDefinition'

/** Rehearses a commit, makes it, and holds what happened against what was said. */
export async function holdAgainst(
  rig: Rig,
  files: Readonly<Record<string, string>>,
  fresh: boolean,
  note: string,
  share: number | undefined = 0.8,
) {
  const said = await rehearsed(rig, files, share === undefined ? {} : { share })
  if (fresh) {
    await rig.restart()
    await rig.ready()
  }
  const startMs = rig.clock.now()
  const onlooker = createOnlooker(rig.simulator.world(), startMs)
  rig.simulator.watch(onlooker.see)
  rig.calls.length = 0
  await rig.git(files)
  if (said.outcome !== 'done') {
    // What is said to get stuck does get stuck, whatever else goes on.
    expect(
      await rig.clock.runUntil(() => rig.controller.state() === 'ready', 40 * 60_000),
      note,
    ).toBe(false)
    return { calls: 0, tookMs: 0, stuck: true }
  }
  await rig.ready(4 * 3_600_000)
  const tookMs = rig.clock.now() - startMs
  const made = rig.writes().filter(isOfTheChange).map(told)
  expect(said.calls.filter(isOfTheChange).map(told), note).toEqual(made)
  if (made.length > 0) {
    expect(tookMs, `${note}: duration`).toBeGreaterThanOrEqual(said.took.least)
    expect(tookMs, `${note}: duration`).toBeLessThanOrEqual(said.took.most)
  }
  while (!atRest(rig.simulator.world())) await rig.clock.advance(5_000)
  for (const watch of onlooker.watched.services.values()) {
    if (!watch.before || watch.started + watch.stopped === 0) continue
    const range = said.services.find(({ service }) => service === watch.service)?.lowest
    expect(range, `${note}: ${watch.service} is spoken of`).toBeDefined()
    expect(watch.lowest, `${note}: ${watch.service}`).toBeGreaterThanOrEqual(range?.least ?? 0)
    expect(watch.lowest, `${note}: ${watch.service}`).toBeLessThanOrEqual(range?.most ?? 0)
  }
  await rig.clock.advance(90_000)
  return { calls: made.length, tookMs, stuck: false }
}
