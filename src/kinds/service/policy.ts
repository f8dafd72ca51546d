/**
 * The fields of a service: what a change does, what is put back when Git leaves it out, and AWS's defaults.
 * Rests on CreateService, UpdateService and DescribeServices in the Amazon ECS API reference. Everything that is not
 * `createOnly` is set by UpdateService. Never `resets`: what deploys, carries traffic or attaches capacity.
 */
import type { Field, Fields, Place } from '../../diff.ts'

const plain: Field = {}
const computed: Field = { computed: true }
const byName: Field['key'] = (item) => String(item.name)
const secrets: Field = {
  key: byName,
  value: 'valueFrom',
  fields: { name: plain, valueFrom: plain },
}

const isDaemon = ({ root }: Place) => root.schedulingStrategy === 'DAEMON'

/** `web` is the newest revision of a family to AWS, which answers with a revision's ARN. */
const sameRevision: Field['alike'] = (want, live) => {
  const revision = String(live).split('/').pop()!
  return want === revision || want === revision.split(':')[0]
}

/** AWS takes a namespace's name and gives its ARN back: from here the two cannot be told apart. */
const namespaceAlike: Field['alike'] = (want, live) =>
  !String(want).startsWith('arn:') && String(live).startsWith('arn:')

/** Roles are given by name or ARN, and come back as ARNs. */
const roleAlike: Field['alike'] = (want, live) => String(live).split('/').pop() === want

const deploymentConfiguration: Fields = {
  maximumPercent: { defaultFor: (place) => (isDaemon(place) ? 100 : 200), resets: true },
  minimumHealthyPercent: { defaultFor: (place) => (isDaemon(place) ? 0 : 100), resets: true },
  deploymentCircuitBreaker: {
    resets: true,
    fields: {
      enable: { default: false },
      rollback: { default: false },
      // Both are newer than some regions and emulators: absent there is the default here.
      resetOnHealthyTask: { default: true },
      thresholdConfiguration: { default: { type: 'BOUNDED_PERCENT', value: 50 } },
    },
  },
  alarms: {
    resets: true,
    fields: {
      alarmNames: { list: 'set' },
      enable: { default: false },
      rollback: { default: false },
    },
  },
  strategy: { default: 'ROLLING' },
  bakeTimeInMinutes: { default: 0 },
  lifecycleHooks: plain,
  linearConfiguration: {
    fields: { stepPercent: { default: 10 }, stepBakeTimeInMinutes: { default: 6 } },
  },
  canaryConfiguration: {
    fields: { canaryPercent: { default: 5 }, canaryBakeTimeInMinutes: { default: 10 } },
  },
  earlySuccessCriteria: plain,
}

const loadBalancer: Fields = {
  targetGroupArn: plain,
  loadBalancerName: plain,
  containerName: plain,
  containerPort: plain,
  advancedConfiguration: {
    fields: {
      alternateTargetGroupArn: plain,
      productionListenerRule: plain,
      testListenerRule: plain,
      roleArn: plain,
    },
  },
}

const serviceConnectService: Fields = {
  portName: plain,
  discoveryName: computed,
  clientAliases: {
    key: (item) => String(item.port),
    fields: { port: plain, dnsName: computed, testTrafficRules: plain },
  },
  ingressPortOverride: plain,
  timeout: {
    fields: { idleTimeoutSeconds: computed, perRequestTimeoutSeconds: computed },
  },
  tls: { fields: { issuerCertificateAuthority: plain, kmsKey: plain, roleArn: plain } },
}

const managedVolume: Fields = {
  encrypted: computed,
  kmsKeyId: computed,
  volumeType: { default: 'gp3' },
  sizeInGiB: computed,
  snapshotId: plain,
  volumeInitializationRate: computed,
  iops: computed,
  throughput: computed,
  tagSpecifications: {
    key: (item) => String(item.resourceType),
    fields: {
      resourceType: plain,
      tags: {
        key: (item) => String(item.key),
        value: 'value',
        fields: { key: plain, value: plain },
      },
      propagateTags: { default: 'NONE' },
    },
  },
  roleArn: plain,
  filesystemType: { default: 'xfs' },
}

