/** Services that fail, one for each cause: what Git says, what happens meanwhile, and what the report must blame. */
import type { Rig, RigOptions } from '../rig.ts'
import { capacity } from './capacity.ts'
import { document, files, type Shop, shop } from './shop.ts'

type Files = Readonly<Record<string, string>>

export interface Case {
  readonly name: string
  /** Of the golden. */
  readonly file: string
  readonly cause: string
  readonly rig?: RigOptions
  readonly before?: (rig: Rig) => Promise<unknown>
  /** What runs before; absent: the first deployment fails. */
  readonly good?: Files
  readonly bad: Files
  readonly during?: (rig: Rig) => Promise<unknown>
  /** Until when it is watched; else until the service is Degraded. */
  readonly until?: (rig: Rig) => boolean
}

const minutes = (count: number) => (rig: Rig) => {
  const rollout = rig.events.findLast(({ message }) => /UpdateService|CreateService/.test(message))
  return rollout !== undefined && rig.clock.now() - rollout.atMs > count * 60_000
}

/** The container `app`, with more to it than its image. */
const app = (container: Record<string, unknown>, more: Record<string, unknown> = {}): Shop => ({
  definition: {
    containerDefinitions: [{ name: 'app', image: 'nginx:1.27', ...container }],
    ...more,
  },
})
const simulated = (text: string) => ({ dockerLabels: { 'fairlead.dev/simulate': text } })

const check = { command: ['CMD-SHELL', 'curl -f http://localhost/health'], interval: 10 }

const targetGroup = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web'

/** A service on the container instances of a cluster, without a capacity provider. */
const onEc2 = (definition: Record<string, unknown>, service: Record<string, unknown> = {}): Files =>
  files(
    document('Cluster', 'shop'),
    document('TaskDefinition', 'web', definition),
    document('Service', 'web', {
      cluster: { ref: 'shop' },
      taskDefinition: { ref: 'web' },
      desiredCount: 2,
      ...service,
    }),
  )
const web = (container: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  containerDefinitions: [{ name: 'app', image: 'nginx:1.27', memory: 128, ...container }],
  ...more,
})

export const cases: readonly Case[] = [
  {
    name: 'an image that does not exist',
    file: 'image-not-found',
    cause: 'ImageNotFound',
    good: shop(),
    bad: shop({ image: 'nginx:no-such-tag', simulate: 'cannot pull' }),
  },
  {
    name: 'a program that crashes',
    file: 'crash',
    cause: 'EssentialContainerExited',
    good: shop(app({ environment: [{ name: 'DB_HOST', value: 'db-1' }] })),
    bad: shop(
      app({ environment: [{ name: 'DB_HOST', value: 'db-2' }], ...simulated('exit 1 after 3s') }),
    ),
  },
  {
    name: 'a program that ends well, though a service must not',
    file: 'exit-0',
    cause: 'EssentialContainerExited',
    bad: shop(app(simulated('exit 0 after 10s'))),
  },
  {
    name: 'too little memory',
    file: 'out-of-memory',
    cause: 'OutOfMemory',
    good: shop(app({ memory: 512 })),
    bad: shop(app({ memory: 256, ...simulated('oom after 5s') })),
  },
  {
    name: 'a container that fails its own check',
    file: 'container-health',
    cause: 'ContainerHealthCheck',
    good: shop(app({ healthCheck: { command: ['CMD', 'true'] } })),
    bad: shop(app({ healthCheck: check, ...simulated('unhealthy after 10s') })),
  },
  {
    name: 'no container instances',
    file: 'no-instances',
    cause: 'NoInstances',
    bad: onEc2(web()),
    until: minutes(3),
  },
  {
    name: 'more memory than any instance has free',
    file: 'no-memory',
    cause: 'NoCapacity',
    rig: { simulator: { containerInstances: 3 } },
    good: onEc2(web()),
    bad: onEc2(web({ memory: 6000 })),
    until: minutes(3),
  },
  {
    name: 'a host port that is taken',
    file: 'port-conflict',
    cause: 'PortConflict',
    rig: { simulator: { containerInstances: 2 } },
    good: onEc2(web({ portMappings: [{ containerPort: 80, hostPort: 8080 }] })),
    bad: onEc2(web({ portMappings: [{ containerPort: 80, hostPort: 8080 }], image: 'nginx:1.28' })),
    until: minutes(4),
  },
  {
    name: 'a deployment that somebody stops',
    file: 'stopped-by-hand',
    cause: 'StoppedByHand',
    good: shop(),
    bad: shop({ image: 'nginx:1.28' }),
    during: async (rig) => {
      await rig.clock.advance(20_000)
      const { services } = (await rig.aws('ecs:DescribeServices', {
        cluster: 'shop',
        services: ['web'],
      })) as { services: { currentServiceDeployment: string }[] }
      await rig.aws('ecs:StopServiceDeployment', {
        serviceDeploymentArn: services[0]!.currentServiceDeployment,
      })
    },
  },
]

void capacity
void targetGroup
