/** Reads listener rules by their ARNs, a hundred a call; those that the index does not show among all of their listener. */
import type {
  DescribeRulesOutput,
  DescribeTagsOutput,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsFailure } from '../../errors.ts'
import { inBatches, type ObserveContext, type Wanted } from '../../kind.ts'
import { fromAws } from '../../kit/casing.ts'
import { outsideOf } from '../../kit/delegates.ts'
import { withElbTags } from '../../kit/elb-parts.ts'
import { type Answers, allPages, describeEach, unlessMissing, unread } from '../../kit/finding.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import { fromAwsTags } from '../../tags.ts'
import type { ListenerRuleSpec } from './spec.ts'

export type ListenerRuleState = Pick<
  ListenerRuleSpec,
  'listenerArn' | 'conditions' | 'actions' | 'transforms'
> & {
  /** A number, or `default`. */
  readonly priority?: number | string
  /** Where it sends requests besides to the target groups of the services that ECS deploys by it. */
  readonly outside?: readonly string[]
}

type Found = Observation<ListenerRuleState>

export async function observe(
  context: ObserveContext,
  wanted: readonly Wanted<ListenerRuleSpec>[],
): Promise<ReadonlyMap<ObjectKey, Found>> {
  const answers: Answers<ListenerRuleState> = new Map()
  const arns = new Map<ObjectKey, string>()
  for (const { manifest, identity } of wanted) {
    const arn = identity.parts.arn ?? indexed(manifest.key, context)
    if (arn) arns.set(manifest.key, arn)
  }
  const known = await rulesByArn([...new Set(arns.values())], context)
  const lost: Wanted<ListenerRuleSpec>[] = []
  for (const want of wanted) {
    const { key, annotations } = want.manifest
    const rule = 'get' in known ? known.get(arns.get(key) ?? '') : undefined
    if (rule) answers.set(key, { found: 'yes', live: liveOf(want, rule) })
    else if (!('get' in known) && arns.has(key)) answers.set(key, known)
    else if (want.identity.parts.arn) answers.set(key, { found: 'no' })
    else if (annotations['fairlead.dev/mode'] === 'observe') {
      const message = 'spec.ruleArn is missing: a rule that is only observed has no other name'
      answers.set(key, { found: 'unknown', reason: 'invalid', message })
    } else lost.push(want)
  }
  await lookAmong(lost, answers, context)
  return withElbTags(answers, wanted, context)
}

/** The ARN of our rule, as the index has it. */
const indexed = (key: ObjectKey, { index }: ObserveContext) =>
  index.find(
    ({ arn, tags }) => tags['fairlead:resource'] === key && arn.includes(':listener-rule/'),
  )?.arn

async function rulesByArn(
  arns: readonly string[],
  { read }: ObserveContext,
): Promise<Map<string, Rule> | Extract<Found, { found: 'unknown' }>> {
  try {
    const rules = await describeEach(arns, 100, async (RuleArns) => {
      const page = await read<DescribeRulesOutput>('elasticloadbalancing:DescribeRules', {
        RuleArns,
      })
      return page.Rules ?? []
    })
    return new Map(rules.map((rule) => [rule.RuleArn ?? '', rule]))
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    return unread(error) as Extract<Found, { found: 'unknown' }>
  }
}

/** Among all rules of a listener: the one with our tags, else the one that has the priority. */
async function lookAmong(
  lost: readonly Wanted<ListenerRuleSpec>[],
  answers: Answers<ListenerRuleState>,
  context: ObserveContext,
): Promise<void> {
  const listeners = new Map<string, Wanted<ListenerRuleSpec>[]>()
  for (const want of lost) {
    const { listenerArn: arn } = want.spec
    // Without a listener there is no rule.
    if (typeof arn !== 'string') answers.set(want.manifest.key, { found: 'no' })
    else listeners.set(arn, [...(listeners.get(arn) ?? []), want])
  }
  await Promise.all(
    [...listeners].map(async ([arn, part]) => {
      try {
        const rules = await rulesOf(arn, context)
        for (const want of part) answers.set(want.manifest.key, among(want, rules, context))
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error
        for (const { manifest } of part) answers.set(manifest.key, unread(error))
      }
    }),
  )
}

interface Tagged {
  readonly rule: Rule
  readonly tags: Readonly<Record<string, string>>
}

async function rulesOf(ListenerArn: string, { read }: ObserveContext): Promise<Tagged[]> {
  const all = allPages(async (Marker) => {
    const input = { ListenerArn, ...(Marker ? { Marker } : {}) }
    const page = await read<DescribeRulesOutput>('elasticloadbalancing:DescribeRules', input)
    return { items: page.Rules ?? [], next: page.NextMarker }
  })
  const rules = ((await unlessMissing(all)) ?? []).filter(({ IsDefault }) => !IsDefault)
  const parts = await Promise.all(
    inBatches(rules, 20).map((part) =>
      read<DescribeTagsOutput>('elasticloadbalancing:DescribeTags', {
        ResourceArns: part.map(({ RuleArn }) => RuleArn),
      }),
    ),
  )
  const tags = new Map(
    parts
      .flatMap(({ TagDescriptions = [] }) => TagDescriptions)
      .map(({ ResourceArn, Tags }) => [ResourceArn, fromAwsTags(Tags as never)]),
  )
  return rules.map((rule) => ({ rule, tags: tags.get(rule.RuleArn) ?? {} }))
}

function among(
  want: Wanted<ListenerRuleSpec>,
  rules: readonly Tagged[],
  { owner }: ObserveContext,
): Found {
  const { key, kind, name } = want.manifest
  const ours = rules.filter(
    ({ tags }) => tags['fairlead:owner'] === owner && tags['fairlead:resource'] === key,
  )
  if (ours.length > 1) {
    const arns = ours.map(({ rule }) => rule.RuleArn).join(', ')
    const message = `${arns} all carry the tags of ${kind} ${name}: delete those that are too many, or take the tag fairlead:resource off them`
    return { found: 'unknown', reason: 'ambiguous', message }
  }
  const there = rules.find(({ rule }) => rule.Priority === String(want.spec.priority))
  const found = ours[0] ?? there
  return found ? { found: 'yes', live: liveOf(want, found.rule) } : { found: 'no' }
}

function liveOf({ manifest, identity, spec }: Wanted<ListenerRuleSpec>, rule: Rule) {
  const { RuleArn: arn = '', Priority = '', Conditions, Actions, Transforms } = rule
  const state = fromAws<ListenerRuleState>({
    Conditions,
    Actions,
    ...(Transforms?.length ? { Transforms } : {}),
  })
  const number = /^\d+$/.test(Priority) ? Number(Priority) : Priority
  const outside = outsideOf(spec.delegates, state.actions)
  return {
    key: manifest.key,
    identity,
    attributes: { arn, name: arn, listenerArn: listenerOf(arn), priority: Priority },
    tags: {},
    state: {
      ...state,
      priority: number,
      listenerArn: listenerOf(arn),
      ...(outside.length > 0 ? { outside } : {}),
    },
  }
}

/** `…:listener-rule/app/shop/lb/listener/rule` belongs to `…:listener/app/shop/lb/listener`. */
function listenerOf(arn: string): string {
  return arn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '')
}
