/** Rules of VPCs beyond the schema. They rest on CreateVpc in the Amazon EC2 API reference. */
import { checkBlock } from '../../kit/block-rules.ts'
import { overlaps, readBlock } from '../../kit/cidr.ts'
import { checkEc2Id } from '../../kit/ec2-manifest.ts'
import { checkTags, type Findings } from '../../kit/field-rules.ts'
import type { VpcSpec } from './spec.ts'

/** Blocks that no VPC may lie in. */
const forbidden = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4']

export function checkVpc(spec: VpcSpec, found: Findings): void {
  const { say } = found
  checkEc2Id(spec.vpcId, 'vpc', 'spec.vpcId', found)
  checkTags(spec.tags, 'spec.tags', found)
  checkVpcBlock(spec.cidrBlock, 'spec.cidrBlock', found)
  if (spec.instanceTenancy === 'host') {
    const message = 'a VPC cannot have the tenancy host: expected default or dedicated'
    say('spec.instanceTenancy', 'NotAllowed', message)
  }
  if (spec.enableDnsHostnames === true && spec.enableDnsSupport === false) {
    say(
      'spec.enableDnsHostnames',
      'NotTogether',
      'DNS hostnames need DNS support',
      'take out enableDnsSupport: false',
    )
  }
}

/** Also for a Network, whose VPC it becomes. */
export function checkVpcBlock(text: string | undefined, path: string, { say }: Findings): void {
  const block = checkBlock(text, path, { what: 'a VPC', example: '10.0.0.0/16' }, { say })
  if (block) {
    const taken = forbidden.find((other) => overlaps(readBlock(other)!, block))
    if (taken) say(path, 'BadBlock', `${text} lies in ${taken}, which no VPC may use`)
  }
}
