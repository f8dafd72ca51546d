/**
 * Rules of task definitions beyond the schema: what RegisterTaskDefinition refuses, and what it takes though no task
 * could start. They rest on RegisterTaskDefinition and ContainerDefinition in the Amazon ECS API reference.
 */
import {
  checkConstraints,
  checkCount,
  checkGiven,
  checkName,
  checkRange,
  checkTags,
  type Findings,
  repeated,
} from '../../kit/field-rules.ts'
import { itemLabels } from '../../paths.ts'
import { checkContainer } from './rules-container.ts'
import { checkFargate } from './rules-fargate.ts'
import { checkNetwork } from './rules-network.ts'
import { checkOrder } from './rules-order.ts'
import { type Placed, sizeOf, type TaskDefinitionSpec } from './spec.ts'

export function checkTaskDefinition(spec: TaskDefinitionSpec, found: Findings): void {
  const definitions = spec.containerDefinitions ?? []
  const labels = itemLabels(definitions)
  const containers = definitions.map((container, index): Placed => {
    return { path: `spec.containerDefinitions[${labels[index]}]`, container }
  })
  checkName(spec.family, 'spec.family', found)
  checkTags(spec.tags, 'spec.tags', found)
  checkConstraints(spec.placementConstraints, 'spec.placementConstraints', found)
  checkContainers(containers, found)
  for (const { path, container } of containers) checkContainer(container, path, spec, found)
  checkSizes(spec, containers, found)
  checkVolumes(spec, found)
  checkRole(spec, containers, found)
  checkNetwork(spec, containers, found)
  checkOrder(containers, found)
  checkFargate(spec, containers, found)
  const bytes = JSON.stringify(spec).length
  if (bytes > 65_536) {
    found.say('spec', 'TooLarge', `${bytes} bytes as JSON, and AWS takes at most 65536`)
  }
}

function checkContainers(containers: readonly Placed[], found: Findings): void {
  const path = 'spec.containerDefinitions'
  const definitions = containers.map(({ container }) => container)
  checkCount(definitions, path, [1, 10], 'containers', found)
  if (definitions.length > 0 && definitions.every(({ essential }) => essential === false)) {
    const message =
      'no container is essential: a task ends when one of its essential containers ends, so it needs one'
    found.say(
      path,
      'NoEssentialContainer',
      message,
      'take essential: false away from the main container',
    )
  }
  for (const [{ name }, index] of repeated(definitions, (container) => container.name)) {
    found.say(
      `${containers[index]!.path}.name`,
      'DuplicateContainer',
      `the container name "${name}" is here a second time`,
    )
  }
  const routers = containers.filter(
    ({ container }) => container.firelensConfiguration !== undefined,
  )
  if (routers.length > 1) {
    const at = `${routers[1]!.path}.firelensConfiguration`
    found.say(at, 'SecondRouter', 'only one container of a task can be the log router')
  }
  for (const { path: at, container } of containers) {
    if (container.logConfiguration?.logDriver !== 'awsfirelens' || routers.length > 0) continue
    const message = 'awsfirelens needs a container with a firelensConfiguration in the same task'
    found.say(`${at}.logConfiguration.logDriver`, 'NoRouter', message)
  }
}

