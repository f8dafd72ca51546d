/**
 * Promise: whoever asks why a roll-out fails reads it off one screen. Each case lets a service fail in the simulated
 * AWS and compares what `fairlead describe` says with test/fixtures/why/<case>.txt, the file that people review.
 * `UPDATE=1 npx vitest run test/scenario/why.test.ts` writes them anew; read the difference.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import picocolors from 'picocolors'
import { expect, test } from 'vitest'
import { describeText, revisionIn } from '../../src/cli/description.ts'
import { kinds } from '../../src/kinds/index.ts'
import { eventObject, select } from '../../src/server/api.ts'
import { createRig, type Rig } from '../rig.ts'
import { type Case, cases } from './why-cases.ts'

const folder = join(import.meta.dirname, '../fixtures/why')
const plain = picocolors.createColors(false)
const key = 'default/Service/web'

function screen(rig: Rig): string {
  const view = rig.controller.view()
  const [item] = select(view, kinds, { kind: 'Service', name: 'web' })
  const about = view.events.filter((event) => event.key === key).map(eventObject)
  return describeText(item!, plain, rig.clock.now(), revisionIn(about))
}

async function failed({ rig: options, before, good, bad, during, minutes }: Case): Promise<Rig> {
  const rig = createRig(options)
  await before?.(rig)
  if (good) {
    await rig.git(typeof good === 'function' ? good() : good)
    await rig.ready()
  }
  const startMs = rig.clock.now()
  await rig.git(typeof bad === 'function' ? bad() : bad)
  await during?.(rig)
  const done = () => {
    const status = rig.status(key)
    if (!status?.report) return false
    return minutes ? rig.clock.now() >= startMs + minutes * 60_000 : status.health === 'Degraded'
  }
  if (!(await rig.clock.runUntil(done, 60 * 60_000))) {
    throw new Error(`it does not fail, or is not explained:\n${screen(rig)}`)
  }
  // The end of the rollback, and the last tasks.
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
    // A screen: the report itself has 40 lines at most, and 24 do for most.
    expect(text.split('\n').length).toBeLessThan(45)
    if (!one.minutes) {
      // It is told once, at the first look, however often it goes on happening.
      const [cause] = report!.summary.split(/, \d+ times/)
      const told = rig.events.filter(
        ({ type, message }) => type === 'Warning' && message.includes(cause!),
      )
      expect(told.map((event) => event.key)).toContain(key)
    }
    await rig.stop()
  })
}
