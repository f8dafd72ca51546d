/**
 * Promise: whoever asks why a roll-out fails reads it off one screen. Each case lets a service fail in the simulated
 * AWS and compares what `fairlead describe` says with test/fixtures/why/<case>.txt, the file that people review.
 * `UPDATE=1 npx vitest run test/scenario/why.test.ts` writes them anew; read the difference.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import picocolors from 'picocolors'
import { expect, test } from 'vitest'
import { describeText } from '../../src/cli/description.ts'
import { kinds } from '../../src/kinds/index.ts'
import { select } from '../../src/server/api.ts'
import { createRig, type Rig } from '../rig.ts'
import { type Case, cases } from './why-cases.ts'

const folder = join(import.meta.dirname, '../fixtures/why')
const plain = picocolors.createColors(false)
const key = 'default/Service/web'

function screen(rig: Rig): string {
  const [item] = select(rig.controller.view(), kinds, { kind: 'Service', name: 'web' })
  return describeText(item!, plain, rig.clock.now())
}

async function failed({ rig: options, before, good, bad, during, until }: Case): Promise<Rig> {
  const rig = createRig(options)
  await before?.(rig)
  if (good) {
    await rig.git(good)
    await rig.ready()
  }
  await rig.git(bad)
  await during?.(rig)
  const done = () => (until ? until(rig) : rig.status(key)?.health === 'Degraded')
  const ended = await rig.clock.runUntil(() => done() && rig.status(key)?.report !== undefined, 3_600_000)
  if (!ended) throw new Error(`it does not fail, or is not explained:\n${screen(rig)}`)
  // The end of the roll-back, and the last tasks.
  await rig.clock.advance(120_000)
  return rig
}

for (const one of cases) {
  test(one.name, async () => {
    const rig = await failed(one)
    const text = screen(rig)
    const path = join(folder, `${one.file}.txt`)
    if (process.env.UPDATE) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(path, text)
    }
    expect(text).toBe(readFileSync(path, 'utf8'))
    const report = rig.status(key)?.report
    expect(report?.cause).toBe(one.cause)
    expect(text.split('\n').length).toBeLessThan(60)
    await rig.stop()
  })
}
