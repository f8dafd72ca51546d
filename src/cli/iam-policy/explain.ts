/** Statements in words, for people who review them. Pure. */
import type { Statement } from './statements.ts'

/** A paragraph for each statement: what it allows, and under which conditions. */
export function explain(statements: readonly Statement[]): string {
  return statements
    .map((statement) => {
      const actions = [statement.Action].flat().map((action) => `    ${action}\n`)
      return `${statement.Sid}: ${[where(statement), ...conditions(statement)].join(', ')}\n${actions.join('')}`
    })
    .join('')
}

function where({ Resource }: Statement): string {
  const resources = [Resource].flat()
  return resources[0] === '*' ? 'on any resource' : `on ${resources.join(' and ')}`
}

const words: readonly (readonly [string, string])[] = [
  ['aws:RequestTag/', 'that is being given the tag'],
  ['aws:ResourceTag/', 'that has the tag'],
  ['iam:PassedToService', 'for the service'],
  ['iam:AWSServiceName', 'for the service'],
  ['iam:PermissionsBoundary', 'with the boundary'],
  ['ec2:LaunchTemplate', 'launched from'],
]

function conditions({ Condition = {} }: Statement): string[] {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => {
      if (operator === 'Null') return 'and has no owner yet'
      const [prefix = key, word] = words.find(([start]) => key.startsWith(start)) ?? [key, key]
      const rest = key.slice(prefix.length)
      return [word, rest && `${rest} =`, [value].flat().join(' or ')].filter(Boolean).join(' ')
    }),
  )
}
