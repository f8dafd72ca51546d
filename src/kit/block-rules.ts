/** The rule of CIDR blocks that VPCs and subnets share. Pure. */
import { type Block, readBlock } from './cidr.ts'
import type { Findings } from './field-rules.ts'

/** An IPv4 block from /16 to /28, as EC2 takes it; the block, where it is one. */
export function checkBlock(
  text: string | undefined,
  path: string,
  { what, example }: { readonly what: string; readonly example: string },
  { say }: Pick<Findings, 'say'>,
): Block | undefined {
  if (text === undefined) {
    say(path, 'Required', 'is required, and missing', `such as cidrBlock: ${example}`)
    return undefined
  }
  const block = readBlock(text)
  if (block?.family !== 4) {
    say(path, 'BadBlock', `"${text}" is not an IPv4 block: expected one such as ${example}`)
    return undefined
  }
  if (block.prefix >= 16 && block.prefix <= 28) return block
  say(path, 'BlockSize', `/${block.prefix} is out of range: ${what} has from /16 to /28`)
  return undefined
}
