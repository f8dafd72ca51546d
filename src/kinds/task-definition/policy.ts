/**
 * The fields of a task definition: how each is compared and what AWS takes when it is left out.
 * Nothing in a revision can be updated, so the table has no more to say. Rests on the descriptions of
 * RegisterTaskDefinition and ContainerDefinition in the Amazon ECS API reference.
 *
 * A change here can change hashes; the golden hashes in test/kinds/task-definition say for which shapes.
 */
import type { Field, Fields, Place } from '../../diff.ts'

const plain: Field = {}
const off: Field = { default: false }
const byName: Field['key'] = (item) => String(item.name)

const onFargate = ({ root }: Place) =>
  Array.isArray(root.requiresCompatibilities) && root.requiresCompatibilities.includes('FARGATE')

const onWindows = ({ root }: Place) =>
  String(
    (root.runtimePlatform as { operatingSystemFamily?: string })?.operatingSystemFamily,
  ).startsWith('WINDOWS')

/** Task sizes come back as whole CPU units and MiB, however they were spelled: `.5 vCPU` is 512, `2 GB` is 2048. */
function inUnits(value: unknown): unknown {
  const match = /^\s*(\d*\.?\d+)\s*(vcpu|gb)?\s*$/i.exec(String(value))
  if (!match) return value
  return String(match[2] ? Math.round(Number(match[1]) * 1024) : Number(match[1]))
}

const portMapping: Fields = {
  containerPort: plain,
  containerPortRange: plain,
  // Bridge networks pick a port (0); in the other modes the host's port is the container's.
  hostPort: {
    defaultFor: ({ parent, root }) => {
      if (parent.containerPortRange !== undefined) return undefined
      const own = root.networkMode === 'awsvpc' || root.networkMode === 'host'
      return own ? parent.containerPort : 0
    },
  },
  protocol: { default: 'tcp' },
  name: plain,
  appProtocol: plain,
}

const secrets: Field = {
  key: byName,
  value: 'valueFrom',
  fields: { name: plain, valueFrom: plain },
}

const linuxParameters: Fields = {
  capabilities: { fields: { add: { list: 'set' }, drop: { list: 'set' } } },
  devices: {
    key: (item) => String(item.hostPath),
    fields: {
      hostPath: plain,
      containerPath: { defaultFor: ({ parent }) => parent.hostPath },
      permissions: { list: 'set', default: ['mknod', 'read', 'write'] },
    },
  },
  initProcessEnabled: off,
  sharedMemorySize: plain,
  tmpfs: {
    key: (item) => String(item.containerPath),
    fields: { containerPath: plain, size: plain, mountOptions: { list: 'set' } },
  },
  maxSwap: plain,
  swappiness: plain,
}

