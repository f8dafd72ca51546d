/** How services are read, and how AWS's own judgement of a revision is found. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../../src/errors.ts'
import type { Read } from '../../../src/kind.ts'
import { service } from '../../../src/kinds/service/index.ts'
import type { ServiceState } from '../../../src/kinds/service/state.ts'
import type { Live, Observation } from '../../../src/model.ts'
import { createAccount } from '../looking.ts'

type Account = ReturnType<typeof createAccount>

const liveOf = (answer: Observation | undefined): Live<ServiceState> => {
  expect(answer?.found).toBe('yes')
  return (answer as { live: unknown }).live as Live<ServiceState>
}

async function registered(account: Account, family: string, labels: Record<string, string> = {}) {
  const { taskDefinition } = (await account.aws('ecs:RegisterTaskDefinition', {
    family,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'nginx:1.27', dockerLabels: labels }],
  })) as { taskDefinition: { taskDefinitionArn: string } }
  return taskDefinition.taskDefinitionArn
}

const common = {
  cluster: 'shop',
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0defa00000000000a'] } },
}

async function shop(): Promise<{ account: Account; arn: string }> {
  const account = createAccount(service)
  await account.aws('ecs:CreateCluster', { clusterName: 'shop' })
  return { account, arn: await registered(account, 'web') }
}

test('ten a call, and a missing one is no', async () => {
  const { account, arn } = await shop()
  const names = Array.from({ length: 23 }, (_, n) => `web-${n}`)
  for (const serviceName of names.slice(1)) {
    await account.aws('ecs:CreateService', {
      ...common,
      serviceName,
      taskDefinition: arn,
      desiredCount: 0,
    })
  }
  const spec = { ...common, taskDefinition: arn }
  const found = await account.look(Object.fromEntries(names.map((name) => [name, spec])))
  expect(account.reads).toEqual([
    ...Array(3).fill('ecs:DescribeServices'),
    // All of them roll out for the first time: twenty a call.
    ...Array(2).fill('ecs:DescribeServiceDeployments'),
    // The images of the first twenty; the others' turn comes.
    'ecs:DescribeServiceRevisions',
  ])
  expect([...found.values()].filter((answer) => answer.found === 'yes')).toHaveLength(22)
  expect(found.get('default/Service/web-0')).toEqual({ found: 'no' })
})

test('a cluster that does not exist has no services, and hides none of another', async () => {
  const { account, arn } = await shop()
  await account.aws('ecs:CreateService', {
    ...common,
    serviceName: 'web',
    taskDefinition: arn,
    desiredCount: 0,
  })
  const found = await account.look({
    web: { ...common, taskDefinition: arn },
    lost: { ...common, cluster: 'nowhere', taskDefinition: arn },
  })
  expect([...found.values()].map((answer) => answer.found)).toEqual(['yes', 'no'])
})

test('a read that fails makes its own keys unknown', async () => {
  const { account, arn } = await shop()
  account.failWith((operation, input) =>
    input.cluster === 'shop'
      ? new AwsFailure(operation, 'throttled', 'ThrottlingException', 'Rate exceeded')
      : undefined,
  )
  const found = await account.look({
    web: { ...common, taskDefinition: arn },
    other: { ...common, cluster: 'nowhere', taskDefinition: arn },
  })
  expect(found.get('default/Service/web')).toEqual({
    found: 'unknown',
    reason: 'throttled',
    message: 'ecs:DescribeServices: Rate exceeded',
  })
  expect(found.get('default/Service/other')).toEqual({ found: 'no' })
})

test('a deleted service drains, then is gone', async () => {
  const { account, arn } = await shop()
  await account.aws('ecs:CreateService', {
    ...common,
    serviceName: 'web',
    taskDefinition: arn,
    desiredCount: 1,
  })
  account.wait(300_000)
  const specs = { web: { ...common, taskDefinition: arn } }
  expect(liveOf((await account.look(specs)).get('default/Service/web')).state.status).toBe('ACTIVE')
  await account.aws('ecs:DeleteService', { cluster: 'shop', service: 'web', force: true })
  const draining = liveOf((await account.look(specs)).get('default/Service/web'))
  expect(draining.state.status).toBe('DRAINING')
  expect(service.health(draining, undefined)).toMatchObject({
    state: 'Progressing',
    reason: 'Draining',
  })
  account.wait(600_000)
  expect((await account.look(specs)).get('default/Service/web')).toMatchObject({
    found: 'no',
    predecessor: expect.stringMatching(/^\d{4}-/),
  })
})

test('only three events and what the policy compares are kept', async () => {
  const { account, arn } = await shop()
  await account.aws('ecs:CreateService', {
    ...common,
    serviceName: 'web',
    taskDefinition: arn,
    desiredCount: 3,
  })
  account.wait(3_600_000)
  const { state } = liveOf(
    (await account.look({ web: { ...common, taskDefinition: arn } })).get('default/Service/web'),
  )
  expect(state.events.length).toBeGreaterThan(0)
  expect(state.events.length).toBeLessThanOrEqual(3)
  for (const name of ['events', 'deployments', 'createdAt', 'runningCount', 'serviceArn']) {
    expect(state.members).not.toHaveProperty(name)
  }
  expect(JSON.stringify(state).length).toBeLessThan(4_000)
})

async function rolledBack() {
  const { account, arn: good } = await shop()
  const bad = await registered(account, 'web', { 'fairlead.dev/simulate': 'exit 1 after 3s' })
  const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } }
  await account.aws('ecs:CreateService', {
    ...common,
    serviceName: 'web',
    taskDefinition: good,
    desiredCount: 1,
    deploymentConfiguration: breaker,
  })
  account.wait(600_000)
  await account.aws('ecs:DescribeServices', { cluster: 'shop', services: ['web'] })
  await account.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', taskDefinition: bad })
  account.wait(3_600_000)
  const spec = { ...common, deploymentConfiguration: breaker, desiredCount: 1 }
  return { account, good, bad, spec }
}

test('a revision that AWS rolled back is rejected, and what runs is not', async () => {
  const { account, good, bad, spec } = await rolledBack()
  const again = await account.look({ web: { ...spec, taskDefinition: bad } })
  const { state } = liveOf(again.get('default/Service/web'))
  expect(state.rejected?.status).toBe('ROLLBACK_SUCCESSFUL')
  expect(state.rejected?.reason).not.toBe('')
  expect(account.reads).toEqual(
    expect.arrayContaining(['ecs:ListServiceDeployments', 'ecs:DescribeServiceRevisions']),
  )
  expect(state.report?.changed).not.toEqual([])
  // It is explained once; it has ended.
  await account.look({ web: { ...spec, taskDefinition: bad } })
  expect(account.reads).toEqual(['ecs:DescribeServices'])
  const running = await account.look({ web: { ...spec, taskDefinition: good } })
  expect(liveOf(running.get('default/Service/web')).state.rejected).toBeUndefined()
  expect(account.reads).toEqual(['ecs:DescribeServices'])
})

test('the same revision with another deploying field is other content', async () => {
  const { account, bad, spec } = await rolledBack()
  const networkConfiguration = {
    awsvpcConfiguration: { subnets: ['subnet-0defa00000000000b'] },
  }
  const found = await account.look({ web: { ...spec, taskDefinition: bad, networkConfiguration } })
  expect(liveOf(found.get('default/Service/web')).state.rejected).toBeUndefined()
})

test('a deployment that a newer one overtook is not rejected', async () => {
  const { account, arn: first } = await shop()
  const second = await registered(account, 'web', { version: '2' })
  const third = await registered(account, 'web', { version: '3' })
  await account.aws('ecs:CreateService', {
    ...common,
    serviceName: 'web',
    taskDefinition: first,
    desiredCount: 2,
  })
  account.wait(600_000)
  for (const taskDefinition of [second, third]) {
    await account.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', taskDefinition })
    account.wait(5_000)
  }
  account.wait(600_000)
  const found = await account.look({ web: { ...common, taskDefinition: second } })
  expect(liveOf(found.get('default/Service/web')).state.rejected).toBeUndefined()
})

test('what was rejected once and succeeded later is not rejected', async () => {
  const { account, bad, spec } = await rolledBack()
  const read = (async (operation, input) => {
    const answer = await account.aws(operation, input)
    if (operation !== 'ecs:ListServiceDeployments') return answer
    const [failed, ...older] = answer.serviceDeployments as { createdAt: Date }[]
    const createdAt = new Date(failed!.createdAt.getTime() + 1)
    return {
      serviceDeployments: [failed, ...older, { ...failed, status: 'SUCCESSFUL', createdAt }],
    }
  }) as Read
  const found = await account.look({ web: { ...spec, taskDefinition: bad } }, [], { read })
  expect(liveOf(found.get('default/Service/web')).state.rejected).toBeUndefined()
})

test('an endpoint without history rejects nothing', async () => {
  const { account, bad, spec } = await rolledBack()
  account.failWith((operation) =>
    operation === 'ecs:ListServiceDeployments'
      ? new AwsFailure(operation, 'unsupported', 'NotImplemented', 'not served here')
      : undefined,
  )
  const found = await account.look({ web: { ...spec, taskDefinition: bad } })
  expect(liveOf(found.get('default/Service/web')).state.rejected).toBeUndefined()
})
