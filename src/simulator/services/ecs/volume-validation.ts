/** What AWS refuses in the volumes of a task definition and in their mount points. */
import type { RegisterTaskDefinitionRequest, Volume } from '@aws-sdk/client-ecs'
import { isName } from './names.ts'

/** The first problem of volumes and mount points, in AWS's words where they are known. */
export function volumeProblem(input: RegisterTaskDefinitionRequest): string | undefined {
  const volumes = input.volumes ?? []
  for (const volume of volumes) {
    const problem = oneVolumeProblem(volume)
    if (problem) return problem
  }
  const names = volumes.map((volume) => volume.name)
  if (new Set(names).size < names.length) return 'Volume names must be unique in a task definition.'
  if (volumes.filter((volume) => volume.configuredAtLaunch).length > 1) {
    return 'Only one volume in a task definition can be configured at launch.'
  }
  for (const container of input.containerDefinitions ?? []) {
    const paths = new Set<string>()
    for (const { sourceVolume, containerPath } of container.mountPoints ?? []) {
      if (!sourceVolume || !names.includes(sourceVolume))
        return `Unknown volume '${sourceVolume ?? ''}'.`
      if (!containerPath)
        return `Invalid setting for container '${container.name}'. A mount point needs a containerPath.`
      if (paths.has(containerPath)) {
        return `Invalid setting for container '${container.name}'. The path '${containerPath}' is mounted more than once.`
      }
      paths.add(containerPath)
    }
  }
  return undefined
}

function oneVolumeProblem(volume: Volume): string | undefined {
  const { name, efsVolumeConfiguration: efs } = volume
  if (!name || !isName(name)) return 'Volume.name contains invalid characters.'
  const kinds = [
    volume.host,
    volume.dockerVolumeConfiguration,
    efs,
    volume.fsxWindowsFileServerVolumeConfiguration,
    volume.s3filesVolumeConfiguration,
  ].filter(Boolean).length
  if (kinds > 1)
    return `Invalid setting for volume '${name}'. Only one kind of configuration can be specified.`
  if (volume.configuredAtLaunch && kinds > 0) {
    return `Invalid setting for volume '${name}'. A volume configured at launch cannot have another configuration.`
  }
  if (!efs) return undefined
  if (!efs.fileSystemId)
    return `Invalid setting for volume '${name}'. An EFS volume needs a fileSystemId.`
  const access = efs.authorizationConfig
  if ((access?.iam === 'ENABLED' || access?.accessPointId) && efs.transitEncryption !== 'ENABLED') {
    return `Invalid setting for volume '${name}'. Transit encryption must be enabled when an access point or IAM authorization is used.`
  }
  if (access?.accessPointId && efs.rootDirectory && efs.rootDirectory !== '/') {
    return `Invalid setting for volume '${name}'. The root directory must be omitted or '/' when an access point is used.`
  }
  return undefined
}
