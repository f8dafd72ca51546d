/** How each service's resources are tagged, for the tagging API: every service has rules of its own. */
import { AwsError, type CallContext, type ServiceHandlers } from '../api.ts'
import { applicationAutoScalingHandlers } from './application-autoscaling/index.ts'
import { addEc2Tags, removeEc2Tags, requireEc2Resource } from './ec2/tag-operations.ts'
import { ecrHandlers } from './ecr/index.ts'
import { addTags, removeTags } from './ecs/tags.ts'
import { elbv2Handlers } from './elbv2/index.ts'
import { logsHandlers } from './logs/index.ts'
import { schedulerHandlers } from './scheduler/index.ts'
import { secretsHandlers } from './secretsmanager/index.ts'
import { ssmHandlers } from './ssm/index.ts'

type Tags = Readonly<Record<string, string>>

interface Tagger {
  add(arn: string, tags: Tags, context: CallContext): void
  remove(arn: string, keys: readonly string[], context: CallContext): void
}

/** By the service that an ARN names: how its resources are tagged. Each has rules of its own. */
const taggers: Readonly<Record<string, Tagger>> = {
  'application-autoscaling': byOperations(
    applicationAutoScalingHandlers,
    (ResourceARN, Tags) => ['TagResource', { ResourceARN, Tags }],
    (ResourceARN, TagKeys) => ['UntagResource', { ResourceARN, TagKeys }],
  ),
  ec2: {
    add(arn, tags, { world }) {
      requireEc2Resource(world, arn)
      addEc2Tags(world, [arn], listed(tags))
    },
    remove(arn, keys, { world }) {
      requireEc2Resource(world, arn)
      removeEc2Tags(world, arn, (key) => keys.includes(key))
    },
  },
  ecs: {
    add(arn, tags, context) {
      const list = Object.entries(tags).map(([key, value]) => ({ key, value }))
      addTags(arn, list, context)
    },
    remove: removeTags,
  },
  ecr: byOperations(
    ecrHandlers,
    (resourceArn, tags) => ['TagResource', { resourceArn, tags: listed(tags) }],
    (resourceArn, tagKeys) => ['UntagResource', { resourceArn, tagKeys }],
  ),
  elasticloadbalancing: byOperations(
    elbv2Handlers,
    (arn, tags) => ['AddTags', { ResourceArns: [arn], Tags: listed(tags) }],
    (arn, TagKeys) => ['RemoveTags', { ResourceArns: [arn], TagKeys }],
  ),
  logs: byOperations(
    logsHandlers,
    (resourceArn, tags) => ['TagResource', { resourceArn, tags }],
    (resourceArn, tagKeys) => ['UntagResource', { resourceArn, tagKeys }],
  ),
  scheduler: byOperations(
    schedulerHandlers,
    (ResourceArn, tags) => ['TagResource', { ResourceArn, Tags: listed(tags) }],
    (ResourceArn, TagKeys) => ['UntagResource', { ResourceArn, TagKeys }],
  ),
  secretsmanager: byOperations(
    secretsHandlers,
    (SecretId, tags) => ['TagResource', { SecretId, Tags: listed(tags) }],
    (SecretId, TagKeys) => ['UntagResource', { SecretId, TagKeys }],
  ),
  ssm: byOperations(
    ssmHandlers,
    (arn, tags) => ['AddTagsToResource', { ...parameter(arn), Tags: listed(tags) }],
    (arn, TagKeys) => ['RemoveTagsFromResource', { ...parameter(arn), TagKeys }],
  ),
}

/** The services whose own tag operations are called, each with the input that it takes. */
function byOperations(
  handlers: ServiceHandlers,
  add: (arn: string, tags: Tags) => [operation: string, input: object],
  remove: (arn: string, keys: readonly string[]) => [operation: string, input: object],
): Tagger {
  const call = ([operation, input]: [string, object], context: CallContext) => {
    handlers[operation]?.(input, context)
  }
  return {
    add: (arn, tags, context) => call(add(arn, tags), context),
    remove: (arn, keys, context) => call(remove(arn, keys), context),
  }
}

function listed(tags: Tags) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** `parameter/shop/db` is the parameter `/shop/db`; `parameter/db` may be `db` as well, which has no path. */
function parameter(arn: string) {
  const path = arn.slice(arn.indexOf(':parameter/') + ':parameter'.length)
  const ResourceId = path.lastIndexOf('/') === 0 ? path.slice(1) : path
  return { ResourceType: 'Parameter', ResourceId }
}

/** How the resource of an ARN is tagged. Throws InvalidParameterException where no service has such a one. */
export function taggerOf(arn: string): Tagger {
  const service = arn.split(':')[2] ?? ''
  const tagger = Object.hasOwn(taggers, service) ? taggers[service] : undefined
  if (tagger) return tagger
  throw new AwsError('InvalidParameterException', 'Invalid identifier: no resource has this ARN.')
}
