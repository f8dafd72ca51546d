/** A rule over two security groups: they must be in one VPC to name each other. Pure. */
import { meantBy, type Together } from '../../kit/field-rules.ts'
import type { SecurityGroupSpec } from './spec.ts'

const sameVpc: Together<SecurityGroupSpec>[string] = (manifest, target, at, path) => {
  const ours = meantBy(manifest.spec.vpcId, manifest, 'Vpc')
  const theirs = meantBy(target.spec.vpcId, target, 'Vpc')
  if (ours === undefined || theirs === undefined || ours === theirs) return []
  // One may be written as an id and the other as a reference: that cannot be told from here.
  if (ours.startsWith('vpc-') !== theirs.startsWith('vpc-')) return []
  return [at(path, 'OtherVpc', `SecurityGroup ${target.name} is in another VPC`)]
}

export const together: Together<SecurityGroupSpec> = {
  'spec.ipPermissions[].userIdGroupPairs[].groupId': sameVpc,
  'spec.ipPermissionsEgress[].userIdGroupPairs[].groupId': sameVpc,
}
