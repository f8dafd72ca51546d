/** Promise: the likely cause is one line with the names that matter, and there is always something to do next. */
import { describe, expect, test } from 'vitest'
import { groupsOf } from '../../../src/kinds/service/why/groups.ts'
import type { Evidence } from '../../../src/kinds/service/why/model.ts'
import { reportOf } from '../../../src/kinds/service/why/report.ts'
import type { FailureReport } from '../../../src/model.ts'
import { renderReport } from '../../../src/render-report.ts'
import { definition, event, evidence, startedMs, stopped } from './why-support.ts'

function report(more: Partial<Evidence>): FailureReport {
  const found = evidence(more)
  const made = reportOf(found, groupsOf(found))
  expect(made?.advice).toMatch(/\w+ \w+/)
  return made!
}

const ended = (exitCode: number) =>
  stopped('EssentialContainerExited', 'Essential container in task exited', [
    { name: 'web', exitCode },
  ])
const failing = evidence().failing
const failed = (text: string) => ({ tasks: [stopped('TaskFailedToStart', text)] })
const arn = 'arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/front/1'

const summaries: readonly (readonly [string, Partial<Evidence>, string])[] = [
  ['an exit', { tasks: [ended(3), ended(3)] }, 'container web exited with 3, 2 times'],
  [
    'a crash',
    { tasks: [ended(139)] },
    'container web exited with 139: it crashed (segmentation fault)',
  ],
  [
    'an alarm',
    { failing: { ...failing, status: 'ROLLBACK_SUCCESSFUL', alarms: ['web-5xx'] } },
    'alarm web-5xx went off while web:4 was rolled out',
  ],
  [
    'a hook that says no',
    { failing: { ...failing, hooks: [{ name: 'smoke-test', status: 'FAILED' }] } },
    'lifecycle hook smoke-test refused the roll-out',
  ],
  [
    'a hook that says nothing',
    { failing: { ...failing, hooks: [{ name: 'smoke-test', status: 'TIMED_OUT' }] } },
    'lifecycle hook smoke-test gave no answer in time',
  ],
  [
    'Spot',
    { tasks: [stopped('SpotInterruption', 'Your Spot Task was interrupted.')] },
    'Spot capacity was taken back under tasks of web',
  ],
  [
    'a parameter',
    failed(
      'Fetching secret data from SSM Parameter Store in eu-central-1: invalid parameters: /shop/db',
    ),
    'service web: secret /shop/db does not exist',
  ],
  [
    'a key of a secret',
    failed(
      'ResourceInitializationError: retrieved secret from Secrets Manager did not contain json key password',
    ),
    'service web: secret (unnamed) has no key password',
  ],
  [
    'a registry behind a wall',
    failed('CannotPullContainerError: nginx:1.28: dial tcp 1.2.3.4:443: i/o timeout'),
    "container web: the registry of docker.io/library/nginx cannot be reached from the task's network",
  ],
  [
    'a command',
    failed(
      'CannotStartContainerError: OCI runtime create failed: exec: "serve": executable file not found in $PATH',
    ),
    'service web: its command "serve" is not in the image, or cannot be executed',
  ],
]

describe('the likely cause', () => {
  test.each(summaries)('%s', (_, more, summary) => {
    expect(report(more).summary).toBe(summary)
  })

  test('what a check of a target group asks for, and what it got, lead to what to do', () => {
    const balancers = [{ arn, container: 'web', port: 8080 }]
    const checks = { [arn]: "GET /health on the task's port, expects 200" }
    const unhealthy = (reason: string) =>
      report({
        balancers,
        checks,
        events: [
          event(
            `(task a) (port 8080) is unhealthy in (target-group ${arn}) due to (reason ${reason}).`,
          ),
        ],
      })
    const codes = unhealthy('Health checks failed with these codes: [404]')
    expect(codes.summary).toBe(
      "container web port 8080 fails the health check of target group front (GET /health on the task's port, expects 200): Health checks failed with these codes: [404]",
    )
    expect(codes.advice).toMatch(/^it answers 404/)
    expect(unhealthy('Request timed out').advice).toMatch(/security group/)
  })

  test('what was changed is offered back', () => {
    const before = {
      ...definition,
      containerDefinitions: [
        { ...definition.containerDefinitions![0]!, image: 'nginx:1.27' },
        definition.containerDefinitions![1]!,
      ],
    }
    const { advice, changed } = report({
      ...failed('CannotPullContainerError: nginx:1.28: not found'),
      failing: { ...failing, previous: 'arn:aws:ecs:eu-central-1:1:task-definition/web:3' },
      previous: before,
    })
    expect(changed).toEqual([
      { path: 'containerDefinitions[web].image', from: 'nginx:1.27', to: 'nginx:1.28' },
    ])
    expect(advice).toMatch(/put nginx:1.27 back$/)
  })

  test('definitions that cannot be read are still told apart by their revisions', () => {
    const { definition: _, ...rest } = evidence({
      tasks: [ended(1)],
      failing: { ...failing, previous: 'arn:aws:ecs:eu-central-1:1:task-definition/web:3' },
    })
    expect(reportOf(rest, groupsOf(rest))?.changed).toEqual([
      { path: 'taskDefinition', from: 'web:3', to: 'web:4' },
    ])
  })
})

test('a roll-out that takes its time has no report; one that failed for no reason has one', () => {
  expect(reportOf(evidence(), [])).toBeUndefined()
  const reason = 'ECS deployment circuit breaker: tasks failed to start.'
  const over = { ...failing, status: 'STOPPED', endedMs: startedMs + 1, reason }
  expect(report({ failing: over }).summary).toContain(reason)
})

test('a report is a screen, however much went wrong', () => {
  const many = Array.from({ length: 60 }, (_, n) => ended(n + 1))
  const changed = Array.from({ length: 60 }, (_, n) => ({ path: `field${n}`, from: n, to: -n }))
  const lines = Array.from({ length: 60 }, (_, n) => `line ${n}`)
  const logs = [
    { container: 'web', task: 'a', lines },
    { container: 'sidecar', task: 'a', lines },
  ]
  const { findings, ...rest } = report({
    tasks: many,
    failing: { ...failing, previous: 'web:3', changed },
    logs,
  })
  expect(findings.at(-1)).toEqual({ what: 'further failures', count: 55, details: [] })
  const text = renderReport({ findings, ...rest }, { revision: 'a'.repeat(40) })
  expect(text.length).toBeLessThanOrEqual(40)
  expect(text.map((line) => line.text)).toContain('  Changed       61 fields (Git at aaaaaaaaaa)')
})
