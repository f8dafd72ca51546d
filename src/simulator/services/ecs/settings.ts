/** Account settings: the account's defaults, and what the one simulated user set for itself. */
import { SettingName } from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'

/** What AWS gives a new account, and what each setting takes; from the API documentation of PutAccountSetting. */
const SETTINGS: Record<
  string,
  { readonly initial: string; readonly values: readonly string[]; readonly fixed?: boolean }
> = {
  serviceLongArnFormat: { initial: 'enabled', values: ['enabled'] },
  taskLongArnFormat: { initial: 'enabled', values: ['enabled'] },
  containerInstanceLongArnFormat: { initial: 'enabled', values: ['enabled'] },
  awsvpcTrunking: { initial: 'disabled', values: ['enabled', 'disabled'] },
  containerInsights: { initial: 'disabled', values: ['enabled', 'disabled', 'enhanced'] },
  fargateFIPSMode: { initial: 'disabled', values: ['enabled', 'disabled'] },
  tagResourceAuthorization: { initial: 'on', values: ['on', 'off'] },
  fargateTaskRetirementWaitPeriod: { initial: '7', values: ['0', '7', '14'] },
  fargateEventWindows: { initial: 'disabled', values: ['enabled', 'disabled'] },
  guardDutyActivate: { initial: 'off', values: ['on', 'off'], fixed: true },
  defaultLogDriverMode: { initial: 'non-blocking', values: ['blocking', 'non-blocking'] },
}

/** The value that holds for whoever has not set another: `containerInsights` of new clusters. */
export function accountDefault(world: World, name: string): string {
  return world.settings.get(name) ?? SETTINGS[name]?.initial ?? ''
}

function rootArn(context: CallContext): string {
  return `arn:aws:iam::${context.account}:root`
}

function userArn(context: CallContext): string {
  return `arn:aws:iam::${context.account}:user/simulator`
}

function userKey(name: string, principal: string): string {
  return `${principal}|${name}`
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

function checked(input: { name?: string; value?: string }): { name: string; value: string } {
  const { name = '', value = '' } = input
  const setting = SETTINGS[name]
  if (!setting)
    throw invalid(
      `Invalid setting name '${name}'. Valid values: ${Object.values(SettingName).join(', ')}.`,
    )
  if (setting.fixed) throw invalid(`The setting ${name} is managed by AWS and cannot be changed.`)
  if (!setting.values.includes(value)) {
    throw invalid(
      `Invalid value '${value}' for setting ${name}. Valid values: ${setting.values.join(', ')}.`,
    )
  }
  return { name, value }
}

function settingType(name: string): string {
  return SETTINGS[name]?.fixed ? 'aws_managed' : 'user'
}

export const settingHandlers: ServiceHandlers = {
  PutAccountSettingDefault(input: { name?: string; value?: string }, context) {
    const { name, value } = checked(input)
    context.world.settings.set(name, value)
    return { setting: { name, value, principalArn: rootArn(context), type: settingType(name) } }
  },
  PutAccountSetting(input: { name?: string; value?: string; principalArn?: string }, context) {
    const { name, value } = checked(input)
    const principalArn = input.principalArn ?? userArn(context)
    const key = principalArn === rootArn(context) ? name : userKey(name, principalArn)
    context.world.settings.set(key, value)
    return { setting: { name, value, principalArn, type: settingType(name) } }
  },
  DeleteAccountSetting(input: { name?: string; principalArn?: string }, context) {
    const { name = '' } = input
    if (!SETTINGS[name]) throw invalid(`Invalid setting name '${name}'.`)
    const principalArn = input.principalArn ?? userArn(context)
    const key = principalArn === rootArn(context) ? name : userKey(name, principalArn)
    const value = context.world.settings.get(key)
    context.world.settings.delete(key)
    return { setting: { name, ...(value !== undefined && { value }), principalArn } }
  },
  ListAccountSettings(
    input: {
      name?: string
      value?: string
      principalArn?: string
      effectiveSettings?: boolean
      nextToken?: string
      maxResults?: number
    },
    context,
  ) {
    const principalArn = input.principalArn ?? userArn(context)
    const rows = Object.keys(SETTINGS)
      .filter((name) => input.name === undefined || name === input.name)
      .flatMap((name) => {
        const own = context.world.settings.get(
          principalArn === rootArn(context) ? name : userKey(name, principalArn),
        )
        const value =
          own ?? (input.effectiveSettings ? accountDefault(context.world, name) : undefined)
        return value === undefined ? [] : [{ name, value, principalArn, type: settingType(name) }]
      })
      .filter((row) => input.value === undefined || row.value === input.value)
    const { items, nextToken } = page(rows, input, { key: (row) => row.name, size: 10, max: 10 })
    return { settings: items, nextToken }
  },
}