function checkSizes(
  spec: TaskDefinitionSpec,
  containers: readonly Placed[],
  found: Findings,
): void {
  const cpu = sizeOf(spec.cpu)
  const memory = sizeOf(spec.memory)
  if (spec.cpu !== undefined && cpu === undefined) {
    found.say(
      'spec.cpu',
      'BadSize',
      `"${spec.cpu}" is not a CPU size: expected CPU units (1024 a vCPU), or "0.5 vCPU"`,
    )
  }
  if (spec.memory !== undefined && memory === undefined) {
    found.say(
      'spec.memory',
      'BadSize',
      `"${spec.memory}" is not a memory size: expected MiB, or "0.5 GB"`,
    )
  }
  checkRange(cpu, 'spec.cpu', [128, 196_608], found)
  for (const { path, container } of containers) {
    const { memory: hard, memoryReservation: soft } = container
    checkRange(container.cpu, `${path}.cpu`, [0, 196_608], found)
    checkRange(hard, `${path}.memory`, [4, Number.POSITIVE_INFINITY], found)
    checkRange(soft, `${path}.memoryReservation`, [4, Number.POSITIVE_INFINITY], found)
    if (spec.memory === undefined && hard === undefined && soft === undefined) {
      const message = 'needs memory or memoryReservation, since the task has no memory of its own'
      found.say(`${path}.memory`, 'NoMemory', message)
    }
    if (hard !== undefined && soft !== undefined && hard <= soft) {
      const message = `memory (${hard}) must be greater than memoryReservation (${soft})`
      found.say(`${path}.memory`, 'MemoryBelowReservation', message)
    }
  }
  const sum = (of: 'cpu' | 'memory') =>
    containers.reduce((all, { container }) => all + (container[of] ?? 0), 0)
  if (cpu !== undefined && sum('cpu') > cpu) {
    const message = `its containers ask for ${sum('cpu')} CPU units together, and the task has ${cpu}`
    found.say('spec.cpu', 'TaskTooSmall', message)
  }
  if (memory !== undefined && sum('memory') > memory) {
    const message = `its containers ask for ${sum('memory')} MiB together, and the task has ${memory}`
    found.say('spec.memory', 'TaskTooSmall', message)
  }
}

const volumeSources = [
  'host',
  'dockerVolumeConfiguration',
  'efsVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
  's3filesVolumeConfiguration',
] as const

function checkVolumes(spec: TaskDefinitionSpec, found: Findings): void {
  const volumes = spec.volumes ?? []
  const labels = itemLabels(volumes)
  const path = (index: number) => `spec.volumes[${labels[index]}]`
  volumes.forEach((volume, index) => {
    checkGiven(volume.name, `${path(index)}.name`, found)
    checkName(volume.name, `${path(index)}.name`, found)
    const sources = volumeSources.filter((source) => volume[source] !== undefined)
    if (sources.length > 1) {
      const message = `${sources.join(' and ')} cannot be set together`
      found.say(`${path(index)}.${sources[1]}`, 'NotTogether', message)
    }
  })
  for (const [{ name }, index] of repeated(volumes, (volume) => volume.name)) {
    found.say(
      `${path(index)}.name`,
      'DuplicateVolume',
      `the volume name "${name}" is here a second time`,
    )
  }
  const open = volumes.flatMap((volume, index) => (volume.configuredAtLaunch ? [index] : []))
  if (open.length > 1) {
    const message = 'only one volume of a task can be configured at launch'
    found.say(`${path(open[1]!)}.configuredAtLaunch`, 'TooMany', message)
  }
}

/** What the ECS agent fetches before the task runs, it fetches with the execution role. */
function checkRole(spec: TaskDefinitionSpec, containers: readonly Placed[], found: Findings): void {
  if (spec.executionRoleArn !== undefined) return
  const fargate = spec.requiresCompatibilities?.includes('FARGATE') === true
  for (const { path, container } of containers) {
    const log = container.logConfiguration
    const needs: [boolean, string, string][] = [
      [(container.secrets?.length ?? 0) > 0, `${path}.secrets`, 'secrets'],
      [
        (log?.secretOptions?.length ?? 0) > 0,
        `${path}.logConfiguration.secretOptions`,
        'secret log options',
      ],
      [
        container.repositoryCredentials !== undefined,
        `${path}.repositoryCredentials`,
        'registry credentials',
      ],
      [
        (container.environmentFiles?.length ?? 0) > 0,
        `${path}.environmentFiles`,
        'environment files',
      ],
      [
        fargate && log?.logDriver === 'awslogs',
        `${path}.logConfiguration.logDriver`,
        'awslogs on Fargate',
      ],
      [fargate && isPrivateEcr(container.image), `${path}.image`, 'a private ECR image on Fargate'],
    ]
    for (const [needed, at, what] of needs) {
      if (!needed) continue
      found.say(at, 'NoExecutionRole', `the task definition needs an executionRoleArn for ${what}`)
    }
  }
}

function isPrivateEcr(image: unknown): boolean {
  return typeof image === 'string' && /^\d{12}\.dkr[.-]ecr\b/.test(image)
}
