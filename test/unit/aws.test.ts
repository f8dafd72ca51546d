/** The layers around the AWS function: failure classes, budgets, retries, the read-only guard. */
import { describe, expect, test } from 'vitest'
import { type Aws, layered } from '../../src/aws/aws.ts'
import { budgeted } from '../../src/aws/budget.ts'
import { classify, toFailure } from '../../src/aws/failure.ts'
import { fullJitter, readOnly, retriedReads } from '../../src/aws/layers.ts'
import { isLoopback, sendable } from '../../src/aws/sdk.ts'
import { isRead } from '../../src/cli/connect.ts'
import { verifyReads } from '../../src/cli/verify/reads.ts'
import { AwsFailure } from '../../src/errors.ts'
import { trailReads } from '../../src/keeper/trail.ts'
import { kinds } from '../../src/kinds/index.ts'
import type { Operation } from '../../src/model.ts'
import { rehearsalReads } from '../../src/rehearsal/reads.ts'
import { createVirtualClock } from '../../src/virtual-clock.ts'

describe('the class of a failure', () => {
  test.each([
    ['ThrottlingException', 'Rate exceeded', 400, 'throttled'],
    ['RequestLimitExceeded', 'Request limit exceeded.', 503, 'throttled'],
    ['ServerException', 'Service Unavailable', 500, 'transient'],
    ['ECONNRESET', 'socket hang up', undefined, 'transient'],
    ['ClusterNotFoundException', 'Cluster not found.', 400, 'notFound'],
    ['ServiceNotActiveException', 'Service was not ACTIVE.', 400, 'conflict'],
    ['UpdateInProgressException', 'busy', 400, 'conflict'],
    [
      'InvalidParameterException',
      'Unable to Start a service that is still Draining.',
      400,
      'conflict',
    ],
    ['InvalidParameterException', 'No such subnet', 400, 'invalid'],
    ['ClientException', 'Container list cannot be empty.', 400, 'invalid'],
    ['InvalidLaunchTemplateId.NotFound', 'no such template', 400, 'notFound'],
    ['InvalidLaunchTemplateId.VersionNotFound', 'no such version', 400, 'notFound'],
    // What reads do not show yet.
    ['InvalidLaunchTemplateName.AlreadyExistsException', 'in use', 400, 'conflict'],
    ['EntityAlreadyExists', 'Role with name web already exists.', 409, 'conflict'],
    ['EntityAlreadyExistsException', 'Role with name web already exists.', 409, 'conflict'],
    ['RepositoryAlreadyExistsException', 'exists', 400, 'conflict'],
    // What time mends.
    ['DeleteConflict', 'must detach all policies first', 409, 'conflict'],
    ['RepositoryNotEmptyException', 'contains images', 400, 'conflict'],
    ['MalformedPolicyDocument', 'Invalid principal in policy: "AWS":"x"', 400, 'conflict'],
    ['MalformedPolicyDocument', 'Syntax errors in policy.', 400, 'invalid'],
    [
      'LimitExceeded',
      'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
      409,
      'conflict',
    ],
    ['LimitExceeded', 'Cannot exceed quota for PoliciesPerRole: 10', 409, 'invalid'],
    ['AccessDeniedException', 'not authorized', 400, 'denied'],
    ['ExpiredTokenException', 'expired', 400, 'denied'],
    ['UnknownOperationException', '', 400, 'unsupported'],
    ['Whatever', '', undefined, 'unknown'],
  ] as const)('%s "%s" %s is %s', (code, message, status, expected) => {
    expect(classify(code, message, status)).toBe(expected)
  })

  test('an effect is in doubt only after a passing fault', () => {
    const failure = (name: string, status: number) =>
      toFailure(
        'ecs:CreateService',
        Object.assign(new Error('x'), { name, $metadata: { httpStatusCode: status } }),
        false,
      )
    expect(failure('ServerException', 500).effectUnknown).toBe(true)
    expect(failure('ThrottlingException', 400).effectUnknown).toBe(false)
    expect(failure('InvalidParameterException', 400).effectUnknown).toBe(false)
  })

  test('an HTML page of an emulator means that the operation is not served; real AWS is never read so', () => {
    const page = Object.assign(new SyntaxError('Unexpected token <'), {
      $metadata: { httpStatusCode: 500 },
    })
    expect(toFailure('ecs:ListServiceDeployments', page, true).class).toBe('unsupported')
    expect(toFailure('ecs:ListServiceDeployments', page, false).class).toBe('transient')
    const words = '@aws-sdk XML parse error: mismatched tags <html> and </title>.'
    const xml = Object.assign(new Error(words), { $response: { statusCode: 404 } })
    expect(toFailure('autoscaling:DescribeInstanceRefreshes', xml, true).class).toBe('unsupported')
    expect(toFailure('autoscaling:DescribeInstanceRefreshes', xml, false).class).toBe('invalid')
  })

  test('an emulator that refuses in another form than AWS’s is not taken for one that does not serve it', () => {
    const page = Object.assign(new SyntaxError('Unexpected token <'), {
      $metadata: { httpStatusCode: 403 },
    })
    const failure = toFailure('ecs:DescribeClusters', page, true)
    expect(failure).toMatchObject({ class: 'denied', code: 'AccessDenied', effectUnknown: false })
    expect(failure.message).toContain('ecs:DescribeClusters')
  })
})

