/** The file of an application: role, security group, task definition, service. Pure. */
import { fargateStrategy, isEc2, subnetsOf, vpcOf } from './place.ts'
import type { Said } from './question.ts'
import type { Draft } from './yaml.ts'

/** Where Docker takes ports of an instance from. */
const dynamicPorts = [32_768, 60_999] as const

const pairs = (answer: unknown): [string, string][] =>
  [answer ?? []].flat().map((text) => {
    const cut = String(text).indexOf('=')
    return [String(text).slice(0, cut), String(text).slice(cut + 1)]
  })

const portOf = (container: Said) => Number(container.port)
const groupName = (said: Said) => String(said.service || said['task-definition'])

/** Whether a security group is made: for tasks with an address of their own, or behind a load balancer. */
export function needsGroup(said: Said, containers: readonly Said[]): boolean {
  if (!said.service || [said['security-group'] ?? []].flat().length > 0) return false
  if (!containers.some((container) => portOf(container) > 0)) return false
  return isEc2(said) ? said['target-group'] !== '' : true
}

export function groupsOf(said: Said, containers: readonly Said[]): unknown[] {
  if (needsGroup(said, containers)) return [{ ref: groupName(said) }]
  return [said['security-group'] ?? []].flat()
}

export function groupDrafts(said: Said, containers: readonly Said[]): Draft[] {
  if (!needsGroup(said, containers)) return []
  const ports = containers.map(portOf).filter((port) => port > 0)
  const ranges: readonly (readonly [number, number])[] = isEc2(said)
    ? [dynamicPorts]
    : [...new Set(ports)].map((port) => [port, port] as const)
  return [
    {
      kind: 'SecurityGroup',
      name: groupName(said),
      spec: {
        description: `Who may reach ${groupName(said)}`,
        vpcId: vpcOf(said),
        ipPermissions: ranges.map(([fromPort, toPort]) => ({
          ipProtocol: 'tcp',
          fromPort,
          toPort,
          ipRanges: [{ cidrIp: said['allow-from'] }],
        })),
      },
      ...(said['allow-from'] === '0.0.0.0/0'
        ? { notes: { ipPermissions: 'open to the whole internet' } }
        : {}),
    },
  ]
}

const roleName = (said: Said) => `${said['task-definition']}-execution`

/** A role that starts containers is needed for logs, for secrets, and on Fargate for images in ECR. */
export function roleDrafts(said: Said, containers: readonly Said[]): Draft[] {
  if (!needsRole(said, containers)) return []
  const partition = partitionOf(String(said.region))
  const sources = containers.flatMap(({ secret }) => pairs(secret).map(([, from]) => from))
  const Statement = [
    ...(containers.some((container) => container['log-group'])
      ? [{ Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: '*' }]
      : []),
    ...readStatements(sources, said, partition),
  ]
  return [
    {
      kind: 'Role',
      name: roleName(said),
      head: 'With it ECS pulls images, opens log groups and reads secrets for the containers. Their own role is taskRoleArn.',
      spec: {
        assumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'ecs-tasks.amazonaws.com' },
              Action: 'sts:AssumeRole',
            },
          ],
        },
        managedPolicyArns: [
          `arn:${partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy`,
        ],
        ...(Statement.length > 0
          ? {
              policies: [
                { policyName: 'containers', policyDocument: { Version: '2012-10-17', Statement } },
              ],
            }
          : {}),
      },
    },
  ]
}

