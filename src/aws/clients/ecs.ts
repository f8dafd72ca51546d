/** The ECS operations that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListContainerInstancesCommand,
  ListServiceDeploymentsCommand,
  ListTaskDefinitionsCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
  UpdateClusterCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'

export const Client = ECSClient

export const commands = {
  CreateCluster: CreateClusterCommand,
  CreateService: CreateServiceCommand,
  DeleteCluster: DeleteClusterCommand,
  DeleteService: DeleteServiceCommand,
  DescribeClusters: DescribeClustersCommand,
  DescribeContainerInstances: DescribeContainerInstancesCommand,
  DescribeServiceRevisions: DescribeServiceRevisionsCommand,
  DescribeServices: DescribeServicesCommand,
  DescribeTaskDefinition: DescribeTaskDefinitionCommand,
  ListContainerInstances: ListContainerInstancesCommand,
  ListServiceDeployments: ListServiceDeploymentsCommand,
  ListTaskDefinitions: ListTaskDefinitionsCommand,
  PutClusterCapacityProviders: PutClusterCapacityProvidersCommand,
  RegisterTaskDefinition: RegisterTaskDefinitionCommand,
  TagResource: TagResourceCommand,
  UpdateCluster: UpdateClusterCommand,
  UpdateService: UpdateServiceCommand,
}
