/** Rules over subnets and their VPC: inside its block, and none over another. Pure. */

import type { Kind } from '../../kind.ts'
import { type Block, contains, overlaps, readBlock } from '../../kit/cidr.ts'
import { meantBy, type Together } from '../../kit/field-rules.ts'
import type { Manifest } from '../../model.ts'
import type { SubnetSpec } from './spec.ts'

export const together: Together<SubnetSpec> = {
  'spec.vpcId': ({ spec }, target, at) => {
    const outer = readBlock((target.spec as { cidrBlock?: string }).cidrBlock)
    const inner = readBlock(spec.cidrBlock)
    if (!outer || !inner || contains(outer, inner)) return []
    const { cidrBlock } = target.spec as { cidrBlock?: string }
    const message = `${spec.cidrBlock} is not inside ${cidrBlock}, the block of Vpc ${target.name}`
    return [at('spec.cidrBlock', 'OutsideVpc', message)]
  },
}

export const among: Kind<SubnetSpec>['among'] = (manifests, refuse) => {
  const byVpc = new Map<string, { block: Block; manifest: Manifest<SubnetSpec> }[]>()
  for (const manifest of manifests) {
    const { spec } = manifest
    const vpc = meantBy(spec.vpcId, manifest, 'Vpc')
    const block = readBlock(spec.cidrBlock)
    if (vpc === undefined || !block) continue
    const before = byVpc.get(vpc) ?? []
    const other = before.find((each) => overlaps(each.block, block))
    if (other) {
      const { name, spec: theirs } = other.manifest
      const message = `${spec.cidrBlock} overlaps ${theirs.cidrBlock} of Subnet ${name} in the same VPC`
      refuse(manifest as Manifest, 'spec.cidrBlock', 'Overlap', message)
    }
    byVpc.set(vpc, [...before, { block, manifest }])
  }
}
