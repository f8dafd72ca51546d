/**
 * `node scripts/run.mjs test/bench/rehearsal.ts [N]`: how long the rehearsal of a new image for N services takes, under
 * AWS's throttles. Needs nothing but Node.
 */
import { directAws } from '../../src/aws/sdk.ts'
import { isRead } from '../../src/cli/connect.ts'
import { composites, kinds } from '../../src/kinds/index.ts'
import { createManifestCache, readManifests } from '../../src/reconcile/manifest.ts'
import { loadObserved } from '../../src/rehearsal/load.ts'
import { rehearse } from '../../src/rehearsal/rehearse.ts'
import { spell } from '../../src/rehearsal/spell.ts'
import { createRig, snapshotOf } from '../rig.ts'
import { fleet } from './fleet.ts'

const n = Number(process.argv[2] ?? 1_000)
const owner = 'default'
const say = (line: string) => process.stdout.write(`${line}\n`)

const rig = createRig({
  simulator: {
    containerInstances: [{ cluster: 'base', count: Math.ceil(n / 8), type: 'm5.xlarge' }],
  },
})
await rig.git({ 'fleet.yaml': fleet(n, 'v1') })
await rig.ready(4 * 3_600_000)
await rig.clock.advance(120_000)
const now = rig.clock.now()
await rig.stop()

const startedMs = performance.now()
const seconds = () => ((performance.now() - startedMs) / 1_000).toFixed(1)
const files = { 'fleet.yaml': fleet(n, 'v1').replaceAll(':v1', ':v2') }
const desired = await readManifests(snapshotOf(files), kinds, createManifestCache(), composites)
const [environment] = desired.environments
if (!environment) throw new Error('the fleet has no environment')
const aws = directAws((operation, input) => rig.simulator.call(operation, input))
const loaded = await loadObserved({
  ...{ aws, kinds, owner, desired, environment, region: 'us-east-1' },
  now: () => now,
})
say(`${n} services read after ${seconds()} s`)
const { outcome, took, calls } = await rehearse({
  ...{ kinds, owner, desired, loaded, isRead, share: 0.8 },
})
say(`rehearsed after ${seconds()} s: ${outcome}, ${calls.length} calls, about ${spell(took.usual)}`)
