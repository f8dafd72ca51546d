/** The built controller as people start it, on the embedded simulator: seen by curl, Prometheus, the aws CLI and a signal. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ResourceObject } from '../../src/server/api.ts'
import {
  type Background,
  clientEnv,
  eventually,
  freePort,
  requireProgram,
  run,
  skipped,
  start,
  temporaryFolder,
} from './harness.ts'
import { promtoolProblems, startPrometheus } from './prometheus.ts'

const root = join(import.meta.dirname, '../..')
const program = join(root, 'dist/fairlead.js')

/** What dashboards and alerts are built on; the histogram's parts go by the name of the whole. */
const promisedMetrics = [
  'fairlead_passes_total',
  'fairlead_pass_duration_seconds',
  'fairlead_queue_depth',
  'fairlead_aws_calls_total',
  'fairlead_aws_call_duration_seconds',
  'fairlead_aws_throttle_wait_seconds',
  'fairlead_resource_ready',
  'fairlead_drift_detected_total',
  'fairlead_changes_total',
  'fairlead_source_revision_info',
  'fairlead_last_sync_timestamp_seconds',
  'fairlead_commit_to_live_seconds',
  'fairlead_rollouts_total',
  'fairlead_leader',
]

const isTrue = ({ status }: ResourceObject, type: string) =>
  status.conditions.some((condition) => condition.type === type && condition.status === 'True')

describe('fairlead run --simulate', () => {
  const folder = temporaryFolder()
  const manifests = join(folder.path, 'manifests')
  const storefront = join(manifests, 'storefront.yaml')
  let controller: Background
  let server: string
  let simulator: string

  /** What the controller knows, as `fairlead get` tells it. */
  async function resources(): Promise<readonly ResourceObject[]> {
    const { code, stdout, stderr } = await run(
      process.execPath,
      [program, 'get', '-o', 'json', '--server', server],
      { env: clientEnv('http://127.0.0.1:1') },
    )
    if (code !== 0) throw new Error(`fairlead get ended with ${code}: ${stderr}`)
    return JSON.parse(stdout).items
  }

  const allReady = (timeoutMs: number) =>
    eventually(
      'every resource is Ready',
      async () => {
        const all = await resources()
        return all.length > 0 && all.every((one) => isTrue(one, 'Ready')) ? all : undefined
      },
      { timeoutMs, everyMs: 300 },
    )

  const metrics = async () => (await fetch(`${server}/metrics`)).text()

  beforeAll(async () => {
    cpSync(join(root, 'manifests'), manifests, { recursive: true })
    const [httpPort, simulatorPort] = [await freePort(), await freePort()]
    server = `http://127.0.0.1:${httpPort}`
    simulator = `http://127.0.0.1:${simulatorPort}`
    const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|FAIRLEAD)_/.test(name))
    controller = start(
      process.execPath,
      [
        ...[program, 'run', manifests, '--simulate', '--container-instances', 'shop=2:t3.large'],
        ...['--http-port', `${httpPort}`, '--simulator-port', `${simulatorPort}`],
      ],
      { env: Object.fromEntries(inherited) },
    )
    await eventually('/readyz', async () => {
      if (controller.exitCode() !== undefined) throw new Error(`it ended: ${controller.said()}`)
      return (await fetch(`${server}/readyz`).catch(() => undefined))?.ok || undefined
    })
  })

  afterAll(async () => {
    await controller?.stop()
    folder.remove()
  })

  it('brings everything that the sample describes to Ready within half a minute', async () => {
    const names = (await allReady(30_000)).map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    expect(names.toSorted()).toEqual([
      'Cluster/shop',
      'Service/catalog',
      'Service/order-worker',
      'Service/storefront',
      'TaskDefinition/catalog',
      'TaskDefinition/order-worker',
      'TaskDefinition/storefront',
    ])
  })

  it('exposes every metric that was promised', async () => {
    const exposed = [...(await metrics()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    expect(exposed).toEqual(expect.arrayContaining(promisedMetrics))
  })

  it.skipIf(skipped('promtool'))('exposes what promtool finds no fault with', async () => {
    expect(await promtoolProblems(await metrics())).toBe('')
  })

  it.skipIf(skipped('prometheus'))('is scraped by a real Prometheus', async () => {
    const prometheus = await startPrometheus(`${server}/metrics`)
    try {
      expect(await prometheus.queryEventually('up{job="fairlead"} == 1')).toHaveLength(1)
      expect(await prometheus.query('fairlead_resource_ready{kind="Cluster"}')).toMatchObject([
        { value: 1, labels: { namespace: 'default', name: 'shop' } },
      ])
    } finally {
      await prometheus.stop()
    }
  })

  it.skipIf(skipped('aws'))('lets the aws CLI look into the simulated account', async () => {
    requireProgram('aws')
    const { code, stdout, stderr } = await run(
      'aws',
      'ecs list-services --cluster shop --region us-east-1 --output json'.split(' '),
      { env: clientEnv(simulator, 'us-east-1') },
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const base = 'arn:aws:ecs:us-east-1:123456789012:service/shop/'
    expect(JSON.parse(stdout).serviceArns.toSorted()).toEqual([
      `${base}catalog`,
      `${base}order-worker`,
      `${base}storefront`,
    ])
  })

  it('rolls a new image out as soon as its file changes', async () => {
    const revisionOf = (all: readonly ResourceObject[]) =>
      all.find(({ kind, metadata }) => kind === 'TaskDefinition' && metadata.name === 'storefront')
        ?.status.aws.arn
    const before = revisionOf(await allReady(30_000))
    const text = readFileSync(storefront, 'utf8')
    const changed = text.replace(/(image: \S*storefront:)\S+/, '$1next')
    expect(changed).not.toBe(text)
    writeFileSync(storefront, changed)
    await eventually(
      'the roll-out starts',
      async () => {
        const all = await resources()
        const service = all.find(
          ({ kind, metadata }) => kind === 'Service' && metadata.name === 'storefront',
        )
        return (service && isTrue(service, 'Reconciling')) || undefined
      },
      { timeoutMs: 5_000 },
    )
    const after = revisionOf(await allReady(30_000))
    expect(after).toMatch(/:task-definition\/storefront:2$/)
    expect(before).toMatch(/:task-definition\/storefront:1$/)
  })

  it('ends well within five seconds of SIGTERM', async () => {
    const startMs = Date.now()
    expect(await controller.end('SIGTERM')).toBe(0)
    expect(Date.now() - startMs).toBeLessThan(5_000)
    expect(controller.said()).toContain('stopping')
  })
})