describe('budgets', () => {
  const ok: Aws = async () => ({})

  test('a burst is free, then calls go at the refill rate, scaled by our share', async () => {
    const clock = createVirtualClock()
    const waits: number[] = []
    const aws = layered(
      ok,
      budgeted({ clock, share: 0.5, onWait: (_, seconds) => waits.push(seconds) }),
    )
    const startMs = clock.now()
    // RegisterTaskDefinition: burst 20, 1 per second; half of it is ours.
    const all = Promise.all(Array.from({ length: 14 }, () => aws('ecs:RegisterTaskDefinition', {})))
    let finished = false
    void all.then(() => {
      finished = true
    })
    await clock.runUntil(() => finished, 60_000)
    expect(finished).toBe(true)
    expect(waits).toHaveLength(4)
    expect(clock.now() - startMs).toBe(8_000)
  })

  test('buckets are apart: a register queue holds up no read', async () => {
    const clock = createVirtualClock()
    const aws = layered(ok, budgeted({ clock, share: 1 }))
    for (let i = 0; i < 40; i++) void aws('ecs:RegisterTaskDefinition', {})
    await aws('ecs:DescribeServices', {})
    expect(clock.now()).toBe(createVirtualClock().now())
    await clock.advance(60_000)
  })
})

describe('layers', () => {
  const failing = (times: number, cls: 'throttled' | 'invalid' = 'throttled') => {
    let calls = 0
    const aws: Aws = async (operation) => {
      calls++
      if (calls <= times) throw new AwsFailure(operation, cls, 'X', 'x')
      return { calls }
    }
    return { aws, count: () => calls }
  }

  test('reads are sent again after a throttle; writes never are', async () => {
    const clock = createVirtualClock()
    const retry = retriedReads({ clock, random: () => 0.5, isRead })
    const read = failing(2)
    const answer = layered(read.aws, retry)('ecs:DescribeServices', {})
    await clock.advance(30_000)
    expect(await answer).toEqual({ calls: 3 })
    const write = failing(1)
    await expect(layered(write.aws, retry)('ecs:UpdateService', {})).rejects.toThrow(AwsFailure)
    expect(write.count()).toBe(1)
  })

  test('an invalid read is not repeated', async () => {
    const bad = failing(1, 'invalid')
    const retry = retriedReads({ clock: createVirtualClock(), random: () => 0, isRead })
    await expect(layered(bad.aws, retry)('ecs:DescribeServices', {})).rejects.toThrow()
    expect(bad.count()).toBe(1)
  })

  test('the read-only guard lets reads through and nothing else', async () => {
    const guarded = layered(async () => ({ done: true }), readOnly(isRead))
    expect(await guarded('ecs:DescribeClusters', {})).toEqual({ done: true })
    expect(await guarded('tag:GetResources', {})).toEqual({ done: true })
    await expect(guarded('ecs:DeleteService', {})).rejects.toThrow(/held back/)
  })

  test('full jitter stays below its ceiling', () => {
    expect(fullJitter(1, 100, 20_000, () => 1)).toBe(100)
    expect(fullJitter(20, 100, 20_000, () => 1)).toBe(20_000)
    expect(fullJitter(5, 100, 20_000, () => 0)).toBe(0)
  })
})

test('the adapter can send what the kinds declare, and nothing more', async () => {
  const declared = new Set<Operation>([
    'tag:GetResources',
    'sts:GetCallerIdentity',
    ...trailReads,
    ...verifyReads,
    ...rehearsalReads,
  ])
  for (const kind of kinds) {
    for (const operation of Object.keys(kind.operations)) declared.add(operation as Operation)
  }
  expect(new Set(await sendable())).toEqual(declared)
})

test('loopback endpoints are known for what they are', () => {
  expect(isLoopback({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' })).toBe(true)
  expect(isLoopback({ AWS_ENDPOINT_URL_ECS: 'http://localhost:4566' })).toBe(true)
  expect(isLoopback({ AWS_ENDPOINT_URL: 'https://ecs.example.com' })).toBe(false)
  expect(isLoopback({})).toBe(false)
})