function needsRole(said: Said, containers: readonly Said[]): boolean {
  if (said['execution-role']) return false
  const used = (container: Said) => container['log-group'] || pairs(container.secret).length > 0
  return !isEc2(said) || containers.some(used)
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

function readStatements(sources: readonly string[], said: Said, partition: string) {
  const secret = (text: string) => text.split(':').slice(0, 7).join(':')
  const parameter = (text: string) =>
    text.startsWith('arn:')
      ? text
      : `arn:${partition}:ssm:${said.region}:*:parameter/${text.replace(/^\//, '')}`
  const isSecret = (text: string) => text.includes(':secretsmanager:')
  const allow = (Action: string, Resource: readonly string[]) =>
    Resource.length > 0 ? [{ Effect: 'Allow', Action, Resource: [...new Set(Resource)] }] : []
  return [
    ...allow('secretsmanager:GetSecretValue', sources.filter(isSecret).map(secret)),
    ...allow('ssm:GetParameters', sources.filter((one) => !isSecret(one)).map(parameter)),
  ]
}

export function taskDrafts(said: Said, containers: readonly Said[]): Draft[] {
  const name = String(said['task-definition'])
  const role =
    said['execution-role'] || (needsRole(said, containers) ? { ref: roleName(said) } : undefined)
  const size = { cpu: Number(said['task-cpu']), memory: Number(said['task-memory']) }
  return [
    {
      kind: 'TaskDefinition',
      name,
      spec: {
        requiresCompatibilities: [isEc2(said) ? 'EC2' : 'FARGATE'],
        networkMode: isEc2(said) ? 'bridge' : 'awsvpc',
        ...(isEc2(said) ? {} : size),
        ...(role ? { executionRoleArn: role } : {}),
        containerDefinitions: containers.map((container) => definitionOf(container, said)),
      },
      notes: notesOf(said, containers),
    },
  ]
}

function definitionOf(container: Said, said: Said): Record<string, unknown> {
  const port = portOf(container)
  const environment = pairs(container.env).map(([name, value]) => ({ name, value }))
  const secrets = pairs(container.secret).map(([name, valueFrom]) => ({ name, valueFrom }))
  const command = container['health-check']
  return {
    name: container.name,
    image: container.image,
    essential: true,
    ...(Number(container.cpu) > 0 ? { cpu: Number(container.cpu) } : {}),
    ...(Number(container.memory) > 0 ? { memory: Number(container.memory) } : {}),
    ...(port > 0
      ? { portMappings: [{ containerPort: port, ...(isEc2(said) ? { hostPort: 0 } : {}) }] }
      : {}),
    ...(environment.length > 0 ? { environment } : {}),
    ...(secrets.length > 0 ? { secrets } : {}),
    ...(command
      ? { healthCheck: { command: ['CMD-SHELL', command], interval: 10, timeout: 5, retries: 3 } }
      : {}),
    ...(container['log-group']
      ? {
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': container['log-group'],
              'awslogs-region': said.region,
              'awslogs-stream-prefix': container.name,
              'awslogs-create-group': 'true',
            },
          },
        }
      : {}),
  }
}

function notesOf(said: Said, containers: readonly Said[]): Record<string, string> {
  const index = containers.findIndex((container) => portOf(container) > 0)
  if (!isEc2(said) || index < 0) return {}
  const why = 'hostPort 0: any free port, so that several tasks fit on one instance'
  return { [`containerDefinitions.${index}.portMappings`]: why }
}

export function serviceDrafts(said: Said, containers: readonly Said[]): Draft[] {
  if (!said.service) return []
  const port = containers.find((container) => portOf(container) > 0)
  const target = said['target-group']
  const groups = groupsOf(said, containers)
  return [
    {
      kind: 'Service',
      name: String(said.service),
      spec: {
        cluster: { ref: said.cluster },
        taskDefinition: { ref: said['task-definition'] },
        desiredCount: Number(said['desired-count']),
        ...(isEc2(said)
          ? {
              capacityProviderStrategy: [
                { capacityProvider: { ref: `${said.cluster}-instances` }, weight: 1 },
              ],
              placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
            }
          : {
              capacityProviderStrategy: fargateStrategy(String(said['fargate-capacity'])),
              networkConfiguration: {
                awsvpcConfiguration: {
                  subnets: subnetsOf(said),
                  ...(groups.length > 0 ? { securityGroups: groups } : {}),
                  assignPublicIp: said['public-ip'] === 'yes' ? 'ENABLED' : 'DISABLED',
                },
              },
            }),
        ...(target && port
          ? {
              loadBalancers: [
                { targetGroupArn: target, containerName: port.name, containerPort: portOf(port) },
              ],
              healthCheckGracePeriodSeconds: 60,
            }
          : {}),
        deploymentConfiguration: {
          minimumHealthyPercent: 100,
          maximumPercent: 200,
          deploymentCircuitBreaker: { enable: true, rollback: true },
        },
      },
      notes: {
        desiredCount: 'leave it out when something else scales the service',
        'deploymentConfiguration.deploymentCircuitBreaker': 'a roll-out that fails is taken back',
        ...(isEc2(said)
          ? {}
          : {
              'networkConfiguration.awsvpcConfiguration.assignPublicIp':
                'without it, images are reached only through a NAT gateway',
            }),
      },
    },
  ]
}
