/** The fields of a listener rule. Rests on CreateRule, ModifyRule and SetRulePriorities. */
import type { Field, Fields } from '../../diff.ts'
import { actionsField } from '../../kit/elb-parts.ts'

type Members = Record<string, unknown>

const longForms: Readonly<Record<string, string>> = {
  'host-header': 'hostHeaderConfig',
  'path-pattern': 'pathPatternConfig',
  'http-header': 'httpHeaderConfig',
  'http-request-method': 'httpRequestMethodConfig',
  'query-string': 'queryStringConfig',
  'source-ip': 'sourceIpConfig',
}

/** Hosts and paths are written in a short form and a long one, and AWS shows both: the long one counts. */
const asLong: Field['normalise'] = (conditions) =>
  Array.isArray(conditions)
    ? conditions.map(({ values, ...condition }: Members) => {
        const member = longForms[String(condition.field)]
        if (!member || values === undefined || condition[member] !== undefined) return condition
        return { ...condition, [member]: { values } }
      })
    : conditions

const values: Field = {
  fields: { values: { list: 'set' }, regexValues: { list: 'set' }, httpHeaderName: {} },
}

export const fields: Fields = {
  listenerArn: { createOnly: 'a rule belongs to one listener' },
  priority: {},
  conditions: {
    list: 'set',
    normalise: asLong,
    fields: {
      field: {},
      ...Object.fromEntries(Object.values(longForms).map((member) => [member, values])),
    },
  },
  actions: actionsField,
  transforms: {},
}
