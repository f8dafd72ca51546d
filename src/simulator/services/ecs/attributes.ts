/** Attributes of container instances: PutAttributes, DeleteAttributes, ListAttributes. */
import type {
  Attribute,
  DeleteAttributesRequest,
  ListAttributesRequest,
  PutAttributesRequest,
} from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { instancesOf } from '../../machines/placement.ts'
import { roomCame } from '../../machines/tasks.ts'
import { page } from '../../pages.ts'
import type { InstanceRecord } from '../../world.ts'
import { activeCluster } from './clusters.ts'
import { findInstance } from './instances.ts'
import { invalid } from './launch-settings.ts'

const limit = 10
const builtIn = /^(ecs|com\.amazonaws\.ecs)\./

function targetOf(context: CallContext, home: string, attribute: Attribute): InstanceRecord {
  const record = findInstance(context, home, attribute.targetId ?? '')
  if (!record || record.instance.status === 'INACTIVE') {
    throw new AwsError('TargetNotFoundException', 'The specified target was not found.')
  }
  return record
}

function put(input: PutAttributesRequest, context: CallContext) {
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const attributes = input.attributes ?? []
  const targets = attributes.map((attribute) => targetOf(context, home, attribute))
  for (const [i, { name = '', value }] of attributes.entries()) {
    if (!/^[\w.\-/]{1,128}$/.test(name)) throw invalid(`The attribute name '${name}' is invalid.`)
    const record = targets[i]
    if (!record) continue
    const rest = (record.instance.attributes ?? []).filter((a) => a.name !== name)
    if (rest.filter((a) => !builtIn.test(a.name ?? '')).length >= limit) {
      throw new AwsError(
        'AttributeLimitExceededException',
        `A container instance can have at most ${limit} custom attributes.`,
      )
    }
    record.instance.attributes = [...rest, value === undefined ? { name } : { name, value }]
  }
  roomCame(context.world, home, context.now)
  return { attributes }
}

function remove(input: DeleteAttributesRequest, context: CallContext) {
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const attributes = input.attributes ?? []
  for (const attribute of attributes) {
    const record = targetOf(context, home, attribute)
    record.instance.attributes = (record.instance.attributes ?? []).filter(
      (a) => a.name !== attribute.name,
    )
  }
  return { attributes }
}

function list(input: ListAttributesRequest, context: CallContext) {
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  if (input.targetType !== 'container-instance') {
    throw invalid('targetType must be container-instance.')
  }
  if (input.attributeValue !== undefined && input.attributeName === undefined) {
    throw invalid('attributeValue needs attributeName.')
  }
  const all = instancesOf(context.world, home)
    .filter(({ instance }) => instance.status !== 'INACTIVE')
    .flatMap(({ instance }) =>
      (instance.attributes ?? []).map((attribute) => ({
        ...attribute,
        targetId: instance.containerInstanceArn,
      })),
    )
    .filter((one) => input.attributeName === undefined || one.name === input.attributeName)
    .filter((one) => input.attributeValue === undefined || one.value === input.attributeValue)
  const { items, nextToken } = page(all, input, {
    key: (one) => `${one.targetId} ${one.name}`,
    size: 100,
    max: 100,
  })
  return { attributes: items, nextToken }
}

export const attributeHandlers: ServiceHandlers = {
  PutAttributes: put,
  DeleteAttributes: remove,
  ListAttributes: list,
}
