/** Rules of tasks on Fargate: sizes that exist, and what only instances offer. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import { fargateMemory, fargateSizes as sizes } from '../../kit/fargate-sizes.ts'
import { checkRange, type Findings } from '../../kit/field-rules.ts'
import { itemLabels } from '../../paths.ts'
import { type Placed, sizeOf, type TaskDefinitionSpec } from './spec.ts'

export function checkFargate(
  spec: TaskDefinitionSpec,
  containers: readonly Placed[],
  found: Findings,
): void {
  const { say } = found
  const named = spec.requiresCompatibilities ?? []
  const fargate = named.includes('FARGATE')
  const disk = spec.ephemeralStorage?.sizeInGiB
  checkRange(disk, 'spec.ephemeralStorage.sizeInGiB', [21, 200], found)
  if (disk !== undefined && named.length > 0 && !fargate) {
    say('spec.ephemeralStorage', 'OnlyOnFargate', 'only Fargate has ephemeral storage to size')
  }
  if (!fargate) return

  if (spec.networkMode !== 'awsvpc') {
    const message = `Fargate needs networkMode awsvpc${spec.networkMode ? `, not ${spec.networkMode}` : ''}`
    say('spec.networkMode', 'FargateNeedsAwsvpc', message)
  }
  checkSize(spec, found)
  checkRuntime(spec, found)
  if (spec.pidMode === 'host')
    say('spec.pidMode', 'NotOnFargate', 'Fargate takes pidMode task only')
  const whole = ['ipcMode', 'placementConstraints', 'inferenceAccelerators'] as const
  for (const field of whole) {
    if (spec[field] !== undefined && spec[field]?.length !== 0) {
      say(`spec.${field}`, 'NotOnFargate', `Fargate takes no ${field}`)
    }
  }
  const labels = itemLabels(spec.volumes ?? [])
  spec.volumes?.forEach((volume, index) => {
    const path = `spec.volumes[${labels[index]}]`
    if (volume.host?.sourcePath)
      say(`${path}.host`, 'NotOnFargate', 'Fargate has no host to take a path of')
    if (volume.dockerVolumeConfiguration) {
      say(`${path}.dockerVolumeConfiguration`, 'NotOnFargate', 'Fargate takes no Docker volumes')
    }
  })
  for (const { path, container } of containers) checkOnFargate(container, path, found)
}

function checkSize(spec: TaskDefinitionSpec, { say }: Findings): void {
  const missing = (['cpu', 'memory'] as const).filter((field) => spec[field] === undefined)
  if (missing.length > 0) {
    say(
      `spec.${missing[0]}`,
      'FargateNeedsSize',
      `Fargate needs ${missing.join(' and ')} of the task`,
      'the smallest size is cpu: "256", memory: "512"',
    )
  }
  const cpu = sizeOf(spec.cpu)
  const memory = sizeOf(spec.memory)
  if (cpu === undefined) return
  const windows = spec.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') === true
  const known = Object.keys(sizes).filter((units) => !windows || sizes[Number(units)]?.windows)
  if (!known.includes(String(cpu))) {
    const on = windows ? 'Windows on Fargate' : 'Fargate'
    say(
      'spec.cpu',
      'NoSuchFargateSize',
      `${on} has no size of ${cpu} CPU units: expected ${known.join(', ')}`,
    )
    return
  }
  const fitting = fargateMemory(cpu)
  if (memory === undefined || fitting.includes(memory)) return
  const below = fitting.filter((size) => size < memory).at(-1)
  const above = fitting.find((size) => size > memory)
  const nearest = [below, above].filter((size) => size !== undefined).join(' or ')
  const { from, to, step } = sizes[cpu]!
  const range = cpu === 256 ? '512, 1024 or 2048' : `${from} to ${to} in steps of ${step}`
  const message = `with ${cpu} CPU units Fargate takes ${range} MiB, not ${memory}`
  const smallest = Object.keys(sizes).find((units) => fargateMemory(Number(units)).includes(memory))
  const other = smallest ? `, or cpu: "${smallest}" for this memory` : ''
  say('spec.memory', 'NoSuchFargateSize', message, `nearest: ${nearest}${other}`)
}

/** Editions of Windows that ECS knows and Fargate does not run. "RuntimePlatform" in the Amazon ECS API reference. */
const notOnFargate = /^WINDOWS_SERVER_(2004|2016|20H2)_/

function checkRuntime({ runtimePlatform }: TaskDefinitionSpec, { say }: Findings): void {
  const { operatingSystemFamily: family = '', cpuArchitecture } = runtimePlatform ?? {}
  if (notOnFargate.test(family)) {
    const message = `Fargate does not run ${family}: expected LINUX, or a 2019 or later WINDOWS_SERVER`
    say('spec.runtimePlatform.operatingSystemFamily', 'NotOnFargate', message)
  }
  if (family.startsWith('WINDOWS') && cpuArchitecture === 'ARM64') {
    const message = 'Windows runs on X86_64 only'
    say('spec.runtimePlatform.cpuArchitecture', 'NotOnFargate', message)
  }
}

function checkOnFargate(container: ContainerDefinition, path: string, found: Findings): void {
  const no = (field: string, what = field) =>
    found.say(`${path}.${field}`, 'NotOnFargate', `Fargate takes no ${what}`)
  if (container.privileged) no('privileged', 'privileged containers')
  for (const field of ['devices', 'tmpfs', 'sharedMemorySize', 'maxSwap', 'swappiness'] as const) {
    const value = container.linuxParameters?.[field]
    if (value !== undefined && !(Array.isArray(value) && value.length === 0))
      no(`linuxParameters.${field}`, field)
  }
  if (container.resourceRequirements?.some(({ type }) => type === 'GPU')) {
    no('resourceRequirements', 'GPUs')
  }
  checkRange(container.startTimeout, `${path}.startTimeout`, [2, 120], found)
  checkRange(container.stopTimeout, `${path}.stopTimeout`, [2, 120], found)
}
