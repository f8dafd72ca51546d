/** Rules of listeners: create, describe, modify, delete. */
import type {
  CreateRuleInput,
  DescribeRulesInput,
  ModifyRuleInput,
  Rule,
  RuleCondition,
  SetRulePrioritiesInput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { checkActions, shownActions } from './actions.ts'
import { invalid, listed, mergeTags, tagNew } from './common.ts'
import { balancerOf, requireListener } from './listeners.ts'
import type { RuleRecord } from './state.ts'

function requireRule(world: World, arn = ''): RuleRecord {
  const record = world.elbv2.rules.get(arn)
  if (record) return record
  throw new AwsError('RuleNotFound', 'One or more rules not found')
}

const FIELDS: Readonly<Record<string, keyof RuleCondition>> = {
  'host-header': 'HostHeaderConfig',
  'path-pattern': 'PathPatternConfig',
  'http-header': 'HttpHeaderConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'query-string': 'QueryStringConfig',
  'source-ip': 'SourceIpConfig',
}

/** Conditions as the API shows them: paths and hosts in both their short and their long form. */
function shownConditions(conditions: readonly RuleCondition[] = []): RuleCondition[] {
  if (conditions.length === 0) throw invalid('A condition must be specified')
  return conditions.map((condition) => {
    const { Field: field = '', Values: values } = condition
    const member = FIELDS[field]
    if (!member) {
      throw invalid(`Condition field '${field}' must be one of '[${Object.keys(FIELDS)}]'`)
    }
    const config = (condition[member] ?? (values && { Values: values })) as
      | { Values?: string[] }
      | undefined
    if (!config?.Values?.length) {
      throw invalid(`A condition value must be specified for the field '${field}'`)
    }
    const short = field === 'host-header' || field === 'path-pattern'
    return { Field: field, ...(short && { Values: config.Values }), [member]: config }
  })
}

function rulesOf(world: World, listenerArn: string): Rule[] {
  return [...world.elbv2.rules.values()]
    .filter((record) => record.listenerArn === listenerArn)
    .map(({ rule }) => rule)
}

function create(input: CreateRuleInput, { world, id }: CallContext) {
  const { ListenerArn: listenerArn = '', Priority: priority = 0 } = input
  const { listener } = requireListener(world, listenerArn)
  const balancer = balancerOf(world, listener.LoadBalancerArn)
  if (balancer.Type !== 'application') {
    throw invalid('Rules are not supported for this type of load balancer')
  }
  if (priority < 1 || priority > 50_000) {
    throw invalid(`Priority '${priority}' must be in the range of 1-50000`)
  }
  const Conditions = shownConditions(input.Conditions)
  checkActions(world, balancer, input.Actions)
  mergeTags({}, input.Tags)
  if (rulesOf(world, listenerArn).some(({ Priority: taken }) => taken === String(priority))) {
    throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`)
  }
  const RuleArn = `${listenerArn.replace(':listener/', ':listener-rule/')}/${id().slice(0, 16)}`
  const rule: Rule = {
    RuleArn,
    Priority: String(priority),
    Conditions,
    Actions: shownActions(input.Actions),
    IsDefault: false,
  }
  world.elbv2.rules.set(RuleArn, { rule, listenerArn })
  tagNew(world, RuleArn, input.Tags)
  return { Rules: [rule] }
}

function modify(input: ModifyRuleInput, { world }: CallContext) {
  const record = requireRule(world, input.RuleArn)
  if (record.rule.IsDefault) {
    throw new AwsError(
      'OperationNotPermitted',
      `Default rule '${input.RuleArn}' cannot be modified`,
    )
  }
  const { listener } = requireListener(world, record.listenerArn)
  if (input.Actions) checkActions(world, balancerOf(world, listener.LoadBalancerArn), input.Actions)
  const rule: Rule = {
    ...record.rule,
    ...(input.Conditions && { Conditions: shownConditions(input.Conditions) }),
    ...(input.Actions && { Actions: shownActions(input.Actions) }),
  }
  world.elbv2.rules.set(input.RuleArn ?? '', { ...record, rule })
  return { Rules: [rule] }
}

/** All of them or none: no two rules of a listener have one priority afterwards. */
function setPriorities(input: SetRulePrioritiesInput, { world }: CallContext) {
  const pairs = input.RulePriorities ?? []
  const wanted = new Map(pairs.map(({ RuleArn = '', Priority = 0 }) => [RuleArn, Priority]))
  const records = [...wanted.keys()].map((arn) => requireRule(world, arn))
  for (const [index, { rule, listenerArn }] of records.entries()) {
    const priority = [...wanted.values()][index] ?? 0
    if (rule.IsDefault) {
      throw new AwsError(
        'OperationNotPermitted',
        `Default rule '${rule.RuleArn}' cannot be modified`,
      )
    }
    if (priority < 1 || priority > 50_000) {
      throw invalid(`Priority '${priority}' must be in the range of 1-50000`)
    }
    const taken = rulesOf(world, listenerArn).some(
      (other) =>
        other.RuleArn !== rule.RuleArn &&
        String(wanted.get(other.RuleArn ?? '') ?? other.Priority) === String(priority),
    )
    if (taken) throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`)
  }
  const Rules = records.map((record) => {
    const arn = record.rule.RuleArn ?? ''
    const rule: Rule = { ...record.rule, Priority: String(wanted.get(arn)) }
    world.elbv2.rules.set(arn, { ...record, rule })
    return rule
  })
  return { Rules }
}

/** The default rule comes last. */
function order({ Priority: priority }: Rule): string {
  return priority === 'default' ? 'z' : String(priority).padStart(6, '0')
}

function describe(input: DescribeRulesInput, { world }: CallContext) {
  const { RuleArns: arns, ListenerArn: listenerArn } = input
  if (arns?.length) return { Rules: arns.map((arn) => requireRule(world, arn).rule) }
  if (!listenerArn) throw invalid('You must specify either listener ARN or rule ARNs')
  requireListener(world, listenerArn)
  const { items, more } = listed(rulesOf(world, listenerArn), input, order)
  return { Rules: items, ...more }
}

export const ruleHandlers: ServiceHandlers = {
  CreateRule: create,
  ModifyRule: modify,
  SetRulePriorities: setPriorities,
  DescribeRules: describe,
  DeleteRule({ RuleArn: arn = '' }: { RuleArn?: string }, { world }) {
    if (requireRule(world, arn).rule.IsDefault) {
      throw new AwsError('OperationNotPermitted', `Default rule '${arn}' cannot be deleted`)
    }
    world.elbv2.rules.delete(arn)
    world.tags.delete(arn)
    return {}
  },
}
