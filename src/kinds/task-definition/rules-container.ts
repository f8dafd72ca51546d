/** Rules of one container that need nothing of the others. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import {
  checkCount,
  checkGiven,
  checkName,
  checkRange,
  type Findings,
  repeated,
} from '../../kit/field-rules.ts'
import { itemLabels } from '../../paths.ts'
import type { TaskDefinitionSpec } from './spec.ts'

export function checkContainer(
  container: ContainerDefinition,
  path: string,
  spec: TaskDefinitionSpec,
  found: Findings,
): void {
  checkGiven(container.name, `${path}.name`, found)
  checkName(container.name, `${path}.name`, found)
  checkGiven(container.image, `${path}.image`, found)
  checkImage(container.image, path, found)
  checkHealthCheck(container, path, found)
  checkMounts(container, path, spec, found)
  checkVariables(container, path, found)
  checkLogs(container, path, found)
  checkLimits(container, path, found)
}

function checkImage(image: unknown, path: string, { say }: Findings): void {
  if (typeof image !== 'string') return
  const [name = '', digest] = image.split('@')
  if (/\s/.test(image)) say(`${path}.image`, 'BadImage', 'an image has no blanks in it')
  else if (name.length > 255)
    say(`${path}.image`, 'BadImage', 'an image has at most 255 characters before its digest')
  else if (/^https?:\/\//.test(name))
    say(`${path}.image`, 'BadImage', 'an image begins with its registry, without https://')
  else if (/[:/]$/.test(name) || name === '')
    say(`${path}.image`, 'BadImage', `"${name}" is not complete`)
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    say(`${path}.image`, 'BadImage', 'the digest of an image is sha256: and 64 hex digits')
  }
}

function checkHealthCheck(
  { healthCheck }: ContainerDefinition,
  path: string,
  found: Findings,
): void {
  if (healthCheck === undefined) return
  const at = `${path}.healthCheck`
  const [first, ...rest] = healthCheck.command ?? []
  if (first !== 'CMD' && first !== 'CMD-SHELL') {
    const message = 'must begin with CMD (run as it is) or CMD-SHELL (run by the shell)'
    found.say(
      `${at}.command`,
      'BadHealthCheck',
      message,
      `[CMD-SHELL, "${first ?? 'curl -f http://localhost/ || exit 1'}"]`,
    )
  } else if (rest.length === 0) {
    found.say(`${at}.command`, 'BadHealthCheck', `nothing stands behind ${first}`)
  }
  checkRange(healthCheck.interval, `${at}.interval`, [5, 300], found)
  checkRange(healthCheck.timeout, `${at}.timeout`, [2, 60], found)
  checkRange(healthCheck.retries, `${at}.retries`, [1, 10], found)
  checkRange(healthCheck.startPeriod, `${at}.startPeriod`, [0, 300], found)
}

function checkMounts(
  container: ContainerDefinition,
  path: string,
  spec: TaskDefinitionSpec,
  found: Findings,
): void {
  const volumes = [...new Set(spec.volumes?.flatMap(({ name }) => name ?? []))]
  container.mountPoints?.forEach(({ sourceVolume, containerPath }, index) => {
    const at = `${path}.mountPoints[${index}]`
    checkGiven(containerPath, `${at}.containerPath`, found)
    checkGiven(sourceVolume, `${at}.sourceVolume`, found)
    if (sourceVolume !== undefined && !volumes.includes(sourceVolume)) {
      const expected =
        volumes.length > 0 ? `expected ${volumes.join(' or ')}` : 'spec.volumes is empty'
      found.say(
        `${at}.sourceVolume`,
        'UnknownVolume',
        `there is no volume "${sourceVolume}": ${expected}`,
      )
    }
  })
  const names = spec.containerDefinitions?.map(({ name }) => name) ?? []
  container.volumesFrom?.forEach(({ sourceContainer }, index) => {
    const at = `${path}.volumesFrom[${index}]`
    checkGiven(sourceContainer, `${at}.sourceContainer`, found)
    if (sourceContainer === undefined) return
    if (!names.includes(sourceContainer)) {
      const message = `there is no container "${sourceContainer}": expected ${names.join(' or ')}`
      found.say(`${at}.sourceContainer`, 'UnknownContainer', message)
    } else if (sourceContainer === container.name) {
      found.say(
        `${at}.sourceContainer`,
        'UnknownContainer',
        'a container cannot take volumes from itself',
      )
    }
  })
}

function checkVariables(container: ContainerDefinition, path: string, found: Findings): void {
  const { environment = [], secrets = [] } = container
  const labels = itemLabels(environment)
  environment.forEach(({ name }, index) => {
    checkGiven(name, `${path}.environment[${labels[index]}].name`, found)
  })
  const plain = new Set(environment.map(({ name }) => name))
  const secretLabels = itemLabels(secrets)
  secrets.forEach(({ name }, index) => {
    if (!plain.has(name)) return
    const message = `"${name}" is in environment too, and AWS takes a variable only once`
    found.say(`${path}.secrets[${secretLabels[index]}]`, 'DuplicateVariable', message)
  })
  for (const [{ name }, index] of repeated(secrets, (secret) => secret.name)) {
    found.say(
      `${path}.secrets[${secretLabels[index]}]`,
      'DuplicateVariable',
      `"${name}" is here a second time`,
    )
  }
  checkCount(
    container.environmentFiles,
    `${path}.environmentFiles`,
    [0, 10],
    'environment files',
    found,
  )
  container.environmentFiles?.forEach(({ value }, index) => {
    if (value === undefined || /^arn:[\w-]+:s3:::.+\.env$/.test(value)) return
    const message = 'must be the ARN of an S3 object that ends in .env'
    found.say(`${path}.environmentFiles[${index}].value`, 'BadEnvironmentFile', message)
  })
}

function checkLogs({ logConfiguration }: ContainerDefinition, path: string, found: Findings): void {
  if (logConfiguration?.logDriver !== 'awslogs') return
  const options = logConfiguration.options ?? {}
  const missing = ['awslogs-group', 'awslogs-region'].filter(
    (option) => options[option] === undefined,
  )
  if (missing.length === 0) return
  const at = `${path}.logConfiguration${logConfiguration.options ? '.options' : ''}`
  found.say(
    at,
    'Required',
    `awslogs needs the option${missing.length > 1 ? 's' : ''} ${missing.join(' and ')}`,
  )
}

function checkLimits(container: ContainerDefinition, path: string, found: Findings): void {
  const { say } = found
  const labels = itemLabels(container.ulimits ?? [])
  container.ulimits?.forEach(({ softLimit, hardLimit }, index) => {
    if (softLimit === undefined || hardLimit === undefined) return
    if (hardLimit < 0 || (softLimit >= 0 && softLimit <= hardLimit)) return
    const message = `the soft limit ${softLimit} is above the hard limit ${hardLimit}`
    say(`${path}.ulimits[${labels[index]}]`, 'BadLimit', message)
  })
  for (const [{ name }, index] of repeated(container.ulimits ?? [], (limit) => limit.name)) {
    say(`${path}.ulimits[${index}]`, 'DuplicateLimit', `the limit "${name}" is here a second time`)
  }
  const restart = container.restartPolicy
  checkRange(
    restart?.restartAttemptPeriod,
    `${path}.restartPolicy.restartAttemptPeriod`,
    [60, 1800],
    found,
  )
  checkCount(
    restart?.ignoredExitCodes,
    `${path}.restartPolicy.ignoredExitCodes`,
    [0, 50],
    'exit codes',
    found,
  )
  const linux = container.linuxParameters
  checkRange(linux?.swappiness, `${path}.linuxParameters.swappiness`, [0, 100], found)
  if (linux?.swappiness !== undefined && linux.maxSwap === undefined) {
    say(
      `${path}.linuxParameters.swappiness`,
      'NotAlone',
      'swappiness means nothing without maxSwap',
    )
  }
  const most = Number.POSITIVE_INFINITY
  checkRange(linux?.maxSwap, `${path}.linuxParameters.maxSwap`, [0, most], found)
  checkRange(container.startTimeout, `${path}.startTimeout`, [2, most], found)
  checkRange(container.stopTimeout, `${path}.stopTimeout`, [2, most], found)
  container.resourceRequirements?.forEach(({ type, value }, index) => {
    if (type !== 'GPU' || /^[1-9]\d*$/.test(value ?? '') || value === undefined) return
    say(
      `${path}.resourceRequirements[${index}].value`,
      'BadResource',
      'a GPU requirement is a whole number in quotes',
    )
  })
}
