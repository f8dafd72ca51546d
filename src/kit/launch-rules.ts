/** Rules of what starts single tasks (RunTask, a schedule): launch type, network, placement, and their task definition. Pure. */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import {
  checkConstraints,
  checkCount,
  checkGiven,
  checkStrategy,
  type Findings,
  isFargateProvider,
} from './field-rules.ts'

interface StrategyItem {
  readonly capacityProvider?: unknown
  readonly weight?: number | undefined
  readonly base?: number | undefined
}

/** The members that RunTask and a schedule have in common. */
export interface Launch {
  readonly launchType?: string | undefined
  readonly capacityProviderStrategy?: readonly StrategyItem[] | undefined
  readonly platformVersion?: string | undefined
  readonly networkConfiguration?:
    | {
        readonly awsvpcConfiguration?:
          | {
              readonly subnets?: readonly unknown[] | undefined
              readonly securityGroups?: readonly unknown[] | undefined
              readonly assignPublicIp?: string | undefined
            }
          | undefined
      }
    | undefined
  readonly placementConstraints?:
    | readonly { readonly type?: string | undefined; readonly expression?: string | undefined }[]
    | undefined
  readonly placementStrategy?:
    | readonly { readonly type?: string | undefined; readonly field?: string | undefined }[]
    | undefined
}

export function checkLaunch(launch: Launch, path: string, found: Findings): void {
  const { say } = found
  if (launch.launchType !== undefined && (launch.capacityProviderStrategy?.length ?? 0) > 0) {
    const message = 'launchType and capacityProviderStrategy cannot be set both: leave one out'
    say(`${path}.launchType`, 'NotTogether', message)
  }
  checkStrategy(launch.capacityProviderStrategy, `${path}.capacityProviderStrategy`, found)
  checkNetwork(launch, path, found)
  checkPlacement(launch, path, found)
}

function onFargate({ launchType, capacityProviderStrategy = [] }: Launch): boolean {
  return (
    launchType === 'FARGATE' ||
    capacityProviderStrategy.some(({ capacityProvider }) => isFargateProvider(capacityProvider))
  )
}

function checkNetwork(launch: Launch, path: string, found: Findings): void {
  const vpc = launch.networkConfiguration?.awsvpcConfiguration
  const at = `${path}.networkConfiguration.awsvpcConfiguration`
  checkCount(vpc?.subnets, `${at}.subnets`, [1, 16], 'subnets', found)
  checkCount(vpc?.securityGroups, `${at}.securityGroups`, [0, 5], 'security groups', found)
  if (onFargate(launch) && vpc === undefined) {
    const message = 'tasks on Fargate need networkConfiguration.awsvpcConfiguration with subnets'
    found.say(`${path}.networkConfiguration`, 'Required', message)
  }
  if (launch.launchType === 'EC2' && vpc?.assignPublicIp === 'ENABLED') {
    const message = 'AWS gives public addresses to tasks on Fargate only'
    found.say(`${at}.assignPublicIp`, 'OnlyOnFargate', message)
  }
  const onInstances = launch.launchType === 'EC2' || launch.launchType === 'EXTERNAL'
  if (launch.platformVersion !== undefined && onInstances) {
    const message = 'only Fargate has platform versions'
    found.say(`${path}.platformVersion`, 'OnlyOnFargate', message)
  }
}

function checkPlacement(launch: Launch, path: string, found: Findings): void {
  checkConstraints(launch.placementConstraints, `${path}.placementConstraints`, found)
  const strategy = launch.placementStrategy
  checkCount(strategy, `${path}.placementStrategy`, [0, 5], 'placement strategies', found)
  strategy?.forEach(({ type, field }, index) => {
    const at = `${path}.placementStrategy[${index}]`
    checkGiven(type, `${at}.type`, found)
    if (type === 'binpack' && !/^(cpu|memory)$/i.test(field ?? '')) {
      found.say(`${at}.field`, 'NotAllowed', 'binpack needs the field cpu or memory')
    }
    if (type === 'spread') {
      checkGiven(field, `${at}.field`, found, 'attribute:ecs.availability-zone or instanceId')
    }
  })
  if (!onFargate(launch)) return
  for (const name of ['placementConstraints', 'placementStrategy'] as const) {
    if ((launch[name]?.length ?? 0) > 0)
      found.say(`${path}.${name}`, 'NotOnFargate', `Fargate takes no ${name}`)
  }
}

/** Rules over a launch and the task definition that it starts. */
export function checkLaunchOf(
  launch: Launch,
  definition: Partial<RegisterTaskDefinitionRequest>,
  path: string,
  found: Findings,
): void {
  const awsvpc = definition.networkMode === 'awsvpc'
  if (awsvpc && launch.networkConfiguration?.awsvpcConfiguration === undefined) {
    const message = 'its task definition has networkMode awsvpc, which needs a networkConfiguration'
    found.say(`${path}.networkConfiguration`, 'Required', message)
  }
  if (!awsvpc && launch.networkConfiguration !== undefined) {
    const mode = definition.networkMode ?? 'bridge'
    const message = `its task definition has networkMode ${mode}, and only awsvpc takes a networkConfiguration`
    found.say(`${path}.networkConfiguration`, 'NotTogether', message)
  }
  if (onFargate(launch) && definition.requiresCompatibilities?.includes('FARGATE') !== true) {
    const at = `${path}.${launch.launchType ? 'launchType' : 'capacityProviderStrategy'}`
    const message = 'its task definition does not say that it runs on Fargate'
    found.say(at, 'NotCompatible', message, 'add FARGATE to requiresCompatibilities there')
  }
  checkPlatform(launch, definition, path, found)
}

/**
 * What a task definition needs of Fargate's platform, and what Fargate Spot does not run. Rests on "Fargate platform
 * versions" and "Fargate capacity providers" in the Amazon ECS developer guide.
 */
export function checkPlatform(
  launch: Pick<Launch, 'platformVersion' | 'capacityProviderStrategy' | 'launchType'>,
  definition: Partial<RegisterTaskDefinitionRequest>,
  path: string,
  { say }: Findings,
): void {
  const { operatingSystemFamily: family, cpuArchitecture } = definition.runtimePlatform ?? {}
  const windows = family?.startsWith('WINDOWS') === true
  const spot = (launch.capacityProviderStrategy ?? []).findIndex(
    ({ capacityProvider }) => capacityProvider === 'FARGATE_SPOT',
  )
  if (windows && spot >= 0) {
    const at = `${path}.capacityProviderStrategy[${spot}].capacityProvider`
    say(at, 'NotOnSpot', 'Fargate Spot runs no Windows tasks', 'FARGATE')
  }
  const old = /^1\.[0-3]\.\d+$/.test(launch.platformVersion ?? '')
  if (!old || windows || !onFargate(launch)) return
  const cpu = Number(definition.cpu)
  const needs: readonly [boolean, string][] = [
    [cpu >= 8192, `${cpu} CPU units`],
    [cpuArchitecture === 'ARM64', 'ARM64'],
    [definition.ephemeralStorage !== undefined, 'ephemeralStorage'],
    [definition.volumes?.some((volume) => volume.efsVolumeConfiguration) === true, 'EFS volumes'],
  ]
  const why = needs.flatMap(([needed, what]) => (needed ? what : []))
  if (why.length === 0) return
  const message = `its task definition has ${why.join(' and ')}, and Fargate has that from platform version 1.4.0 on`
  say(`${path}.platformVersion`, 'NotCompatible', message, 'leave it out: LATEST is 1.4.0')
}
