/** Real SDK clients against hand-written operations: what is sent arrives, what is answered is seen. */
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import {
  ClusterNotFoundException,
  ConflictException,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  paginateListServices,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { AwsError } from '../../src/simulator/api.ts'
import type { WireService } from '../../src/simulator/wire/services.ts'
import type { Table } from './client.ts'
import { clientConfig, tableWire } from './client.ts'

const at = new Date('2026-03-01T12:00:00.250Z')

/** An SDK answer without what the SDK adds. */
function plain({ $metadata: _, ...rest }: { $metadata: unknown }): object {
  return rest
}

describe('ecs', () => {
  const ecs = (table: Table) => new ECSClient(clientConfig(tableWire(table)))

  it('hands over a nested input as the client gave it, and where it was sent', async () => {
    const input = {
      family: 'web',
      networkMode: 'bridge' as const,
      volumes: [{ name: 'data', dockerVolumeConfiguration: { driverOpts: { type: 'nfs' } } }],
      containerDefinitions: [
        {
          name: 'nginx',
          image: 'nginx:1.27',
          memory: 128,
          essential: false,
          command: ['sh', '-c', 'echo "ü €" \\ 😀'],
          environment: [],
          dockerLabels: { 'fairlead.dev/simulate': 'exit 1 after 3s' },
          healthCheck: { command: ['CMD', 'true'], startPeriod: 0 },
        },
      ],
    }
    let seen: unknown
    const client = ecs({
      'ecs:RegisterTaskDefinition': (given, { region }) => {
        seen = { given, region }
        return {}
      },
    })
    await client.send(new RegisterTaskDefinitionCommand(input))
    expect(seen).toEqual({ given: input, region: 'eu-west-1' })
  })

  it('carries timestamps both ways with their milliseconds', async () => {
    let seen: unknown
    const client = ecs({
      'ecs:ListServiceDeployments': (given) => {
        seen = given
        return { serviceDeployments: [{ createdAt: at, status: 'SUCCESSFUL' }] }
      },
    })
    const answer = await client.send(
      new ListServiceDeploymentsCommand({ service: 'web', createdAt: { after: at } }),
    )
    expect(seen).toEqual({ service: 'web', createdAt: { after: at } })
    expect(answer.serviceDeployments).toEqual([{ createdAt: at, status: 'SUCCESSFUL' }])
  })

  it('answers empty lists, zeros and false, and nothing that the schema does not name', async () => {
    const client = ecs({
      'ecs:DescribeServices': () => ({
        services: [{ desiredCount: 0, enableExecuteCommand: false, events: [], secret: 1 }],
        failures: [],
        extra: true,
      }),
    })
    const answer = await client.send(new DescribeServicesCommand({ services: ['web'] }))
    expect(plain(answer)).toEqual({
      services: [{ desiredCount: 0, enableExecuteCommand: false, events: [] }],
      failures: [],
    })
  })

  it("throws the exceptions of the client's model, with status, message and further members", async () => {
    const client = ecs({
      'ecs:ListServices': () => {
        throw new AwsError('ClusterNotFoundException', 'Cluster not found.')
      },
      'ecs:CreateService': () => {
        throw new AwsError('ConflictException', 'Busy.', 400, { resourceIds: ['a'] })
      },
    })
    const missing = await client.send(new ListServicesCommand({})).catch((error) => error)
    expect(missing).toBeInstanceOf(ClusterNotFoundException)
    expect(missing).toMatchObject({ message: 'Cluster not found.', $fault: 'client' })
    expect(missing.$metadata).toMatchObject({ httpStatusCode: 400, requestId: expect.any(String) })
    const busy = await client
      .send(new CreateServiceCommand({ serviceName: 'web' }))
      .catch((error) => error)
    expect(busy).toBeInstanceOf(ConflictException)
    expect(busy.resourceIds).toEqual(['a'])
  })

  it("pages with the client's own paginator", async () => {
    const client = ecs({
      'ecs:ListServices': ({ nextToken }) =>
        nextToken ? { serviceArns: ['b'] } : { serviceArns: ['a'], nextToken: 'more' },
    })
    const arns: string[] = []
    for await (const page of paginateListServices({ client }, {})) {
      arns.push(...(page.serviceArns ?? []))
    }
    expect(arns).toEqual(['a', 'b'])
  })

  it('breaks the connection where the answer is to be lost', async () => {
    const client = ecs({
      'ecs:ListServices': () => {
        throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
      },
    })
    await expect(client.send(new ListServicesCommand({}))).rejects.toMatchObject({
      code: 'ECONNRESET',
    })
  })

  it('calls a bug a 500 and tells the owner', async () => {
    const bugs: unknown[] = []
    const wire = tableWire({}, { onBug: (operation, error) => bugs.push([operation, error]) })
    const failure = await new ECSClient(clientConfig(wire))
      .send(new ListServicesCommand({}))
      .catch((error) => error)
    expect(failure).toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } })
    expect(bugs).toEqual([['ecs:ListServices', expect.any(Error)]])
  })
})

describe('tagging', () => {
  it('is told from ECS by its target', async () => {
    const wire = tableWire({
      'tag:GetResources': ({ TagFilters }) => ({
        PaginationToken: '',
        ResourceTagMappingList: [{ ResourceARN: 'arn:x', Tags: [{ Key: 'k', Value: 'v' }] }],
        TagFilters,
      }),
    })
    const answer = await new ResourceGroupsTaggingAPIClient(clientConfig(wire)).send(
      new GetResourcesCommand({ TagFilters: [{ Key: 'k', Values: ['v'] }] }),
    )
    expect(plain(answer)).toEqual({
      PaginationToken: '',
      ResourceTagMappingList: [{ ResourceARN: 'arn:x', Tags: [{ Key: 'k', Value: 'v' }] }],
    })
  })
})

