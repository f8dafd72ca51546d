/** Subnets and security groups that are written out: they exist, and those of one resource are in one VPC. */
import { inBatches } from '../../kind.ts'
import type { Operation, Problem } from '../../model.ts'
import {
  ask,
  byValue,
  type Check,
  type Found,
  type Subject,
  texts,
  unchecked,
  whyNot,
  wrong,
} from './subject.ts'

const networkFields: readonly (readonly [kind: string, subnets: string, groups: string])[] = [
  [
    'Service',
    'networkConfiguration.awsvpcConfiguration.subnets[]',
    'networkConfiguration.awsvpcConfiguration.securityGroups[]',
  ],
  [
    'Task',
    'networkConfiguration.awsvpcConfiguration.subnets[]',
    'networkConfiguration.awsvpcConfiguration.securityGroups[]',
  ],
  [
    'ScheduledTask',
    'target.ecsParameters.networkConfiguration.awsvpcConfiguration.subnets[]',
    'target.ecsParameters.networkConfiguration.awsvpcConfiguration.securityGroups[]',
  ],
  ['LoadBalancer', 'subnets[]', 'securityGroups[]'],
  ['AutoScalingGroup', 'vpcZoneIdentifier[]', ''],
]

interface Sort {
  readonly operation: Operation
  readonly filter: string
  readonly list: string
  readonly id: string
  readonly what: string
}

const subnets: Sort = {
  operation: 'ec2:DescribeSubnets',
  filter: 'subnet-id',
  list: 'Subnets',
  id: 'SubnetId',
  what: 'subnet',
}
const groups: Sort = {
  operation: 'ec2:DescribeSecurityGroups',
  filter: 'group-id',
  list: 'SecurityGroups',
  id: 'GroupId',
  what: 'security group',
}

export const network: Check = async (subject) => {
  const found = (which: 1 | 2) =>
    networkFields.flatMap((field) => (field[which] ? texts(subject, field[0], field[which]) : []))
  const [ofSubnets, ofGroups] = await Promise.all([
    lookedUp(subject, subnets, found(1)),
    lookedUp(subject, groups, found(2)),
  ])
  const vpcs = new Map([...ofSubnets.vpcs, ...ofGroups.vpcs])
  return [...ofSubnets.problems, ...ofGroups.problems, ...apart([...found(1), ...found(2)], vpcs)]
}

/** Two hundred ids a call, by a filter: what does not exist is simply not in the answer. */
async function lookedUp(subject: Subject, sort: Sort, found: readonly Found[]) {
  const vpcs = new Map<string, string>()
  const problems: Problem[] = []
  const byId = byValue(found, (value) => value)
  for (const ids of inBatches([...byId.keys()], 200)) {
    const answer = await ask<Record<string, Record<string, string>[]>>(
      subject.read,
      sort.operation,
      {
        Filters: [{ Name: sort.filter, Values: ids }],
      },
    )
    const uses = ids.flatMap((id) => byId.get(id) ?? [])
    if (!('output' in answer)) {
      const why = whyNot(answer)
      problems.push(...uses.map((use) => unchecked(use, why)))
      continue
    }
    for (const item of answer.output[sort.list] ?? []) vpcs.set(item[sort.id]!, item.VpcId!)
    for (const use of uses.filter(({ value }) => !vpcs.has(value))) {
      const code = sort === subnets ? 'NoSuchSubnet' : 'NoSuchSecurityGroup'
      problems.push(wrong(use, code, `there is no ${sort.what} ${use.value}`))
    }
  }
  return { vpcs, problems }
}

/** What stands in one manifest and lies in another VPC than the first. */
function apart(found: readonly Found[], vpcs: ReadonlyMap<string, string>): Problem[] {
  const homes = new Map<string, Found>()
  return found.flatMap((use) => {
    const vpc = vpcs.get(use.value)
    if (vpc === undefined) return []
    const first = homes.get(use.manifest.key)
    if (!first) homes.set(use.manifest.key, use)
    if (!first || vpcs.get(first.value) === vpc) return []
    const message = `${use.value} is in ${vpc}, and ${first.value} in ${vpcs.get(first.value)}`
    return [wrong(use, 'AnotherVpc', message, 'all must be in one VPC')]
  })
}
