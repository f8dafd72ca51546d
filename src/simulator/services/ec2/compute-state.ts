/** EC2 launch templates, instances and key pairs: the state. Records are replaced, never changed in place, so that an older view of the world may share them. */
import type { Instance, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2'
import type { InstanceType } from '../../machines/instance-types.ts'

export interface LaunchTemplateVersionRecord {
  readonly number: number
  readonly description?: string
  readonly createTime: Date
  readonly data: ResponseLaunchTemplateData
}

export interface LaunchTemplateRecord {
  /** `lt-…`. */
  readonly id: string
  readonly name: string
  readonly createTime: Date
  readonly defaultVersion: number
  /** Numbers are never given twice. */
  readonly lastNumber: number
  /** In order of their numbers. */
  readonly versions: readonly LaunchTemplateVersionRecord[]
}

/** What the ECS agent of an instance is doing. */
export interface HostAgent {
  /** `trying`: it boots, or tries again to register; `off`: it was stopped; `gone`: it will never register. */
  readonly state: 'trying' | 'registered' | 'off' | 'gone'
  /** Why it is not registered, for people. */
  readonly reason?: string
  /** Id of its container instance, once it has registered. */
  readonly containerInstance?: string
  /** When it tries to register next, how long it then waits, and when it gives up. */
  readonly nextAt?: number
  readonly retryMs?: number
  readonly giveUpAt?: number
}

/** An EC2 instance. */
export interface HostRecord {
  /** As DescribeInstances shows it, without tags (they are in `world.tags`). */
  readonly instance: Instance
  readonly reservationId: string
  /** Base64, as it was given. */
  readonly userData?: string
  readonly disableApiTermination: boolean
  /** The Auto Scaling group that it belongs to. */
  readonly group?: string
  readonly agent: HostAgent
  /** When its present state ends: pending, stopping, shutting down, or terminated and still described. */
  readonly until?: number
  /** A Spot instance that gets a notice is taken away then. */
  readonly interruptedAt?: number
  /** Shared by all versions of the record: the agenda's own memory. */
  readonly clock: { wakeAt?: number }
}

export interface KeyPairRecord {
  readonly keyName: string
  readonly keyPairId: string
  readonly keyType: 'rsa' | 'ed25519'
  readonly fingerprint: string
  readonly createTime: Date
}

export interface ComputeState {
  /** By id. */
  readonly templates: Map<string, LaunchTemplateRecord>
  /** By instance id; terminated ones stay for an hour. */
  readonly hosts: Map<string, HostRecord>
  /** By name. */
  readonly keyPairs: Map<string, KeyPairRecord>
  /** Types that are in no table, as instances of them showed themselves. */
  readonly types?: ReadonlyMap<string, InstanceType>
  /** The state is that of another account: images and types that are not known here may well be there. */
  readonly foreign?: boolean
  /** By `<operation> <client token>`: what it was called with, and the ids that it made. */
  readonly tokens: Map<string, { readonly input: string; readonly ids: readonly string[] }>
}

export function createComputeState(): ComputeState {
  return { templates: new Map(), hosts: new Map(), keyPairs: new Map(), tokens: new Map() }
}