describe('awsQuery', () => {
  it('answers sts, markup in values included', async () => {
    const wire = tableWire({
      'sts:GetCallerIdentity': () => ({ Account: '123456789012', Arn: 'arn:<&>"\'', UserId: '' }),
    })
    const answer = await new STSClient(clientConfig(wire)).send(new GetCallerIdentityCommand({}))
    expect(plain(answer)).toEqual({ Account: '123456789012', Arn: 'arn:<&>"\'', UserId: '' })
    expect(answer.$metadata.httpStatusCode).toBe(200)
  })

  it('takes lists and numbers from a form, and throws by code', async () => {
    let seen: unknown
    const wire = tableWire({
      'sts:AssumeRole': (given) => {
        seen = given
        throw new AwsError('AccessDenied', 'Not <you> & me', 403)
      },
    })
    const input = {
      RoleArn: 'arn:aws:iam::123456789012:role/deploy',
      RoleSessionName: 'a b&c=d',
      DurationSeconds: 900,
      Tags: Array.from({ length: 11 }, (_, n) => ({ Key: `k${n}`, Value: '' })),
    }
    const failure = await new STSClient(clientConfig(wire))
      .send(new AssumeRoleCommand(input))
      .catch((error) => error)
    expect(seen).toEqual(input)
    expect(failure).toMatchObject({ name: 'AccessDenied', message: 'Not <you> & me' })
    expect(failure.$metadata.httpStatusCode).toBe(403)
  })

  it('takes deep structures, booleans and empty lists (Auto Scaling)', async () => {
    const services: WireService[] = [
      {
        name: 'autoscaling',
        protocol: 'query',
        id: '2011-01-01',
        xmlns: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
        load: () => import('@aws-sdk/client-auto-scaling'),
      },
    ]
    let seen: unknown
    const group = {
      AutoScalingGroupName: 'g',
      MinSize: 0,
      MaxSize: 2,
      DesiredCapacity: 1,
      DefaultCooldown: 300,
      AvailabilityZones: ['eu-west-1a'],
      HealthCheckType: 'EC2',
      CreatedTime: new Date('2026-03-01T12:00:00Z'),
      Instances: [],
      Tags: [{ Key: 'a', Value: 'b', PropagateAtLaunch: false }],
    }
    const wire = tableWire(
      {
        'autoscaling:CreateAutoScalingGroup': (given) => {
          seen = given
          return {}
        },
        'autoscaling:DescribeAutoScalingGroups': () => ({ AutoScalingGroups: [group] }),
      },
      { services },
    )
    const client = new AutoScalingClient(clientConfig(wire))
    const input = {
      AutoScalingGroupName: 'g',
      MinSize: 0,
      MaxSize: 2,
      NewInstancesProtectedFromScaleIn: true,
      TerminationPolicies: [],
      MixedInstancesPolicy: {
        LaunchTemplate: {
          Overrides: [{ InstanceType: 'm5.large' }, { InstanceType: 'm6i.large' }],
        },
      },
    }
    await client.send(new CreateAutoScalingGroupCommand(input))
    expect(seen).toEqual(input)
    const answer = await client.send(new DescribeAutoScalingGroupsCommand({}))
    expect(answer.AutoScalingGroups).toEqual([group])
  })
})

describe('ec2Query', () => {
  const services: WireService[] = [
    {
      name: 'ec2',
      protocol: 'ec2',
      id: '2016-11-15',
      xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/',
      load: () => import('@aws-sdk/client-ec2'),
    },
  ]

  it('takes its flattened lists and answers its item lists', async () => {
    let seen: unknown
    const wire = tableWire(
      {
        'ec2:AuthorizeSecurityGroupIngress': (given) => {
          seen = given
          return { Return: true }
        },
        'ec2:DescribeVpcs': () => ({
          Vpcs: [{ VpcId: 'vpc-1', IsDefault: true, Tags: [{ Key: 'a', Value: 'b' }] }],
        }),
      },
      { services },
    )
    const client = new EC2Client(clientConfig(wire))
    const input = {
      GroupId: 'sg-1',
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      ],
    }
    const authorized = await client.send(new AuthorizeSecurityGroupIngressCommand(input))
    expect(seen).toEqual(input)
    expect(authorized.Return).toBe(true)
    const answer = await client.send(new DescribeVpcsCommand({}))
    expect(answer.Vpcs).toEqual([
      { VpcId: 'vpc-1', IsDefault: true, Tags: [{ Key: 'a', Value: 'b' }] },
    ])
  })

  it('has its own envelope of errors', async () => {
    const wire = tableWire(
      {
        'ec2:DescribeVpcs': () => {
          throw new AwsError('InvalidVpcID.NotFound', "The vpc ID 'vpc-1' does not exist")
        },
      },
      { services },
    )
    await expect(
      new EC2Client(clientConfig(wire)).send(new DescribeVpcsCommand({})),
    ).rejects.toMatchObject({
      name: 'InvalidVpcID.NotFound',
      message: "The vpc ID 'vpc-1' does not exist",
    })
  })
})
