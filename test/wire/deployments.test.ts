/** Deployments that shift traffic, task sets and log lines by way of their real clients. */
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as ecs from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { createSimulator } from '../../src/simulator/index.ts'
import { createWire } from '../../src/simulator/wire/handle.ts'
import { clientConfig } from './client.ts'

const subnets = ['subnet-0defa00000000000a', 'subnet-0defa00000000000b']

function stage() {
  let now = Date.UTC(2026, 0, 1)
  const sim = createSimulator({ now: () => now })
  const wire = createWire(sim.call)
  const client = new ecs.ECSClient(clientConfig(wire))
  const logsClient = new logs.CloudWatchLogsClient(clientConfig(wire))
  return {
    client,
    logsClient,
    after(seconds: number) {
      now += seconds * 1_000
    },
    now: () => now,
  }
}

const fargate = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
} satisfies Omit<ecs.RegisterTaskDefinitionCommandInput, 'containerDefinitions'>

const network = {
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets } },
} as const

it('a hook that answers by its details, and a pause that is continued', async () => {
  const { client, after } = stage()
  await client.send(new ecs.CreateClusterCommand({ clusterName: 'shop' }))
  await client.send(
    new ecs.RegisterTaskDefinitionCommand({
      ...fargate,
      containerDefinitions: [{ name: 'app', image: 'nginx' }],
    }),
  )
  const { service } = await client.send(
    new ecs.CreateServiceCommand({
      cluster: 'shop',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 1,
      ...network,
      deploymentConfiguration: {
        strategy: 'BLUE_GREEN',
        bakeTimeInMinutes: 0,
        lifecycleHooks: [
          {
            hookTargetArn: 'arn:aws:lambda:eu-west-1:123456789012:function:smoke-test',
            roleArn: 'arn:aws:iam::123456789012:role/hooks',
            lifecycleStages: ['POST_SCALE_UP'],
            hookDetails: { simulate: 'in progress for 10m' },
          },
          { targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] },
        ],
      },
    }),
  )
  const serviceDeploymentArn = service?.currentServiceDeployment ?? ''
  const deployment = async () => {
    const { serviceDeployments } = await client.send(
      new ecs.DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeploymentArn] }),
    )
    return serviceDeployments?.[0]
  }
  after(300)
  const paused = await deployment()
  expect(paused?.lifecycleStage).toBe('POST_SCALE_UP')
  const hooks = paused?.lifecycleHookDetails ?? []
  expect(hooks.map(({ status }) => status)).toEqual(['IN_PROGRESS', 'AWAITING_ACTION'])
  expect(hooks[1]?.expiresAt).toBeInstanceOf(Date)
  const hookId = hooks[1]?.hookId
  await client.send(new ecs.ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId }))
  after(300)
  expect((await deployment())?.lifecycleHookDetails?.map(({ status }) => status)).toEqual([
    'IN_PROGRESS',
    'SUCCEEDED',
  ])
  after(300)
  expect((await deployment())?.status).toBe('SUCCESSFUL')
})

it('a task set, and the lines that a task of it left', async () => {
  const { client, logsClient, after, now } = stage()
  const place = { cluster: 'shop', service: 'web' }
  await client.send(new ecs.CreateClusterCommand({ clusterName: 'shop' }))
  await logsClient.send(new logs.CreateLogGroupCommand({ logGroupName: '/shop' }))
  await client.send(
    new ecs.RegisterTaskDefinitionCommand({
      ...fargate,
      containerDefinitions: [
        {
          name: 'app',
          image: 'nginx',
          dockerLabels: { 'fairlead.dev/simulate': 'exit 3 after 5s' },
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': '/shop',
              'awslogs-region': 'eu-west-1',
              'awslogs-stream-prefix': 'web',
            },
          },
        },
      ],
    }),
  )
  await client.send(
    new ecs.CreateServiceCommand({
      cluster: 'shop',
      serviceName: 'web',
      desiredCount: 1,
      deploymentController: { type: 'EXTERNAL' },
    }),
  )
  const { taskSet } = await client.send(
    new ecs.CreateTaskSetCommand({
      ...place,
      taskDefinition: 'web',
      ...network,
      scale: { value: 100, unit: 'PERCENT' },
    }),
  )
  after(60)
  const { taskArns = [] } = await client.send(
    new ecs.ListTasksCommand({ ...place, serviceName: 'web', desiredStatus: 'STOPPED' }),
  )
  const { logStreams } = await logsClient.send(
    new logs.DescribeLogStreamsCommand({ logGroupName: '/shop', orderBy: 'LastEventTime' }),
  )
  const logStreamName = `web/app/${taskArns[0]?.split('/').at(-1)}`
  expect(logStreams?.map((stream) => stream.logStreamName)).toContain(logStreamName)
  const { events } = await logsClient.send(
    new logs.GetLogEventsCommand({ logGroupName: '/shop', logStreamName }),
  )
  expect(events).toMatchObject([{ message: 'app: exited with code 3' }])
  expect(events?.[0]?.timestamp).toBeLessThan(now())
  const { taskSets } = await client.send(
    new ecs.DescribeTaskSetsCommand({ ...place, taskSets: [taskSet?.taskSetArn ?? ''] }),
  )
  expect(taskSets?.[0]?.createdAt).toEqual(taskSet?.createdAt)
  await expect(
    client.send(new ecs.DeleteTaskSetCommand({ ...place, taskSet: 'none' })),
  ).rejects.toBeInstanceOf(ecs.TaskSetNotFoundException)
})
