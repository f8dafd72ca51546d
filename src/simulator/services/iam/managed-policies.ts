/** Managed policies: AWS's own as far as ECS has to do with them, and which policies can be attached. */
import type { World } from '../../world.ts'

/** `path/name` of the policies that are known by their content, with what they allow on all resources. */
const known: Readonly<Record<string, string>> = {
  AdministratorAccess: '*',
  AmazonEC2ContainerRegistryFullAccess: 'ecr:* cloudtrail:LookupEvents',
  AmazonEC2ContainerRegistryPowerUser:
    'ecr:GetAuthorizationToken ecr:BatchCheckLayerAvailability ecr:GetDownloadUrlForLayer ecr:GetRepositoryPolicy ecr:DescribeRepositories ecr:ListImages ecr:DescribeImages ecr:BatchGetImage ecr:GetLifecyclePolicy ecr:GetLifecyclePolicyPreview ecr:ListTagsForResource ecr:DescribeImageScanFindings ecr:InitiateLayerUpload ecr:UploadLayerPart ecr:CompleteLayerUpload ecr:PutImage',
  AmazonEC2ContainerRegistryReadOnly:
    'ecr:GetAuthorizationToken ecr:BatchCheckLayerAvailability ecr:GetDownloadUrlForLayer ecr:GetRepositoryPolicy ecr:DescribeRepositories ecr:ListImages ecr:DescribeImages ecr:BatchGetImage ecr:GetLifecyclePolicy ecr:GetLifecyclePolicyPreview ecr:ListTagsForResource ecr:DescribeImageScanFindings',
  AmazonECSInfrastructureRolePolicyForLoadBalancers:
    'elasticloadbalancing:Describe* elasticloadbalancing:ModifyListener elasticloadbalancing:ModifyRule elasticloadbalancing:RegisterTargets elasticloadbalancing:DeregisterTargets',
  AmazonECSInfrastructureRolePolicyForManagedInstances:
    'ec2:CreateLaunchTemplate ec2:CreateLaunchTemplateVersion ec2:CreateFleet ec2:RunInstances ec2:CreateTags ec2:TerminateInstances ec2:DeleteLaunchTemplate ec2:DeleteLaunchTemplateVersions ec2:DescribeInstances ec2:DescribeInstanceTypes ec2:DescribeSubnets ec2:DescribeSecurityGroups ec2:DescribeLaunchTemplates ec2:DescribeLaunchTemplateVersions',
  AmazonS3ReadOnlyAccess: 's3:Get* s3:List* s3:Describe*',
  AmazonSSMManagedInstanceCore:
    'ssm:DescribeAssociation ssm:GetDeployablePatchSnapshotForInstance ssm:GetDocument ssm:DescribeDocument ssm:GetManifest ssm:GetParameter ssm:GetParameters ssm:ListAssociations ssm:ListInstanceAssociations ssm:PutInventory ssm:PutComplianceItems ssm:PutConfigurePackageResult ssm:UpdateAssociationStatus ssm:UpdateInstanceAssociationStatus ssm:UpdateInstanceInformation ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel ec2messages:AcknowledgeMessage ec2messages:DeleteMessage ec2messages:FailMessage ec2messages:GetEndpoint ec2messages:GetMessages ec2messages:SendReply',
  AmazonSSMReadOnlyAccess: 'ssm:Describe* ssm:Get* ssm:List*',
  CloudWatchAgentServerPolicy:
    'cloudwatch:PutMetricData ec2:DescribeVolumes ec2:DescribeTags logs:PutLogEvents logs:PutRetentionPolicy logs:DescribeLogStreams logs:DescribeLogGroups logs:CreateLogStream logs:CreateLogGroup',
  CloudWatchLogsFullAccess: 'logs:*',
  SecretsManagerReadWrite: 'secretsmanager:*',
  'service-role/AmazonEC2ContainerServiceAutoscaleRole':
    'ecs:DescribeServices ecs:UpdateService cloudwatch:DescribeAlarms cloudwatch:PutMetricAlarm',
  'service-role/AmazonEC2ContainerServiceEventsRole': 'ecs:RunTask iam:PassRole ecs:TagResource',
  'service-role/AmazonEC2ContainerServiceRole':
    'ec2:AuthorizeSecurityGroupIngress ec2:Describe* elasticloadbalancing:DeregisterInstancesFromLoadBalancer elasticloadbalancing:DeregisterTargets elasticloadbalancing:Describe* elasticloadbalancing:RegisterInstancesWithLoadBalancer elasticloadbalancing:RegisterTargets',
  'service-role/AmazonEC2ContainerServiceforEC2Role':
    'ec2:DescribeTags ecs:CreateCluster ecs:DeregisterContainerInstance ecs:DiscoverPollEndpoint ecs:Poll ecs:RegisterContainerInstance ecs:StartTelemetrySession ecs:UpdateContainerInstancesState ecs:Submit* ecr:GetAuthorizationToken ecr:BatchCheckLayerAvailability ecr:GetDownloadUrlForLayer ecr:BatchGetImage logs:CreateLogStream logs:PutLogEvents ecs:TagResource',
  'service-role/AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity':
    'secretsmanager:CreateSecret secretsmanager:TagResource secretsmanager:DescribeSecret secretsmanager:UpdateSecret secretsmanager:GetSecretValue secretsmanager:PutSecretValue secretsmanager:DeleteSecret secretsmanager:RotateSecret secretsmanager:UpdateSecretVersionStage acm-pca:GetCertificate acm-pca:GetCertificateAuthorityCertificate acm-pca:DescribeCertificateAuthority acm-pca:IssueCertificate',
  'service-role/AmazonECSInfrastructureRolePolicyForVolumes':
    'ec2:CreateVolume ec2:CreateTags ec2:DescribeVolumes ec2:DescribeAvailabilityZones ec2:AttachVolume ec2:DescribeInstances ec2:DetachVolume ec2:DeleteVolume',
  'service-role/AmazonECSTaskExecutionRolePolicy':
    'ecr:GetAuthorizationToken ecr:BatchCheckLayerAvailability ecr:GetDownloadUrlForLayer ecr:BatchGetImage logs:CreateLogStream logs:PutLogEvents',
  AmazonECSInfrastructureRolePolicyForVpcLattice:
    'vpc-lattice:RegisterTargets vpc-lattice:DeregisterTargets vpc-lattice:ListTargets vpc-lattice:GetTargetGroup ec2:DescribeVpcs ec2:DescribeSubnets ec2:DescribeNetworkInterfaces',
  AmazonECS_FullAccess:
    'ecs:* elasticloadbalancing:* autoscaling:* ec2:Describe* application-autoscaling:* iam:PassRole logs:*',
}

const AWS_POLICY = /^arn:aws[a-z-]*:iam::aws:policy\/((?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,128})$/

/** The document of one of AWS's own policies, or undefined when its content is not known here. */
export function awsDocument(arn: string): string | undefined {
  const actions = known[AWS_POLICY.exec(arn)?.[1] ?? '']
  if (actions === undefined) return undefined
  const Statement = [{ Effect: 'Allow', Action: actions.split(' '), Resource: '*' }]
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

/** Whether a policy can be attached: one of the account's own, or any that may be AWS's by its ARN. */
export function policyExists(world: World, arn: string): boolean {
  return AWS_POLICY.test(arn) || world.iam.policies.has(arn)
}

/** A policy's document: the account's own, or one of AWS's that is known by its content. */
export function documentOf(world: World, arn: string): string | undefined {
  return world.iam.policies.get(arn)?.document ?? awsDocument(arn)
}
