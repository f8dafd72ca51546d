/** What the kinds of Elastic Load Balancing have in common: tags, names, attributes, and what listeners and rules do with requests. */
import type {
  DescribeTagsOutput,
  DescribeTargetGroupAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Field, Fields } from '../diff.ts'
import { AwsFailure } from '../errors.ts'
import { inBatches, type ObserveContext, type Wanted } from '../kind.ts'
import type { ObjectKey, Observation, Operation } from '../model.ts'
import { fromAwsTags } from '../tags.ts'
import { fromAws } from './casing.ts'
import type { Findings } from './field-rules.ts'
import { type Answers, unread } from './finding.ts'

/** The limit of DescribeTags. */
const batch = 20

/** Adds their tags to those that may be written: the index has most of them, the others are read twenty a call. */
export async function withElbTags<Spec, State>(
  answers: ReadonlyMap<ObjectKey, Observation<State>>,
  wanted: readonly Wanted<Spec>[],
  { read, index }: ObserveContext,
): Promise<Answers<State>> {
  const all = new Map(answers)
  const indexed = new Map(index.map(({ arn, tags }) => [arn, tags]))
  const open: { key: string; arn: string }[] = []
  for (const { manifest } of wanted) {
    const seen = all.get(manifest.key)
    if (seen?.found !== 'yes' || manifest.annotations['fairlead.dev/mode'] === 'observe') continue
    const { arn = '' } = seen.live.attributes
    const tags = indexed.get(arn)
    if (!tags) open.push({ key: manifest.key, arn })
    else all.set(manifest.key, { found: 'yes', live: { ...seen.live, tags } })
  }
  await Promise.all(
    inBatches(open, batch).map(async (part) => {
      try {
        const { TagDescriptions = [] } = await read<DescribeTagsOutput>(
          'elasticloadbalancing:DescribeTags',
          { ResourceArns: [...new Set(part.map(({ arn }) => arn))] },
        )
        const tagsOf = new Map(
          TagDescriptions.map(({ ResourceArn, Tags }) => [
            ResourceArn,
            fromAwsTags(Tags as { Key?: string; Value?: string }[] | undefined),
          ]),
        )
        for (const { key, arn } of part) {
          const seen = all.get(key)
          if (seen?.found !== 'yes') continue
          all.set(key, { found: 'yes', live: { ...seen.live, tags: tagsOf.get(arn) ?? {} } })
        }
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error
        for (const { key } of part) all.set(key, unread(error))
      }
    }),
  )
  return all
}

/** Adds the attributes of those whose manifests name some, by the operation that describes them and its member for the ARN. */
export async function withElbAttributes<
  Spec extends { readonly attributes?: readonly Attribute[] | undefined },
  State,
>(
  answers: Answers<State>,
  wanted: readonly Wanted<Spec>[],
  { read }: ObserveContext,
  operation: Operation,
  member: string,
): Promise<Answers<State>> {
  const all = new Map(answers)
  await Promise.all(
    wanted.map(async ({ manifest: { key, annotations }, spec }) => {
      const seen = all.get(key)
      if (seen?.found !== 'yes' || !spec.attributes) return
      if (annotations['fairlead.dev/mode'] === 'observe') return
      try {
        const answer = await read<DescribeTargetGroupAttributesOutput>(operation, {
          [member]: seen.live.attributes.arn,
        })
        const attributes = fromAws<Attribute[]>(answer.Attributes ?? [])
        const live = { ...seen.live, state: { ...seen.live.state, attributes } }
        all.set(key, { found: 'yes', live })
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error
        all.set(key, unread(error))
      }
    }),
  )
  return all
}

/** Names of load balancers and target groups; `name` as AWS would see it, with the environment's prefix. */
export function checkElbName(name: unknown, path: string, { say }: Findings): void {
  if (typeof name !== 'string' || /^(?!-)[A-Za-z0-9-]{1,32}(?<!-)$/.test(name)) return
  const message = `"${name.slice(0, 60)}" is not a name of Elastic Load Balancing: 1 to 32 letters, digits and -, without - at an end`
  say(path, 'BadName', message, path === 'spec.name' ? undefined : 'give a spec.name')
}

export interface Attribute {
  readonly key?: string
  readonly value?: string
}

/** Attributes by their dotted keys: a map in disguise, of which only what Git names is compared. */
export const attributesField: Field = {
  key: (item) => String(item.key),
  value: 'value',
  fields: { key: {}, value: {} },
}