const container: Fields = {
  name: plain,
  image: plain,
  repositoryCredentials: { fields: { credentialsParameter: plain } },
  cpu: { default: 0 },
  memory: plain,
  memoryReservation: plain,
  links: plain,
  portMappings: {
    key: (item) => `${item.containerPort ?? item.containerPortRange}/${item.protocol ?? 'tcp'}`,
    fields: portMapping,
  },
  essential: { default: true },
  restartPolicy: {
    fields: {
      enabled: plain,
      ignoredExitCodes: { list: 'set' },
      restartAttemptPeriod: { default: 300 },
    },
  },
  entryPoint: plain,
  command: plain,
  // Read back in another order, so compared as the map that it is.
  environment: {
    key: byName,
    value: 'value',
    fields: { name: plain, value: { default: '' } },
  },
  environmentFiles: plain,
  mountPoints: {
    key: (item) => String(item.containerPath),
    fields: { sourceVolume: plain, containerPath: plain, readOnly: off },
  },
  volumesFrom: {
    key: (item) => String(item.sourceContainer),
    fields: { sourceContainer: plain, readOnly: off },
  },
  linuxParameters: { fields: linuxParameters },
  secrets,
  dependsOn: {
    key: (item) => String(item.containerName),
    fields: { containerName: plain, condition: plain },
  },
  startTimeout: plain,
  stopTimeout: plain,
  versionConsistency: { default: 'enabled' },
  hostname: plain,
  user: plain,
  workingDirectory: plain,
  disableNetworking: off,
  privileged: off,
  readonlyRootFilesystem: off,
  dnsServers: plain,
  dnsSearchDomains: plain,
  extraHosts: {
    key: (item) => String(item.hostname),
    fields: { hostname: plain, ipAddress: plain },
  },
  dockerSecurityOptions: plain,
  interactive: off,
  pseudoTerminal: off,
  dockerLabels: { map: true },
  ulimits: { key: byName, fields: { name: plain, softLimit: plain, hardLimit: plain } },
  logConfiguration: {
    fields: { logDriver: plain, options: { map: true }, secretOptions: secrets },
  },
  healthCheck: {
    fields: {
      command: plain,
      interval: { default: 30 },
      timeout: { default: 5 },
      retries: { default: 3 },
      startPeriod: { default: 0 },
    },
  },
  systemControls: {
    key: (item) => String(item.namespace),
    fields: { namespace: plain, value: plain },
  },
  resourceRequirements: {
    key: (item) => String(item.type),
    fields: { type: plain, value: plain, sharingStrategy: plain },
  },
  firelensConfiguration: { fields: { type: plain, options: { map: true } } },
  credentialSpecs: plain,
}

const volume: Fields = {
  name: plain,
  host: { fields: { sourcePath: plain } },
  dockerVolumeConfiguration: {
    fields: {
      scope: { default: 'task' },
      autoprovision: off,
      driver: { default: 'local' },
      driverOpts: { map: true },
      labels: { map: true },
    },
  },
  efsVolumeConfiguration: {
    fields: {
      fileSystemId: plain,
      rootDirectory: { default: '/' },
      transitEncryption: { default: 'DISABLED' },
      transitEncryptionPort: plain,
      authorizationConfig: { fields: { accessPointId: plain, iam: { default: 'DISABLED' } } },
    },
  },
  s3filesVolumeConfiguration: {
    fields: {
      fileSystemArn: plain,
      rootDirectory: { default: '/' },
      transitEncryptionPort: plain,
      accessPointArn: plain,
    },
  },
  fsxWindowsFileServerVolumeConfiguration: {
    fields: {
      fileSystemId: plain,
      rootDirectory: plain,
      authorizationConfig: { fields: { credentialsParameter: plain, domain: plain } },
    },
  },
  configuredAtLaunch: off,
}

export const fields: Fields = {
  taskRoleArn: plain,
  executionRoleArn: plain,
  networkMode: { defaultFor: (place) => (onWindows(place) ? 'default' : 'bridge') },
  containerDefinitions: { key: byName, fields: container },
  volumes: { key: byName, fields: volume },
  placementConstraints: { list: 'set' },
  requiresCompatibilities: { list: 'set' },
  cpu: { normalise: inUnits },
  memory: { normalise: inUnits },
  pidMode: plain,
  ipcMode: plain,
  proxyConfiguration: {
    fields: {
      type: { default: 'APPMESH' },
      containerName: plain,
      properties: {
        key: byName,
        value: 'value',
        fields: { name: plain, value: { default: '' } },
      },
    },
  },
  inferenceAccelerators: {
    key: (item) => String(item.deviceName),
    fields: { deviceName: plain, deviceType: plain },
  },
  ephemeralStorage: { fields: { sizeInGiB: plain } },
  runtimePlatform: {
    fields: {
      cpuArchitecture: { defaultFor: (place) => (onFargate(place) ? 'X86_64' : undefined) },
      operatingSystemFamily: { defaultFor: (place) => (onFargate(place) ? 'LINUX' : undefined) },
    },
  },
  enableFaultInjection: off,
}
