/** Promise: a source that is empty, half there or broken deletes nothing, though prune is on and its limit is high. */
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSnapshot } from '../../src/reconcile/source.ts'
import { systemClock } from '../../src/runtime.ts'
import { createRig, type Rig } from '../rig.ts'
import { commitAll, git, repository, temporaryFolder, write } from '../unit/source-folder.ts'
import { document, minute, said, written } from './shop.ts'

const text = (...documents: readonly object[]) =>
  documents.map((each) => JSON.stringify(each)).join('\n---\n')

const cluster = (name: string) => document('Cluster', name)

const manifests = {
  'live/a.yaml': text(cluster('a1'), cluster('a2'), cluster('a3')),
  'live/b.yaml': text(cluster('b1'), cluster('b2'), cluster('b3')),
  'live/c.yaml': text(cluster('c1'), cluster('c2')),
}

/** A repository whose folder `live` is kept, with eight clusters that are Ready. */
async function kept(): Promise<{ top: string; rig: Rig; read: () => Promise<void> }> {
  const top = temporaryFolder()
  repository(top, manifests)
  const rig = createRig({ prune: { maxDeletes: '100%' } })
  const read = async () => {
    const env = { PATH: process.env.PATH }
    await rig.source(await readSnapshot(join(top, 'live'), { clock: systemClock, env }))
  }
  await read()
  await rig.ready()
  rig.calls.length = 0
  rig.events.length = 0
  return { top, rig, read }
}

/** Time passes, and nothing happens but that it is said. */
async function untouched(rig: Rig, reason: string, message: RegExp): Promise<void> {
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'Pruned')).toEqual([])
  expect(said(rig, reason)).toEqual([expect.stringMatching(message)])
}

test('an empty folder', async () => {
  const { top, rig, read } = await kept()
  for (const name of ['a', 'b', 'c']) rmSync(join(top, `live/${name}.yaml`))
  await read()
  await untouched(rig, 'InvalidSource', /no manifest here/)
  write(top, manifests)
  await read()
  await rig.ready()
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a folder that is gone', async () => {
  const { top, rig, read } = await kept()
  rmSync(join(top, 'live'), { recursive: true })
  await read()
  await untouched(rig, 'InvalidSource', /no such|does not exist|not there/i)
  await rig.stop()
})

test('a folder of which half is there', async () => {
  const { top, rig, read } = await kept()
  rmSync(join(top, 'live/a.yaml'))
  rmSync(join(top, 'live/b.yaml'))
  await read()
  await untouched(rig, 'DescribesTooLittle', /describes 2 of the 8/)
  await rig.stop()
})

test('a repository force-pushed to an empty commit', async () => {
  const { top, rig, read } = await kept()
  git(top, 'checkout', '-q', '--orphan', 'empty')
  git(top, 'rm', '-q', '-r', '--cached', '.')
  for (const name of ['a', 'b', 'c']) rmSync(join(top, `live/${name}.yaml`))
  commitAll(top)
  await read()
  await untouched(rig, 'InvalidSource', /no manifest here/)
  await rig.stop()
})

test('an invalid document in one file, while others are gone', async () => {
  const { top, rig, read } = await kept()
  rmSync(join(top, 'live/c.yaml'))
  write(top, { 'live/a.yaml': text(cluster('a1'), document('Cluster', 'a2', { nmae: 'x' })) })
  await read()
  await untouched(rig, 'InvalidSource', /nmae/)
  await rig.stop()
})

test('all manifests in another folder of the path: nothing has changed', async () => {
  const { top, rig, read } = await kept()
  mkdirSync(join(top, 'live/region/eu'), { recursive: true })
  for (const name of ['a', 'b', 'c']) {
    renameSync(join(top, `live/${name}.yaml`), join(top, `live/region/eu/${name}-renamed.yaml`))
  }
  await read()
  await rig.ready()
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'Released')).toEqual([])
  await rig.stop()
})

test('all manifests in a folder outside of the path: that is an empty one', async () => {
  const { top, rig, read } = await kept()
  mkdirSync(join(top, 'elsewhere'))
  for (const name of ['a', 'b', 'c']) {
    renameSync(join(top, `live/${name}.yaml`), join(top, `elsewhere/${name}.yaml`))
  }
  await read()
  await untouched(rig, 'InvalidSource', /no manifest here/)
  await rig.stop()
})

test('an Environment that is removed with all that is in it', async () => {
  const rig = createRig({ prune: { maxDeletes: '100%' } })
  const of = (name: string) => [
    document('Environment', name, { namePrefix: `${name}-` }),
    document('Cluster', 'shop', {}, {}, name),
    document('Cluster', 'other', {}, {}, name),
  ]
  await rig.git({ 'all.yaml': text(...of('staging'), ...of('live')) })
  await rig.ready()
  rig.calls.length = 0
  await rig.git({ 'all.yaml': text(...of('live')) })
  await untouched(rig, 'EnvironmentRemoved', /nothing in it is deleted/)
  await rig.stop()
})

test('an Environment that stays, with nothing in it', async () => {
  const rig = createRig({ prune: { maxDeletes: '100%' } })
  const environment = document('Environment', 'live')
  await rig.git({
    'all.yaml': text(environment, document('Cluster', 'shop', {}, {}, 'live')),
  })
  await rig.ready()
  rig.calls.length = 0
  await rig.git({ 'all.yaml': text(environment) })
  await untouched(rig, 'DescribesTooLittle', /describes 0 of the 1/)
  await rig.stop()
})
