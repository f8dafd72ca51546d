/** The same shop as manifests, of the very resources that Terraform made. */
import { region, type ServedForTest } from './simulated.ts'
import { name } from './terraform-shop.ts'

type Spec = Record<string, unknown>

/** The ids that AWS gave what Terraform made, as Terraform's own outputs would say them. */
function idsIn({ call }: ServedForTest) {
  const [vpc] = call('ec2:DescribeVpcs', {
    Filters: [{ Name: 'tag:Name', Values: [name] }],
  }).Vpcs
  const inVpc = { Filters: [{ Name: 'vpc-id', Values: [vpc.VpcId] }] }
  const attached = { Filters: [{ Name: 'attachment.vpc-id', Values: [vpc.VpcId] }] }
  const tables = call('ec2:DescribeRouteTables', inVpc).RouteTables as {
    RouteTableId: string
    Tags?: object[]
  }[]
  const [version] = call('ec2:DescribeLaunchTemplateVersions', {
    LaunchTemplateName: `${name}-host`,
  }).LaunchTemplateVersions
  return {
    vpc: vpc.VpcId as string,
    subnets: (
      call('ec2:DescribeSubnets', inVpc).Subnets as { SubnetId: string; CidrBlock: string }[]
    )
      .toSorted((a, b) => (a.CidrBlock < b.CidrBlock ? -1 : 1))
      .map(({ SubnetId }) => SubnetId),
    gateway: call('ec2:DescribeInternetGateways', attached).InternetGateways[0]
      .InternetGatewayId as string,
    table: tables.find(({ Tags }) => Tags?.length)!.RouteTableId,
    image: version.LaunchTemplateData.ImageId as string,
  }
}

/** Manifests of what Terraform made, with the tag of each service's image; without `adopt` they do not take it over. */
export function manifestsOf(
  simulated: ServedForTest,
  images: readonly string[],
  { adopt = true }: { readonly adopt?: boolean } = {},
): string {
  const id = idsIn(simulated)
  const ref = (to: string) => ({ ref: to })
  const document = (kind: string, called: string, spec: Spec, annotations: Spec) =>
    JSON.stringify({
      apiVersion: 'fairlead.dev/v1alpha1',
      kind,
      metadata: { name: called, annotations },
      spec,
    })
  const taken = (kind: string, called: string, spec: Spec) =>
    document(kind, called, spec, adopt ? { 'fairlead.dev/adopt': 'unchanged' } : {})
  const seen = (kind: string, called: string) =>
    document(kind, called, {}, { 'fairlead.dev/mode': 'observe' })
  const subnets = [ref('public-0'), ref('public-1')]
  return [
    taken('Vpc', 'main', { vpcId: id.vpc, cidrBlock: '10.0.0.0/16', enableDnsHostnames: true }),
    ...id.subnets.map((subnetId, i) =>
      taken('Subnet', `public-${i}`, {
        subnetId,
        vpcId: ref('main'),
        cidrBlock: `10.0.${i}.0/24`,
        availabilityZone: `${region}${'ab'[i]}`,
        mapPublicIpOnLaunch: true,
      }),
    ),
    taken('InternetGateway', 'main', { internetGatewayId: id.gateway, vpcId: ref('main') }),
    taken('RouteTable', 'public', {
      routeTableId: id.table,
      vpcId: ref('main'),
      routes: [{ destinationCidrBlock: '0.0.0.0/0', gatewayId: ref('main') }],
      associations: subnets.map((subnetId) => ({ subnetId })),
    }),
    taken('SecurityGroup', 'hosts', {
      groupName: `${name}-hosts`,
      description: 'ECS hosts',
      vpcId: ref('main'),
      ipPermissions: [
        {
          ipProtocol: 'tcp',
          fromPort: 32768,
          toPort: 65535,
          ipRanges: [{ cidrIp: '10.0.0.0/16', description: 'dynamic host ports inside the VPC' }],
        },
      ],
      ipPermissionsEgress: [{ ipProtocol: '-1', ipRanges: [{ cidrIp: '0.0.0.0/0' }] }],
    }),
    taken('Role', 'host', {
      roleName: `${name}-ecsInstanceRole`,
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'ec2.amazonaws.com' },
          },
        ],
      },
      managedPolicyArns: [
        'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role',
      ],
      policies: [
        {
          policyName: 'logs',
          policyDocument: {
            Version: '2012-10-17',
            Statement: { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' },
          },
        },
      ],
    }),
    taken('InstanceProfile', 'host', {
      instanceProfileName: `${name}-ecsInstanceRole`,
      roles: [ref('host')],
    }),
    taken('LaunchTemplate', 'host', {
      launchTemplateName: `${name}-host`,
      launchTemplateData: {
        imageId: id.image,
        instanceType: 'm5.large',
        securityGroupIds: [ref('hosts')],
        iamInstanceProfile: { arn: ref('host') },
        userData: `#!/bin/sh\necho ECS_CLUSTER=${name} >> /etc/ecs/ecs.config\n`,
      },
    }),
    taken('AutoScalingGroup', 'hosts', {
      autoScalingGroupName: `${name}-hosts`,
      minSize: 2,
      maxSize: 10,
      vpcZoneIdentifier: subnets,
      launchTemplate: { launchTemplateId: ref('host'), version: '1' },
    }),
    taken('CapacityProvider', 'hosts', {
      name: `${name}-hosts`,
      autoScalingGroupProvider: {
        autoScalingGroupArn: ref('hosts'),
        managedTerminationProtection: 'DISABLED',
        managedScaling: {
          status: 'ENABLED',
          targetCapacity: 100,
          minimumScalingStepSize: 1,
          maximumScalingStepSize: 10,
        },
      },
    }),
    taken('Cluster', 'main', {
      clusterName: name,
      capacityProviders: [ref('hosts')],
      defaultCapacityProviderStrategy: [{ capacityProvider: ref('hosts'), weight: 1 }],
    }),
    taken('Repository', 'app', { repositoryName: `${name}/app` }),
    ...images.flatMap((tag, i) => [
      taken('TaskDefinition', `svc-${i}`, {
        family: `${name}-svc-${i}`,
        networkMode: 'bridge',
        requiresCompatibilities: ['EC2'],
        containerDefinitions: [
          {
            name: 'app',
            image: `123456789012.dkr.ecr.${region}.amazonaws.com/${name}/app:${tag}`,
            cpu: 128,
            memory: 128,
            environment: [
              { name: 'LOG_LEVEL', value: 'info' },
              { name: 'SERVICE', value: `svc-${i}` },
            ],
            portMappings: [{ containerPort: 8080 }],
          },
        ],
      }),
      taken('Service', `svc-${i}`, {
        cluster: ref('main'),
        taskDefinition: ref(`svc-${i}`),
        desiredCount: 1,
        capacityProviderStrategy: [{ capacityProvider: ref('hosts'), weight: 1 }],
      }),
    ]),
    seen('LoadBalancer', 'front'),
    seen('TargetGroup', 'web'),
    taken('TaskDefinition', 'web', {
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        { name: 'nginx', image: 'nginx:1.27', portMappings: [{ containerPort: 80 }] },
      ],
    }),
    taken('Service', 'web', {
      cluster: ref('main'),
      taskDefinition: ref('web'),
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets,
          securityGroups: [ref('hosts')],
          assignPublicIp: 'ENABLED',
        },
      },
      loadBalancers: [{ targetGroupArn: ref('web'), containerName: 'nginx', containerPort: 80 }],
    }),
  ].join('\n---\n')
}
