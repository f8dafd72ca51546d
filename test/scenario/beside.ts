/** The manifests of the stories about what gets another name in AWS, and how the stories look at the world. */
import type { Rig } from '../rig.ts'
import { quickGroup } from './front-door.ts'
import { roleSpec, templateData } from './means.ts'
import { document, files, minute, shop } from './shop.ts'

type Spec = Record<string, unknown>
type Annotations = Record<string, string>

export const allowed = { replace: 'allowed' }

/** A service by its name in AWS. */
export const named = (serviceName: string, annotations: Annotations = {}, service: Spec = {}) =>
  shop({ service: { serviceName, ...service }, annotations })

const group = (name: string, spec: Spec, annotations: Annotations = {}) =>
  document('TargetGroup', name, { ...quickGroup, ...spec }, annotations)

/** A rolling service behind a load balancer. */
export const front = (target: Spec, annotations: Annotations = {}, service: Spec = {}) =>
  shop({
    definition: {
      containerDefinitions: [
        { name: 'app', image: 'nginx:1.27', portMappings: [{ containerPort: 80 }] },
      ],
    },
    service: {
      loadBalancers: [{ targetGroupArn: { ref: 'web' }, containerName: 'app', containerPort: 80 }],
      ...service,
    },
    more: [
      document('LoadBalancer', 'front', {
        subnets: ['subnet-0defa00000000000a', 'subnet-0defa00000000000b'],
      }),
      group('web', target, annotations),
      document('Listener', 'http', {
        loadBalancerArn: { ref: 'front' },
        protocol: 'HTTP',
        port: 80,
        defaultActions: [{ type: 'forward', targetGroupArn: { ref: 'web' } }],
      }),
    ],
  })

/** A service in a security group, another group that lets it in, and nothing else. */
export const grouped = (groupName: string, annotations: Annotations = {}, more: Spec = {}) =>
  shop({
    service: {
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['subnet-0defa00000000000a'],
          securityGroups: [{ ref: 'web' }],
        },
      },
    },
    more: [
      document(
        'SecurityGroup',
        'web',
        { groupName, description: 'tasks', vpcId: 'vpc-0defa000000000000', ...more },
        annotations,
      ),
      document('SecurityGroup', 'db', {
        description: 'data',
        vpcId: 'vpc-0defa000000000000',
        ipPermissions: [
          {
            ipProtocol: 'tcp',
            fromPort: 5432,
            toPort: 5432,
            userIdGroupPairs: [{ groupId: { ref: 'web' } }],
          },
        ],
      }),
    ],
  })

/** A service on instances of one of two groups, by a provider that stands on that one. */
export const provided = (name: string, on: string, annotations: Annotations = {}) =>
  files(
    document('Cluster', 'shop'),
    document('Role', 'host', { ...roleSpec, policies: [] }),
    document('InstanceProfile', 'host', { roles: [{ ref: 'host' }] }),
    document('LaunchTemplate', 'host', {
      launchTemplateData: {
        ...templateData,
        iamInstanceProfile: { name: { ref: 'host' } },
      },
    }),
    ...['one', 'two'].map((each) =>
      document('AutoScalingGroup', each, {
        minSize: 1,
        maxSize: 3,
        launchTemplate: { launchTemplateId: { ref: 'host' } },
        vpcZoneIdentifier: ['subnet-0defa00000000000a'],
      }),
    ),
    document(
      'CapacityProvider',
      'hosts',
      {
        name,
        cluster: { ref: 'shop' },
        autoScalingGroupProvider: { autoScalingGroupArn: { ref: on } },
      },
      annotations,
    ),
    document('TaskDefinition', 'web', {
      containerDefinitions: [{ name: 'web', image: 'nginx:1.27', memory: 256 }],
    }),
    document('Service', 'web', {
      cluster: { ref: 'shop' },
      taskDefinition: { ref: 'web' },
      desiredCount: 2,
      capacityProviderStrategy: [{ capacityProvider: { ref: 'hosts' }, weight: 1 }],
    }),
  )

/** Runs until all is Ready and still, looking at the world after each second. */
export async function watching(rig: Rig, look: () => void, limitMs = 30 * minute): Promise<void> {
  for (let ms = 0; ms < limitMs; ms += 1_000) {
    await rig.clock.advance(1_000)
    look()
    if (ms > 5_000 && rig.controller.state() === 'ready') return
  }
  await rig.ready(1)
}

/** Tasks of the service family that run. */
export const running = (rig: Rig): number =>
  [...rig.simulator.world().tasks.values()].filter(({ task }) => task.lastStatus === 'RUNNING')
    .length

export const targetGroups = (rig: Rig): string[] =>
  [...rig.simulator.world().elbv2.targetGroups.values()]
    .map(({ group: { TargetGroupName } }) => TargetGroupName ?? '')
    .sort()
