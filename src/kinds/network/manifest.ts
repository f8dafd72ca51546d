/** A Network as people write it: its spec, the references it takes, and the rules of its fields. */

import type { Composite, ReferenceField } from '../../kind.ts'
import { readBlock } from '../../kit/cidr.ts'
import { findings } from '../../kit/field-rules.ts'
import { defaultBlock, defaultZones, partsOf, zonesOf } from './zones.ts'

export interface NetworkSpec {
  readonly cidrBlock?: string
  readonly availabilityZones?: number | readonly string[]
  readonly subnetCidrs?: readonly string[]
  readonly mapPublicIpOnLaunch?: boolean
  readonly enableDnsSupport?: boolean
  readonly enableDnsHostnames?: boolean
  readonly vpcId?: unknown
  readonly internetGatewayId?: unknown
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
}

export const references: Readonly<Record<string, ReferenceField>> = {
  vpcId: { kind: 'Vpc', attribute: 'id' },
  internetGatewayId: { kind: 'InternetGateway', attribute: 'id' },
}

/** What its parts are by themselves is checked on them: here is only what shows on the whole. */
export const validate: Composite<NetworkSpec>['validate'] = ({ spec }, at) => {
  const { problems, say } = findings(at)
  const { availabilityZones = defaultZones, subnetCidrs, cidrBlock = defaultBlock } = spec
  const counted = typeof availabilityZones === 'number'
  const count = counted ? availabilityZones : availabilityZones.length
  if (count < 1 || count > 8) {
    say('spec.availabilityZones', 'OutOfRange', `${count} zones: expected from 1 to 8`)
    return problems
  }
  if (spec.vpcId !== undefined && spec.cidrBlock === undefined && subnetCidrs === undefined) {
    const message = 'is required in a VPC that exists: the part of it that the subnets share'
    say('spec.cidrBlock', 'Required', message)
  }
  if (spec.internetGatewayId !== undefined && spec.vpcId === undefined) {
    const message = 'a gateway that exists belongs to a VPC that exists: vpcId is missing'
    say('spec.internetGatewayId', 'NotTogether', message)
  }
  const zones = zonesOf(availabilityZones)
  zones.forEach(({ letter }, index) => {
    const first = zones.findIndex((zone) => zone.letter === letter)
    if (first === index) return
    const message = `its subnet would have the name of that in ${String(zones[first]?.zone)}`
    const hint = 'describe the subnet by itself'
    say(`spec.availabilityZones[${index}]`, 'SameLetter', message, hint)
  })
  if (subnetCidrs) {
    if (subnetCidrs.length !== count) {
      const message = `${subnetCidrs.length} blocks for ${count} zones: expected one for each`
      say('spec.subnetCidrs', 'CountDiffers', message)
    }
  } else if (readBlock(cidrBlock) && partsOf(cidrBlock, zones).includes(undefined)) {
    const path = spec.cidrBlock === undefined ? 'spec.availabilityZones' : 'spec.cidrBlock'
    const message = `${cidrBlock} has no room for subnets in these ${count} zones`
    say(path, 'NoRoom', message, 'take a larger block, or write subnetCidrs')
  }
  return problems
}