/** Of live attributes those that Git names too. */
export function namedAttributes(
  live: readonly Attribute[] | undefined,
  want: readonly Attribute[] | undefined,
): readonly Attribute[] | undefined {
  return live?.filter(({ key }) => want?.some((one) => one.key === key))
}

export function checkAttributes(
  attributes: readonly Attribute[] | undefined,
  { say }: Findings,
): void {
  const seen = new Set<string>()
  attributes?.forEach(({ key = '' }, index) => {
    const path = `spec.attributes[${index}]`
    if (key === '') say(path, 'Required', 'an attribute needs a key')
    else if (seen.has(key)) say(path, 'Duplicate', `the attribute ${key} is here a second time`)
    seen.add(key)
  })
}

type Members = Record<string, unknown>

/** One target group is written in a short form and a long one; the long one counts. The order of several is their place. */
const asLong = (actions: unknown): unknown =>
  Array.isArray(actions)
    ? actions.map((action: Members, index) => {
        const { targetGroupArn: single, order = index + 1, ...rest } = action
        const own = order === index + 1 ? {} : { order }
        if (rest.type !== 'forward') return { ...rest, ...own }
        const config = (rest.forwardConfig ?? {}) as Members
        const targetGroups = config.targetGroups ?? [{ targetGroupArn: single }]
        return { ...rest, ...own, forwardConfig: { ...config, targetGroups } }
      })
    : actions

const plain: Field = {}

const action: Fields = {
  type: plain,
  order: plain,
  forwardConfig: {
    fields: {
      targetGroups: {
        key: (item) => String(item.targetGroupArn).split(':').pop()!,
        fields: { targetGroupArn: plain, weight: { default: 1 } },
      },
      targetGroupStickinessConfig: {
        fields: { enabled: { default: false }, durationSeconds: plain },
      },
    },
  },
  redirectConfig: {
    fields: {
      protocol: { default: '#{protocol}' },
      port: { default: '#{port}' },
      host: { default: '#{host}' },
      path: { default: '/#{path}' },
      query: { default: '#{query}' },
      statusCode: plain,
    },
  },
  fixedResponseConfig: {
    fields: { statusCode: plain, contentType: plain, messageBody: plain },
  },
}

/** What a listener or a rule does with a request; an ordered list that is set as a whole. */
export const actionsField: Field = { normalise: asLong, fields: action }

/** The target groups that actions send to, in either form. */
export function targetGroupsOf(actions: readonly Members[] | undefined): string[] {
  const long = (asLong(actions ?? []) as Members[]).flatMap(({ forwardConfig }) => {
    const { targetGroups = [] } = (forwardConfig ?? {}) as { targetGroups?: readonly Members[] }
    return targetGroups.map(({ targetGroupArn }) => String(targetGroupArn))
  })
  return [...new Set(long)]
}

/** The last action decides where a request goes. */
export function checkActions(
  actions: readonly Members[] | undefined,
  path: string,
  { say }: Findings,
): void {
  const last = actions?.at(-1)
  if (!actions || !last) {
    say(path, 'Required', 'needs at least one action')
    return
  }
  if (!['forward', 'redirect', 'fixed-response'].includes(String(last.type))) {
    say(path, 'NotAllowed', 'the last action must be forward, redirect or fixed-response')
  }
  actions.forEach((one, index) => {
    const at = `${path}[${index}]`
    const { targetGroups } = (one.forwardConfig ?? {}) as { targetGroups?: unknown[] }
    const sends = one.targetGroupArn !== undefined || (targetGroups?.length ?? 0) > 0
    if (one.type === 'forward' && !sends) {
      say(at, 'Required', 'forward needs a targetGroupArn, or a forwardConfig with targetGroups')
    }
    if (one.type === 'redirect' && one.redirectConfig === undefined) {
      say(at, 'Required', 'redirect needs a redirectConfig')
    }
    if (one.type === 'fixed-response' && one.fixedResponseConfig === undefined) {
      say(at, 'Required', 'fixed-response needs a fixedResponseConfig')
    }
  })
}

/** References inside actions, by the path of the list. */
export function actionReferences(path: string) {
  const targetGroup = { kind: 'TargetGroup', attribute: 'arn' } as const
  return {
    [`${path}[].targetGroupArn`]: targetGroup,
    [`${path}[].forwardConfig.targetGroups[].targetGroupArn`]: targetGroup,
  }
}
