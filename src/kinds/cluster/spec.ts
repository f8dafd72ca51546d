/** The type of a Cluster's spec: the SDK's request type, with references where they may stand. */
import type { CreateClusterRequest } from '@aws-sdk/client-ecs'

/** The request of CreateCluster; references stand where the table below says. */
export type ClusterSpec = CreateClusterRequest
