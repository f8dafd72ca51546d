/** What `explain` adds to AWS's words: how fairlead treats a field, and the rules that it checks. By kind and path. */

export const notes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AutoScalingGroup: {
    autoScalingGroupName: 'Default: metadata.name behind the prefix of the environment.',
    desiredCapacity:
      'Leave it out and whoever scales the group owns it. Under managed scaling of a capacity provider it counts at creation only.',
    vpcZoneIdentifier:
      'Text with commas between, or a list; { ref: Network/name } means all its subnets.',
    launchTemplate:
      'Or mixedInstancesPolicy. Another version is rolled out by an instance refresh, where it is a number or a reference.',
    'launchTemplate.version':
      '$Latest and $Default are resolved at each launch: instances that run are then left alone.',
    instanceRefresh:
      'Started when instances differ from the template or the types that Git says. A newer version cancels the one before. One that failed is not tried again until Git changes, or fairlead.dev/retry gets a new value.',
    loadBalancerNames: 'Attached at creation only.',
    targetGroupARNs: 'Attached at creation only. Services of ECS register their tasks themselves.',
    trafficSources: 'Attached at creation only.',
    tags: 'At most 43, since AWS takes 50 and fairlead writes some of its own, which instances do not get.',
  },
  CapacityProvider: {
    name: 'Default: metadata.name behind the prefix of the environment. Not beginning with aws, ecs or fargate.',
    'autoScalingGroupProvider.autoScalingGroupArn':
      'The name of the group is taken too. It cannot change later.',
    'autoScalingGroupProvider.managedTerminationProtection':
      'Needs managedScaling with status ENABLED, and newInstancesProtectedFromScaleIn on the group.',
  },
  Cluster: {
    clusterName: 'Default: metadata.name behind the prefix of the environment.',
    tags: 'At most 43, since AWS takes 50 and fairlead writes some of its own. Keys beginning with aws: and fairlead: are reserved.',
    capacityProviders:
      'Those that Git declares here, those whose manifests name the cluster, and any that others attached: none is detached for not being named.',
    defaultCapacityProviderStrategy:
      'At most 20 items, one base, not every weight 0, and Fargate not mixed with other providers.',
  },
  TaskDefinition: {
    family: 'Default: metadata.name behind the prefix of the environment.',
    containerDefinitions:
      '1 to 10 containers with names of their own. At least one is essential: when an essential container ends, its task ends.',
    'containerDefinitions.memory':
      'Needed (or memoryReservation) where the task has no memory; greater than memoryReservation; all containers together at most the memory of the task.',
    'containerDefinitions.dependsOn':
      'No circles. COMPLETE and SUCCESS need a container that is not essential, HEALTHY one with a healthCheck.',
    'containerDefinitions.portMappings':
      'With networkMode awsvpc and host the host port is the container port. No port of the host twice in one task.',
    'containerDefinitions.healthCheck':
      'The command begins with CMD or CMD-SHELL. interval 5 to 300, timeout 2 to 60, retries 1 to 10, startPeriod 0 to 300.',
    'containerDefinitions.secrets': 'Needs executionRoleArn. No name that environment has too.',
    'containerDefinitions.mountPoints': 'Each sourceVolume is the name of one of spec.volumes.',
    cpu: 'Words such as "0.5 vCPU" are taken as CPU units. On Fargate: 256, 512, 1024, 2048, 4096, 8192 or 16384.',
    memory:
      'Words such as "2 GB" are taken as MiB. On Fargate, by cpu: 256: 512, 1024, 2048; 512: 1024 to 4096; 1024: 2048 to 8192; 2048: 4096 to 16384; 4096: 8192 to 30720, each in steps of 1024; 8192: 16384 to 61440 in steps of 4096; 16384: 32768 to 122880 in steps of 8192.',
    networkMode: 'Fargate needs awsvpc. awsvpc needs a networkConfiguration in the service.',
    volumes:
      'At most one with configuredAtLaunch, which the service then describes in volumeConfigurations.',
    ephemeralStorage: '21 to 200 GiB, on Fargate only.',
  },
  Service: {
    serviceName: 'Default: metadata.name behind the prefix of the environment.',
    cluster: 'Without it AWS takes the cluster called default. It cannot change later.',
    taskDefinition: 'A new revision of the TaskDefinition referred to is rolled out.',
    desiredCount:
      'Leave it out and whoever scales the service owns it; it is created with 1. Not for DAEMON services.',
    deploymentConfiguration:
      'maximumPercent must be above minimumHealthyPercent (defaults 200 and 100), or no deployment could move.',
    capacityProviderStrategy:
      'Not together with launchType. At most 20 items, one base, not every weight 0, and Fargate not mixed with other providers.',
    loadBalancers: 'At most 5. containerName and containerPort must be in the task definition.',
    networkConfiguration: 'Needed with, and only with, a task definition of networkMode awsvpc.',
    placementConstraints: 'At most 10 together with those of the task definition. Not on Fargate.',
    placementStrategy: 'At most 5, in order. Not on Fargate, not for DAEMON services.',
  },
}
