/** What the tests of InstanceGroup look at: its parts by option, and what is said of them. */
import type { Child } from '../../src/kind.ts'
import { instanceGroup } from '../../src/kinds/instance-group/index.ts'
import type { InstanceGroupSpec } from '../../src/kinds/instance-group/spec.ts'
import type { Manifest, Problem } from '../../src/model.ts'
import { placer } from '../../src/reconcile/manifest/document.ts'
import { environment, manifestOf } from './golden.ts'

export const spec: InstanceGroupSpec = {
  cluster: { ref: 'shop' },
  network: { ref: 'net' },
  size: { min: 1, max: 4 },
}

export type Options = Partial<InstanceGroupSpec>

export function groupOf(options: Options): Manifest<InstanceGroupSpec> {
  const manifest = manifestOf('InstanceGroup', 'hosts', { ...spec, ...options })
  return manifest as unknown as Manifest<InstanceGroupSpec>
}

// biome-ignore lint/suspicious/noExplicitAny: specs have the shape of their kind
export type Parts = Readonly<Record<string, any>>

export function parts(options: Options = {}, region = 'eu-central-1'): Parts {
  const children = instanceGroup.expand(groupOf(options), { ...environment, region })
  return Object.fromEntries(children.map((child: Child) => [child.kind, child.spec]))
}

export const data = (options: Options = {}) => parts(options).LaunchTemplate.launchTemplateData
export const group = (options: Options = {}) => parts(options).AutoScalingGroup
export const provider = (options: Options = {}) =>
  parts(options).CapacityProvider?.autoScalingGroupProvider

export function problems(options: Options): string[] {
  const at = placer({}, { file: 'hosts.yaml', line: 1, column: 1 }, 'InstanceGroup/hosts')
  const said = instanceGroup.validate(groupOf(options), at) as readonly Problem[]
  return said.map(({ severity, code, path }) => `${severity} ${code} ${path}`)
}

export const text = (userData: unknown) =>
  [userData]
    .flat()
    .map((part) => (typeof part === 'string' ? part : `<${(part as { ref: string }).ref}>`))
    .join('')