export const fields: Fields = {
  taskDefinition: { deploys: true, computed: true, alike: sameRevision },
  desiredCount: computed,
  launchType: {
    computed: true,
    createOnly: 'only a capacityProviderStrategy can take its place',
  },
  capacityProviderStrategy: {
    deploys: true,
    key: (item) => String(item.capacityProvider),
    fields: { capacityProvider: plain, weight: { default: 0 }, base: { default: 0 } },
  },
  platformVersion: { deploys: true, default: 'LATEST' },
  networkConfiguration: {
    deploys: true,
    merge: true,
    fields: {
      awsvpcConfiguration: {
        merge: true,
        fields: {
          subnets: { list: 'set' },
          securityGroups: { list: 'set' },
          assignPublicIp: { default: 'DISABLED' },
        },
      },
    },
  },
  loadBalancers: {
    deploys: true,
    key: (item) =>
      `${item.containerName}:${item.containerPort} ${String(
        item.targetGroupArn ?? item.loadBalancerName,
      )
        .split(':')
        .pop()}`,
    fields: loadBalancer,
  },
  serviceRegistries: {
    deploys: true,
    key: (item) => String(item.registryArn),
    fields: { registryArn: plain, port: plain, containerName: plain, containerPort: plain },
  },
  serviceConnectConfiguration: {
    deploys: true,
    fields: {
      enabled: plain,
      namespace: { computed: true, alike: namespaceAlike },
      services: { key: (item) => String(item.portName), fields: serviceConnectService },
      logConfiguration: {
        fields: { logDriver: plain, options: { map: true }, secretOptions: secrets },
      },
      accessLogConfiguration: {
        fields: { format: plain, includeQueryParameters: { default: 'DISABLED' } },
      },
    },
  },
  volumeConfigurations: {
    deploys: true,
    key: byName,
    fields: { name: plain, managedEBSVolume: { fields: managedVolume } },
  },
  vpcLatticeConfigurations: {
    deploys: true,
    key: (item) => String(item.portName),
    fields: {
      roleArn: plain,
      targetGroupArn: plain,
      portName: plain,
      advancedConfiguration: plain,
    },
  },
  deploymentConfiguration: { merge: true, fields: deploymentConfiguration },
  availabilityZoneRebalancing: computed,
  placementConstraints: { list: 'set', resets: true },
  placementStrategy: { resets: true },
  healthCheckGracePeriodSeconds: { default: 0, resets: true },
  enableExecuteCommand: { default: false, resets: true },
  enableECSManagedTags: { default: false, resets: true },
  propagateTags: { default: 'NONE', resets: true },
  schedulingStrategy: {
    default: 'REPLICA',
    createOnly: 'AWS fixes it when the service is created',
  },
  deploymentController: {
    fields: { type: { default: 'ECS' } },
    createOnly: 'who deploys the service is chosen when it is created',
  },
  role: { computed: true, alike: roleAlike, createOnly: 'UpdateService does not take it' },
}

/** The fields whose change starts a deployment: the content of a service revision. */
export const deployingFields: Fields = Object.fromEntries(
  Object.entries(fields).filter(([, field]) => field.deploys),
)

/** What CreateService takes and no Describe shows for a service: never compared. */
export const unseen: readonly string[] = ['gatewayConnectors', 'monitoring']

const byScheduler = [
  'desiredCount',
  'healthCheckGracePeriodSeconds',
  'placementConstraints',
  'placementStrategy',
  'enableECSManagedTags',
  'propagateTags',
]

/** The fields that stay with us when another deployment controller does the deploying. */
export const ownFields: Readonly<Record<string, readonly string[]>> = {
  CODE_DEPLOY: [...byScheduler, 'deploymentConfiguration'],
  EXTERNAL: byScheduler,
}
