/** The AWS services that the wire speaks, one line each; a service's SDK client is loaded when it is first called. */

/** How a service puts its calls into bytes: awsJson1.1, restJson1, awsQuery or ec2Query. */
export type Protocol = 'json' | 'rest-json' | 'query' | 'ec2'

/** What the wire must know of one AWS service. */
export interface WireService {
  /** As in an IAM action: `ecs` in `ecs:CreateService`. */
  readonly name: string
  readonly protocol: Protocol
  /**
   * What a request names the service by: the prefix of `X-Amz-Target` (json), the API version (query, ec2). With
   * rest-json it is the service that the request was signed for.
   */
  readonly id: string
  /** XML namespace of the answers (query, ec2). */
  readonly xmlns?: string
  /** The SDK client, which exports the runtime schema of each operation as `<Operation>$`. */
  readonly load: () => Promise<object>
}

// biome-ignore format: a table reads best with a row on a line
export const wireServices: readonly WireService[] = [
  { name: 'ecs', protocol: 'json', id: 'AmazonEC2ContainerServiceV20141113', load: () => import('@aws-sdk/client-ecs') },
  { name: 'application-autoscaling', protocol: 'json', id: 'AnyScaleFrontendService', load: () => import('@aws-sdk/client-application-auto-scaling') },
  { name: 'autoscaling', protocol: 'query', id: '2011-01-01', xmlns: 'http://autoscaling.amazonaws.com/doc/2011-01-01/', load: () => import('@aws-sdk/client-auto-scaling') },
  { name: 'cloudtrail', protocol: 'json', id: 'CloudTrail_20131101', load: () => import('@aws-sdk/client-cloudtrail') },
  { name: 'ec2', protocol: 'ec2', id: '2016-11-15', xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/', load: () => import('@aws-sdk/client-ec2') },
  { name: 'ecr', protocol: 'json', id: 'AmazonEC2ContainerRegistry_V20150921', load: () => import('@aws-sdk/client-ecr') },
  { name: 'elasticloadbalancing', protocol: 'query', id: '2015-12-01', xmlns: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/', load: () => import('@aws-sdk/client-elastic-load-balancing-v2') },
  { name: 'iam', protocol: 'query', id: '2010-05-08', xmlns: 'https://iam.amazonaws.com/doc/2010-05-08/', load: () => import('@aws-sdk/client-iam') },
  { name: 'logs', protocol: 'json', id: 'Logs_20140328', load: () => import('@aws-sdk/client-cloudwatch-logs') },
  { name: 'scheduler', protocol: 'rest-json', id: 'scheduler', load: () => import('@aws-sdk/client-scheduler') },
  { name: 'secretsmanager', protocol: 'json', id: 'secretsmanager', load: () => import('@aws-sdk/client-secrets-manager') },
  { name: 'ssm', protocol: 'json', id: 'AmazonSSM', load: () => import('@aws-sdk/client-ssm') },
  { name: 'tag', protocol: 'json', id: 'ResourceGroupsTaggingAPI_20170126', load: () => import('@aws-sdk/client-resource-groups-tagging-api') },
  { name: 'sts', protocol: 'query', id: '2011-06-15', xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/', load: () => import('@aws-sdk/client-sts') },
]
