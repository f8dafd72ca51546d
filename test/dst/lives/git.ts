/** What Git says in a random life: a cluster and a few apps, each a task definition and a service, spread over files. */
import { document, fargateSpec } from '../../scenario/shop.ts'

/** It is healthy for a while first. */
export const late = 'exit 1 after 45s'

/** How a container fares, in the words of the simulator's docker label; absent: well. */
export const illnesses = [
  'exit 1 after 3s',
  late,
  'cannot pull',
  'unhealthy after 1s',
  'oom after 5s',
] as const

export interface App {
  readonly name: string
  readonly onInstances: boolean
  /** `nginx:<n>`; no two contents share a number. */
  readonly tag: number
  readonly illness?: string
  readonly desired: number
  readonly minimumHealthyPercent: number
  readonly strategy: 'ROLLING' | 'ROLLING without a breaker' | 'BLUE_GREEN'
}

export interface Git {
  readonly apps: readonly App[]
  /** The folder is empty, or a file of it is half written. */
  readonly damage?: 'empty' | 'half written'
  /** How the documents are spread over files. */
  readonly layout: number
}

const deployment: Readonly<Record<App['strategy'], Record<string, unknown>>> = {
  ROLLING: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  'ROLLING without a breaker': {},
  BLUE_GREEN: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 },
}

const room = { awsvpcConfiguration: { subnets: ['subnet-0defa00000000000a'] } }

function documentsOf(app: App): object[] {
  const { name, onInstances, tag, illness, desired, minimumHealthyPercent, strategy } = app
  const container = {
    name: 'app',
    image: `nginx:${tag}`,
    ...(illness ? { dockerLabels: { 'fairlead.dev/simulate': illness } } : {}),
  }
  return [
    document(
      'TaskDefinition',
      name,
      {
        ...(onInstances ? { cpu: '256', memory: '256' } : fargateSpec),
        containerDefinitions: [container],
      },
      {},
      'default',
    ),
    document(
      'Service',
      name,
      {
        cluster: { ref: 'bay' },
        taskDefinition: { ref: name },
        desiredCount: desired,
        launchType: onInstances ? 'EC2' : 'FARGATE',
        ...(onInstances ? {} : { networkConfiguration: room }),
        deploymentConfiguration: { minimumHealthyPercent, ...deployment[strategy] },
      },
      // A roll-out that gets nowhere is said to be stuck before the history ends.
      { timeout: '15m' },
      'default',
    ),
  ]
}

/** The files as they are checked out. */
export function filesOf({ apps, damage, layout }: Git): Record<string, string> {
  if (damage === 'empty') return {}
  const environment = {
    apiVersion: 'fairlead.dev/v1alpha1',
    kind: 'Environment',
    metadata: { name: 'default' },
    spec: { prune: true, maxDeletes: 2 },
  }
  const documents = [
    environment,
    document('Cluster', 'bay', {}, {}, 'default'),
    ...apps.flatMap(documentsOf),
  ]
  const files: Record<string, string> = {}
  documents.forEach((each, i) => {
    const path = `${layout % 2 ? 'apps/' : ''}${(i * (layout + 1)) % 3}.yaml`
    files[path] = `${files[path] ?? ''}---\n${JSON.stringify(each)}\n`
  })
  if (damage === 'half written') {
    // Within a document: a file that ends between two of them is a whole file.
    const [path = '', text = ''] = Object.entries(files).at(-1) ?? []
    files[path] = text.slice(0, -20)
  }
  return files
}
