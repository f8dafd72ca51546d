/** Listing, deregistering and deleting task definitions. */
import { describe, expect, it } from 'vitest'
import { FARGATE_SIZES } from '../../src/simulator/services/ecs/fargate.ts'
import { type Account, createAccount, definition, fargate } from './account.ts'

const PREFIX = 'arn:aws:ecs:eu-central-1:123456789012:task-definition'

function register(account: Account, input: object) {
  return account.call('RegisterTaskDefinition', input).taskDefinition
}

describe('lists', () => {
  it('take the family as a whole name, revisions as numbers, and status ACTIVE unless told', () => {
    const account = createAccount()
    for (let i = 0; i < 11; i++) register(account, definition())
    register(account, definition({ family: 'web-2' }))
    account.call('DeregisterTaskDefinition', { taskDefinition: 'web:3' })
    const list = (input: object) =>
      account
        .call('ListTaskDefinitions', input)
        .taskDefinitionArns.map((arn: string) => arn.slice(PREFIX.length + 1))
    expect(list({ familyPrefix: 'we' })).toEqual([])
    expect(list({ familyPrefix: 'web', sort: 'DESC', maxResults: 3 })).toEqual([
      'web:11',
      'web:10',
      'web:9',
    ])
    expect(list({ familyPrefix: 'web', status: 'INACTIVE' })).toEqual(['web:3'])
    expect(list({})).toHaveLength(11)
    expect(account.refusal('ListTaskDefinitions', { status: 'GONE' })).toMatch(
      /^InvalidParameterException/,
    )
  })

  it('come in pages that neither repeat nor lose a revision while others come and go', () => {
    const account = createAccount()
    for (let i = 0; i < 7; i++) register(account, definition())
    const seen: string[] = []
    let nextToken: string | undefined
    do {
      const page = account.call('ListTaskDefinitions', { maxResults: 2, nextToken })
      seen.push(...page.taskDefinitionArns.map((arn: string) => arn.split(':').at(-1)))
      nextToken = page.nextToken
      if (seen.length === 2) account.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' })
    } while (nextToken)
    expect(seen).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    expect(account.refusal('ListTaskDefinitions', { nextToken: 'mine' })).toBe(
      'InvalidParameterException: Invalid token.',
    )
    expect(account.refusal('ListTaskDefinitions', { maxResults: 101 })).toMatch(
      /^InvalidParameterException/,
    )
  })

  it('show families by prefix and by whether a revision is ACTIVE', () => {
    const account = createAccount()
    for (const family of ['a', 'ab', 'b']) register(account, definition({ family }))
    account.call('DeregisterTaskDefinition', { taskDefinition: 'ab:1' })
    const families = (input: object) => account.call('ListTaskDefinitionFamilies', input).families
    expect(families({ familyPrefix: 'a' })).toEqual(['a'])
    expect(families({ familyPrefix: 'a', status: 'ALL' })).toEqual(['a', 'ab'])
    expect(families({ status: 'INACTIVE' })).toEqual(['ab'])
  })
})

describe('Fargate sizes', () => {
  it('are 74 combinations, and nothing else is taken', () => {
    const account = createAccount()
    const all = [...FARGATE_SIZES].flatMap(([cpu, { memory }]) =>
      memory.map((mib) => [cpu, mib] as const),
    )
    expect(all).toHaveLength(74)
    for (const [cpu, memory] of all)
      register(account, fargate({ cpu: String(cpu), memory: String(memory) }))
    for (const [cpu, memory] of [
      [256, 8192],
      [300, 512],
      [512, 512],
      [1024, 1024],
      [4096, 31_744],
      [8192, 17_408],
      [32_768, 65_536],
    ]) {
      expect(
        account.refusal(
          'RegisterTaskDefinition',
          fargate({ cpu: String(cpu), memory: String(memory) }),
        ),
      ).toBe(
        `ClientException: No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
      )
    }
  })

  it('are fewer on Windows', () => {
    const runtimePlatform = {
      operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
      cpuArchitecture: 'X86_64',
    }
    const account = createAccount()
    expect(account.refusal('RegisterTaskDefinition', fargate({ runtimePlatform }))).toMatch(
      /No Fargate configuration/,
    )
    register(account, fargate({ runtimePlatform, cpu: '1024', memory: '2048' }))
  })
})
