/** The AWS services that the wire speaks, one line each; a service's SDK client is loaded when it is first called. */

/** How a service puts its calls into bytes: awsJson1.1, awsQuery or ec2Query. */
export type Protocol = 'json' | 'query' | 'ec2'

/** What the wire must know of one AWS service. */
export interface WireService {
  /** As in an IAM action: `ecs` in `ecs:CreateService`. */
  readonly name: string
  readonly protocol: Protocol
  /** What a request names the service by: the prefix of `X-Amz-Target` (json), the API version (query, ec2). */
  readonly id: string
  /** XML namespace of the answers (query, ec2). */
  readonly xmlns?: string
  /** The SDK client, which exports the runtime schema of each operation as `<Operation>$`. */
  readonly load: () => Promise<object>
}

// biome-ignore format: a table reads best with a row on a line
export const wireServices: readonly WireService[] = [
  { name: 'ecs', protocol: 'json', id: 'AmazonEC2ContainerServiceV20141113', load: () => import('@aws-sdk/client-ecs') },
  { name: 'tag', protocol: 'json', id: 'ResourceGroupsTaggingAPI_20170126', load: () => import('@aws-sdk/client-resource-groups-tagging-api') },
  { name: 'sts', protocol: 'query', id: '2011-06-15', xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/', load: () => import('@aws-sdk/client-sts') },
]
