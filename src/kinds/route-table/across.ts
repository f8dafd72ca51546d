/** Rules over route tables and what they refer to: one VPC for all, and one table for a subnet. Pure. */

import type { Kind } from '../../kind.ts'
import { meantBy, type Together } from '../../kit/field-rules.ts'
import type { Manifest } from '../../model.ts'
import type { RouteTableSpec } from './spec.ts'

const sameVpc: Together<RouteTableSpec>[string] = (manifest, target, at, path) => {
  const ours = meantBy(manifest.spec.vpcId, manifest, 'Vpc')
  const theirs = meantBy(target.spec.vpcId, target, 'Vpc')
  if (ours === undefined || theirs === undefined || ours === theirs) return []
  // One may be written as an id and the other as a reference: that cannot be told from here.
  if (ours.startsWith('vpc-') !== theirs.startsWith('vpc-')) return []
  return [at(path, 'OtherVpc', `${target.kind} ${target.name} is in another VPC`)]
}

export const together: Together<RouteTableSpec> = {
  'spec.routes[].gatewayId': sameVpc,
  'spec.associations[].subnetId': sameVpc,
}

export const among: Kind<RouteTableSpec>['among'] = (manifests, refuse) => {
  const tables = new Map<string, Manifest<RouteTableSpec>>()
  for (const manifest of manifests) {
    manifest.spec.associations?.forEach(({ subnetId }, index) => {
      const subnet = meantBy(subnetId, manifest, 'Subnet')
      if (subnet === undefined) return
      const first = tables.get(subnet)
      if (first === undefined) tables.set(subnet, manifest)
      else if (first !== manifest) {
        const message = `the subnet has a table already, RouteTable ${first.name}: AWS takes one`
        refuse(manifest as Manifest, `spec.associations[${index}]`, 'SecondTable', message)
      }
    })
  }
}
