/** What an instance reads when it boots, so that its agent joins the cluster: shell for Amazon Linux, TOML for Bottlerocket. Pure. */
import { isReference } from '../../references.ts'
import { mayBeSpot } from './market.ts'
import type { InstanceGroupSpec, Referable } from './spec.ts'

/** Text, or its parts: a reference to the cluster among them stands for its name. */
export function userDataOf(
  spec: InstanceGroupSpec,
  cluster: Referable,
): string | readonly Referable[] {
  const { ami = 'AmazonLinux2023', spotDraining = mayBeSpot(spec), userData = '' } = spec
  const [before, after] =
    ami === 'Bottlerocket' ? toml(spotDraining, userData) : script(spotDraining, userData)
  return isReference(cluster)
    ? [before, cluster, after]
    : `${before}${String(cluster).split('/').pop()}${after}`
}

function script(spotDraining: boolean, more: string): [string, string] {
  const settings = spotDraining ? 'ECS_ENABLE_SPOT_INSTANCE_DRAINING=true\n' : ''
  // The first line is here already.
  const rest = more.replace(/^#!.*\n?/, '').trimEnd()
  return [
    "#!/bin/bash\ncat <<'EOF' >> /etc/ecs/ecs.config\nECS_CLUSTER=",
    `\n${settings}EOF\n${rest === '' ? '' : `${rest}\n`}`,
  ]
}

function toml(spotDraining: boolean, more: string): [string, string] {
  const settings = spotDraining ? 'enable-spot-instance-draining = true\n' : ''
  const rest = more.trimEnd()
  return ['[settings.ecs]\ncluster = "', `"\n${settings}${rest === '' ? '' : `\n${rest}\n`}`]
}
