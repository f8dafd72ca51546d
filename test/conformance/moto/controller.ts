/** The real controller on moto, in this process: time passes as soon as moto has answered all that was asked. */
import { type Aws, type Layer, layered } from '../../../src/aws/aws.ts'
import { retriedReads } from '../../../src/aws/layers.ts'
import { sdkAws } from '../../../src/aws/sdk.ts'
import { isRead } from '../../../src/cli/connect.ts'
import { conditionOf } from '../../../src/conditions.ts'
import { createController } from '../../../src/controller.ts'
import { kinds } from '../../../src/kinds/index.ts'
import { createMetrics } from '../../../src/metrics.ts'
import type { Condition, Desired, Operation } from '../../../src/model.ts'
import { quietLog, seededRandom } from '../../../src/runtime.ts'
import { createVirtualClock, quiesce } from '../../../src/virtual-clock.ts'

export interface Told {
  /** The condition Ready of everything that has one, by `Kind/name`. */
  readonly ready: Readonly<Record<string, Condition>>
  /** What kept whole passes from being made. */
  readonly failed: readonly string[]
  readonly writes: readonly Operation[]
  readonly state: 'ready' | 'stalled' | 'busy'
}

export interface Drive {
  readonly owner: string
  readonly teardown?: boolean
  /** It ends as soon as this holds, or after twenty minutes of its own time. */
  until(told: Told): boolean
}

/** Calls go where `env` says; every operation is noted in `called`. */
export function controllerOn(env: NodeJS.ProcessEnv, called: Set<Operation>) {
  const underWay = new Set<Promise<unknown>>()
  const settled = async () => {
    do {
      await Promise.allSettled([...underWay])
      await quiesce()
    } while (underWay.size > 0)
  }
  const clock = createVirtualClock(Date.now(), settled)
  const random = seededRandom(1)
  const body: Aws = sdkAws({ env })

  return async (desired: Desired, { owner, teardown = false, until }: Drive) => {
    const writes: Operation[] = []
    const failed: string[] = []
    const noted: Layer = (next) => (operation, input, more) => {
      called.add(operation)
      if (!isRead(operation)) writes.push(operation)
      const answer = next(operation, input, more)
      underWay.add(answer)
      const done = () => underWay.delete(answer)
      answer.then(done, done)
      return answer
    }
    const aws = layered(body, retriedReads({ clock, random, isRead }), noted)
    const controller = createController({
      kinds,
      owner,
      runtime: { clock, random, log: quietLog },
      metrics: createMetrics(),
      connect: () => aws,
      onEvent: ({ reason, message }) => {
        if (reason === 'PassFailed') failed.push(message)
      },
      teardown,
    })
    const stop = new AbortController()
    const running = controller.run(stop.signal)
    controller.submit(desired)
    const told = (): Told => {
      const { statuses } = controller.view()
      const ready = [...statuses.values()].flatMap((status) => {
        const condition = conditionOf(status, 'Ready')
        const [, kind, name] = status.key.split('/')
        return condition ? [[`${kind}/${name}`, condition] as const] : []
      })
      return { ready: Object.fromEntries(ready), failed, writes, state: controller.state() }
    }
    await clock.runUntil(() => until(told()), 20 * 60_000)
    let ended = false
    stop.abort()
    const end = running.then(() => {
      ended = true
    })
    await clock.runUntil(() => ended, 60_000)
    await end
    return told()
  }
}
