/** How long tasks take to start: as those that run now did, with room on both sides. Pure. */
import type { Task } from '@aws-sdk/client-ecs'
import type { Recorded } from './reader.ts'

/** Multiples of what the simulator takes for usual. */
export interface Pace {
  readonly quick: number
  readonly usual: number
  readonly slow: number
  /** A sentence for the assumptions. */
  readonly said: string
}

/** The middle of what the simulator draws for the image and the start, seconds. */
const middle = { ec2: 5, fargate: 19 } as const

export function paceOf(answers: readonly Recorded[]): Pace {
  const ratios: number[] = []
  const seconds: number[] = []
  for (const { operation, output } of answers) {
    if (operation !== 'ecs:DescribeTasks') continue
    for (const task of (output.tasks ?? []) as Task[]) {
      const took = startOf(task)
      if (took === undefined) continue
      seconds.push(took)
      ratios.push(took / middleOf(task))
    }
  }
  if (ratios.length === 0) {
    const said =
      'tasks start in 2 to 8 s on EC2, 20 to 40 s on Fargate; the range is for half and twice of that'
    return { quick: 0.5, usual: 1, slow: 2, said }
  }
  const usual = within(quantile(ratios, 0.5), 0.2, 20)
  return {
    quick: Math.min(usual / 2, within(quantile(ratios, 0.05), 0.1, 20)),
    usual,
    slow: Math.max(usual * 2, within(quantile(ratios, 0.95), 0.2, 60)),
    said: `tasks take to start what the ${ratios.length} did that run now (${round(quantile(seconds, 0.5))} s in the middle); the range is for half and twice of that`,
  }
}

/** From when its images were pulled: a task that waited for an instance before says nothing by that. */
function startOf({ createdAt, pullStartedAt, startedAt, lastStatus }: Task): number | undefined {
  const from = pullStartedAt ?? createdAt
  if (lastStatus !== 'RUNNING' || !from || !startedAt) return undefined
  const took = (new Date(startedAt).getTime() - new Date(from).getTime()) / 1_000
  return took > 0 && took < 600 ? took : undefined
}

const middleOf = ({ launchType }: Task) => (launchType === 'FARGATE' ? middle.fargate : middle.ec2)

function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? 1
}

const within = (value: number, from: number, to: number) => Math.min(to, Math.max(from, value))
const round = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0))
