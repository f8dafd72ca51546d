/** What the name of an EC2 instance type says: `m7g.large` is of a family with Arm processors, `g5.xlarge` has GPUs. Pure. */

const shape =
  /^(a1|[a-z]{1,4}\d+[a-z]*(-[a-z0-9]+)?|u-\d+tb\d+|mac\d+(-[a-z0-9]+)?)\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)$/

export function isInstanceType(name: string): boolean {
  return shape.test(name)
}

export type Architecture = 'x86_64' | 'arm64'

/** Behind the generation, a `g` stands for AWS's own Arm processors. */
export function architectureOf(type: string): Architecture {
  return /^(a1|[a-z]+\d+g[a-z]*)\./.test(type) ? 'arm64' : 'x86_64'
}

/** Families with GPUs of NVIDIA. */
export function hasGpu(type: string): boolean {
  return /^(g\d+(dn|e|f|g)?|gr\d+f?|p\d+[a-z]*)\./.test(type) && !type.startsWith('g4ad.')
}
