/** What must hold at every moment of a random life, whatever happens. Each breach is noted in words. */
import type { ServiceRecord, TaskRecord, World } from '../../../src/simulator/world.ts'
import type { SentCall } from '../../rig.ts'
import type { Git } from './git.ts'

export interface Promises {
  /** Each change of a task. */
  task(record: TaskRecord): void
  /** At the end: no content was rolled out twice in a row. */
  once(): void
  /** Each write of the controller, before AWS sees it. */
  write(call: SentCall): void
  readonly breaches: readonly string[]
}

export interface Witness {
  readonly world: () => World
  /** What Git may have said when a write was decided: now, and shortly before. */
  readonly said: () => readonly Git[]
  /** When a controller started: until reads show it, that one does not know of the last write. */
  readonly startsMs: readonly number[]
  /** The lowest number of tasks of an app that anybody has ever asked for. */
  readonly leastAsked: (name: string) => number
}

const ours = ({ clusterName, service }: ServiceRecord) =>
  clusterName === 'bay' && service.serviceName !== 'lodger'

export function createPromises({ world, said, startsMs, leastAsked }: Witness): Promises {
  const breaches: string[] = []
  /** ARNs of the tasks that were healthy when they last changed. */
  const healthyBefore = new Set<string>()
  const breach = (text: string) => {
    const at = new Date(world().time).toISOString().slice(11, 19)
    if (breaches.length < 20) breaches.push(`${at} ${text}`)
  }
  const appIn = (git: Git, name: string) => git.apps.find((app) => app.name === name)

  /** The images of revisions that a service went back from. */
  const takenBack = (record: ServiceRecord): string[] =>
    record.serviceDeployments
      .filter(({ status = '' }) => status.startsWith('ROLLBACK_'))
      .flatMap(({ targetServiceRevision }) => targetOf(record, targetServiceRevision?.arn) ?? [])

  const targetOf = ({ serviceRevisions }: ServiceRecord, arn: string | undefined) => {
    const revision = serviceRevisions.find(({ serviceRevisionArn }) => serviceRevisionArn === arn)
    return imageOf(revision?.taskDefinition)
  }

  const imageOf = (taskDefinition: string | undefined): string | undefined => {
    const [family = '', revision] = (taskDefinition?.split('/').at(-1) ?? '').split(':')
    const record = world().families.get(family)?.[Number(revision) - 1]
    return record?.definition.containerDefinitions?.[0]?.image
  }

  return {
    breaches,

    task({ task, machine, serviceName = '', clusterName, deploymentId }) {
      const arn = task.taskArn ?? ''
      const was = healthyBefore.has(arn)
      if (machine.healthy) healthyBefore.add(arn)
      else healthyBefore.delete(arn)
      if (!was || machine.healthy || clusterName !== 'bay') return
      if (task.stopCode !== 'ServiceSchedulerInitiated') return
      const record = world().services.get(`bay/${serviceName}`)
      // A failing task is stopped for its health, and only in the place of a better one.
      if (!record || !task.stoppedReason?.startsWith('Scaling activity')) return
      if (record.service.status !== 'ACTIVE') return
      const { deploymentConfiguration } = record.service
      // Where traffic shifts, those that neither have it nor are to get it serve nobody.
      const shifts = deploymentConfiguration?.strategy === 'BLUE_GREEN'
      const serving = [record.deployments[0]?.id, record.lastCompleted?.id]
      if (shifts && record.lastCompleted && !serving.includes(deploymentId)) return
      const percent = deploymentConfiguration?.minimumHealthyPercent ?? 100
      const floor = Math.ceil((leastAsked(serviceName) * percent) / 100)
      // Fewer tasks are wanted: which of them go is for AWS to say, and it does not look at their health.
      const fewer = deploymentId === record.deployments[0]?.id
      const left = [...record.live].filter((id) => {
        const one = world().tasks.get(id)
        if (!fewer) return one?.machine.healthy
        return one?.task.lastStatus === 'RUNNING' && one.task.desiredStatus === 'RUNNING'
      })
      if (left.length < floor) {
        breach(`${serviceName}: ${left.length} tasks are left, fewer than ${floor}`)
      }
    },

    once() {
      for (const record of world().services.values()) {
        record.serviceDeployments.forEach(({ createdAt, targetServiceRevision }, i, all) => {
          const image = targetOf(record, targetServiceRevision?.arn)
          const before = targetOf(record, all[i + 1]?.targetServiceRevision?.arn)
          const atMs = Number(createdAt ?? 0)
          // AWS tells whole milliseconds.
          const unaware = startsMs.some((ms) => Math.floor(ms) <= atMs && atMs < ms + 15_000)
          if (!image || image !== before || unaware) return
          breach(`${record.service.serviceName}: ${image} was rolled out twice in a row`)
        })
      }
    },

    write({ operation, input }) {
      const text = JSON.stringify(input)
      if (/theirs|lodger/.test(text)) breach(`${operation} on what is not ours: ${text}`)
      const name =
        String(input.service ?? input.serviceName ?? '')
          .split('/')
          .at(-1) ?? ''
      const record = world().services.get(`bay/${name}`)
      if (operation === 'ecs:UpdateService' || operation === 'ecs:CreateService') {
        const image = imageOf(input.taskDefinition as string | undefined)
        if (record && image && operation === 'ecs:UpdateService') {
          if (takenBack(record).includes(image)) breach(`${name}: ${image} is started again`)
        }
        const wanted = said().flatMap((git) => appIn(git, name)?.desired ?? [])
        if (input.desiredCount !== undefined && !wanted.includes(Number(input.desiredCount))) {
          breach(`${name}: ${input.desiredCount} tasks, which Git never said`)
        }
      }
      if (operation === 'ecs:DeleteService') {
        if (said().every((git) => git.damage || appIn(git, name))) breach(`${name} is deleted`)
        const going = [...world().services.values()].filter(
          (one) =>
            ours(one) &&
            one.service.status === 'ACTIVE' &&
            said().every((git) => !appIn(git, one.service.serviceName ?? '')),
        )
        if (going.length > 1)
          breach(`${going.length} services are to go at once, of two objects each`)
      }
      if (operation === 'ecs:DeleteCluster') breach('the cluster is deleted')
    },
  }
}
