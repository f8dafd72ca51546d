/** The aws CLI on the served simulator: reads, writes, waiters, pagination and error texts, as a person types them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireProgram, run, skipped } from './harness.ts'
import { type ServedForTest, serveForTest } from './simulated.ts'

const minute = 60_000
const containers = JSON.stringify([
  { name: 'nginx', image: 'nginx:1.27', portMappings: [{ containerPort: 80 }] },
])
const job = JSON.stringify([{ name: 'job', image: 'busybox', memory: 64 }])
const network =
  'awsvpcConfiguration={subnets=[subnet-0defa00000000000a,subnet-0defa00000000000b],assignPublicIp=ENABLED}'

describe.skipIf(skipped('aws'))('aws CLI', () => {
  let simulated: ServedForTest

  /** `aws …` with the words of a line; the answer as JSON (null when nothing is printed). */
  async function aws(line: string, ...more: string[]) {
    const args = [...line.split(' '), ...more, '--output', 'json']
    const { code, stdout, stderr } = await run('aws', args, { env: simulated.env })
    if (code !== 0) throw new Error(`aws ${line} ended with ${code}: ${stderr.trim()}`)
    return stdout.trim() === '' ? null : JSON.parse(stdout)
  }

  beforeAll(async () => {
    requireProgram('aws')
    simulated = await serveForTest({ containerInstances: [{ cluster: 'shop', count: 2 }] })
    await aws('ecs create-cluster --cluster-name shop --tags key=team,value=shop')
    await aws(
      'ecs register-task-definition --family web --network-mode awsvpc --requires-compatibilities FARGATE --cpu 256 --memory 512 --container-definitions',
      containers,
    )
    await aws('ecs register-task-definition --family job --container-definitions', job)
    simulated.advance(5 * minute)
    await aws(
      'ecs create-service --cluster shop --service-name web --task-definition web --desired-count 2 --launch-type FARGATE --tags key=team,value=shop --network-configuration',
      network,
    )
    simulated.advance(10 * minute)
  })

  afterAll(async () => {
    await simulated?.close()
    expect(simulated?.bugs ?? []).toEqual([])
  })

  it('reads clusters', async () => {
    const { clusterArns } = await aws('ecs list-clusters')
    expect(clusterArns).toEqual(['arn:aws:ecs:eu-west-1:123456789012:cluster/shop'])
    const { clusters, failures } = await aws(
      'ecs describe-clusters --clusters shop none --include TAGS SETTINGS STATISTICS',
    )
    expect(clusters).toMatchObject([
      {
        clusterName: 'shop',
        status: 'ACTIVE',
        registeredContainerInstancesCount: 2,
        runningTasksCount: 2,
        activeServicesCount: 1,
        tags: [{ key: 'team', value: 'shop' }],
        settings: [{ name: 'containerInsights', value: 'disabled' }],
      },
    ])
    expect(failures).toEqual([
      { arn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/none', reason: 'MISSING' },
    ])
  })

  it('reads services, their deployments and revisions', async () => {
    const { serviceArns } = await aws('ecs list-services --cluster shop')
    expect(serviceArns).toEqual(['arn:aws:ecs:eu-west-1:123456789012:service/shop/web'])
    const { services } = await aws('ecs describe-services --cluster shop --services web')
    expect(services).toMatchObject([
      {
        serviceName: 'web',
        status: 'ACTIVE',
        desiredCount: 2,
        runningCount: 2,
        launchType: 'FARGATE',
        deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 }],
      },
    ])
    expect(services[0].events[0].message).toBe('(service web) has reached a steady state.')
    const { serviceDeployments } = await aws(
      'ecs list-service-deployments --cluster shop --service web',
    )
    const [{ serviceDeploymentArn, status }] = serviceDeployments
    expect(status).toBe('SUCCESSFUL')
    const described = await aws(
      'ecs describe-service-deployments --service-deployment-arns',
      serviceDeploymentArn,
    )
    const { targetServiceRevision } = described.serviceDeployments[0]
    const { serviceRevisions } = await aws(
      'ecs describe-service-revisions --service-revision-arns',
      targetServiceRevision.arn,
    )
    expect(serviceRevisions[0].taskDefinition).toMatch(/task-definition\/web:1$/)
  })

  it('reads task definitions and their families', async () => {
    const { taskDefinition, tags } = await aws(
      'ecs describe-task-definition --task-definition web --include TAGS',
    )
    expect(taskDefinition).toMatchObject({ family: 'web', revision: 1, status: 'ACTIVE' })
    expect(tags).toEqual([])
    const { taskDefinitionArns } = await aws('ecs list-task-definitions --family-prefix web')
    expect(taskDefinitionArns).toEqual([taskDefinition.taskDefinitionArn])
    const { families } = await aws('ecs list-task-definition-families --status ACTIVE')
    expect(families).toEqual(['job', 'web'])
  })

  it('reads tasks, container instances and capacity providers', async () => {
    const { taskArns } = await aws('ecs list-tasks --cluster shop --service-name web')
    const { tasks } = await aws('ecs describe-tasks --cluster shop --tasks', ...taskArns)
    expect(tasks).toHaveLength(2)
    expect(tasks[0]).toMatchObject({ lastStatus: 'RUNNING', group: 'service:web' })
    const { containerInstanceArns } = await aws('ecs list-container-instances --cluster shop')
    const { containerInstances } = await aws(
      'ecs describe-container-instances --cluster shop --container-instances',
      ...containerInstanceArns,
    )
    expect(containerInstances).toMatchObject([
      { status: 'ACTIVE', agentConnected: true },
      { status: 'ACTIVE', agentConnected: true },
    ])
    const { capacityProviders } = await aws(
      'ecs describe-capacity-providers --capacity-providers FARGATE FARGATE_SPOT',
    )
    expect(capacityProviders.map(({ name }: { name: string }) => name)).toEqual([
      'FARGATE',
      'FARGATE_SPOT',
    ])
  })

  it('knows who it is, and finds resources by tag', async () => {
    expect(await aws('sts get-caller-identity')).toMatchObject({ Account: '123456789012' })
    const { ResourceTagMappingList } = await aws(
      'resourcegroupstaggingapi get-resources --tag-filters Key=team,Values=shop --resource-type-filters ecs:service ecs:cluster',
    )
    expect(
      ResourceTagMappingList.map(({ ResourceARN }: { ResourceARN: string }) => ResourceARN).sort(),
    ).toEqual([
      'arn:aws:ecs:eu-west-1:123456789012:cluster/shop',
      'arn:aws:ecs:eu-west-1:123456789012:service/shop/web',
    ])
  })

  it('runs a task, waits until it runs, stops it, waits until it is stopped', async () => {
    const { tasks } = await aws('ecs run-task --cluster shop --task-definition job --count 1')
    const [{ taskArn }] = tasks
    simulated.advance(2 * minute)
    await aws('ecs wait tasks-running --cluster shop --tasks', taskArn)
    await aws('ecs stop-task --cluster shop --reason enough --task', taskArn)
    simulated.advance(2 * minute)
    await aws('ecs wait tasks-stopped --cluster shop --tasks', taskArn)
    const described = await aws('ecs describe-tasks --cluster shop --tasks', taskArn)
    expect(described.tasks).toMatchObject([
      { lastStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'enough' },
    ])
  })

  it('updates a service, waits until it is stable, deletes it, waits until it is inactive', async () => {
    await aws('ecs wait services-stable --cluster shop --services web')
    const { service } = await aws(
      'ecs update-service --cluster shop --service web --desired-count 3 --force-new-deployment',
    )
    expect(service).toMatchObject({ desiredCount: 3 })
    expect(service.deployments).toHaveLength(2)
    simulated.advance(15 * minute)
    await aws('ecs wait services-stable --cluster shop --services web')
    await aws('ecs delete-service --cluster shop --service web --force')
    simulated.advance(15 * minute)
    await aws('ecs wait services-inactive --cluster shop --services web')
    expect(await aws('ecs list-services --cluster shop')).toEqual({ serviceArns: [] })
  })

  it('pages', async () => {
    for (let n = 0; n < 12; n++) {
      simulated.call('ecs:CreateService', {
        cluster: 'shop',
        serviceName: `s${String(n).padStart(2, '0')}`,
        taskDefinition: 'job',
        desiredCount: 0,
      })
    }
    // ListServices answers ten a page: the CLI follows the token by itself.
    expect((await aws('ecs list-services --cluster shop')).serviceArns).toHaveLength(12)
    const first = await aws('ecs list-services --cluster shop --max-items 5')
    expect(first.serviceArns).toHaveLength(5)
    const rest = await aws('ecs list-services --cluster shop --starting-token', first.NextToken)
    expect(rest.serviceArns).toHaveLength(7)
    expect(new Set([...first.serviceArns, ...rest.serviceArns]).size).toBe(12)
  })

  it.each([
    [
      'ecs describe-services --cluster none --services web',
      'An error occurred (ClusterNotFoundException) when calling the DescribeServices operation: Cluster not found.',
    ],
    [
      'ecs update-service --cluster shop --service none --desired-count 1',
      'An error occurred (ServiceNotFoundException) when calling the UpdateService operation: Service not found.',
    ],
    [
      'ecs describe-task-definition --task-definition none',
      'An error occurred (ClientException) when calling the DescribeTaskDefinition operation: Unable to describe task definition.',
    ],
    [
      'ecs delete-cluster --cluster shop',
      'An error occurred (ClusterContainsContainerInstancesException) when calling the DeleteCluster operation',
    ],
    ['ecs wait services-stable --cluster shop --services none', 'Waiter ServicesStable failed'],
  ])('prints the error of: %s', async (line, text) => {
    await expect(aws(line)).rejects.toThrow(text)
  })
})
