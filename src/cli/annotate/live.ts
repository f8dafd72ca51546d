/** For an incident: the tag `fairlead:suspend` on the live resource, which the controller honours at its next look. */
import { UserError } from '../../errors.ts'
import type { Kind } from '../../kind.ts'
import { kinds } from '../../kinds/index.ts'
import { tagging } from '../../kit/tagging.ts'
import { runPass } from '../../reconcile/pass.ts'
import { refusalOf } from '../../reconcile/refusal.ts'
import { renderKey } from '../../render-value.ts'
import { quietLog, systemClock } from '../../runtime.ts'
import { suspendTag } from '../../suspension.ts'
import { connector } from '../connect.ts'
import type { Io } from '../io.ts'
import type { Target } from './target.ts'

export interface LiveOptions {
  readonly owner: string
  readonly apiShare?: number
}

/** Sets the tag; answers what it was before. Refuses what is not ours, and what no tag can speak for. */
export async function tagLive(
  { manifest, desired }: Target,
  value: (before: string | undefined) => string | undefined,
  { owner, apiShare }: LiveOptions,
  io: Io,
): Promise<string | undefined> {
  const { key, namespace, annotations } = manifest
  const name = renderKey(key)
  const environment =
    desired.environments.find((one) => one.name === namespace) ?? desired.environments[0]
  const kind = kinds.find((one) => one.name === manifest.kind)
  if (!kind || !environment) throw noTag(name)
  if (environment.mode === 'observe' || annotations['fairlead.dev/mode'] === 'observe') {
    throw new UserError(`${name} is observed only: nothing of it is ever written`)
  }
  const connect = connector({
    io,
    runtime: { clock: systemClock, random: () => 0.5, log: quietLog },
    ...(apiShare === undefined ? {} : { apiShare }),
  })
  const aws = connect(environment)
  const refuse = await refusalOf(aws, environment)
  if (refuse) throw new UserError(refuse.message)
  const { observations } = await runPass({
    aws,
    kinds,
    owner,
    desired,
    environment,
    keys: [key],
    memories: new Map(),
    now: () => systemClock.now(),
  })
  const seen = observations.get(key)
  if (seen?.found === 'unknown') throw new UserError(`${name} cannot be read: ${seen.message}`)
  if (seen?.found !== 'yes') throw new UserError(`AWS has no ${name}: there is nothing to suspend`)
  const holder = seen.live.tags['fairlead:owner']
  if (holder !== owner) {
    const whose = holder === undefined ? 'nobody’s' : `that of the owner "${holder}"`
    throw new UserError(`${name} is ${whose}, not ours: it is not tagged`)
  }
  const before = seen.live.tags[suspendTag]
  const next = value(before)
  if (next === undefined) return before
  const call = tagging(kind as Kind, seen.live, { [suspendTag]: next })
  if (!call) throw noTag(name)
  await aws(call.operation, call.input)
  return before
}

const noTag = (name: string) =>
  new UserError(`no tag can speak for ${name}`, {
    hint: 'suspend what uses it, or write it into Git: without --live',
  })
