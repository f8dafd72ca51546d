/** Rules over internet gateways: a VPC has one at most. Pure. */

import type { Kind } from '../../kind.ts'
import { meantBy } from '../../kit/field-rules.ts'
import type { Manifest } from '../../model.ts'
import type { InternetGatewaySpec } from './spec.ts'

export const among: Kind<InternetGatewaySpec>['among'] = (manifests, refuse) => {
  const attached = new Map<string, Manifest<InternetGatewaySpec>>()
  for (const manifest of manifests) {
    const vpc = meantBy(manifest.spec.vpcId, manifest, 'Vpc')
    if (vpc === undefined) continue
    const first = attached.get(vpc)
    if (first) {
      const message = `the VPC has a gateway already, InternetGateway ${first.name}: AWS takes one`
      refuse(manifest as Manifest, 'spec.vpcId', 'SecondGateway', message)
    } else attached.set(vpc, manifest)
  }
}
