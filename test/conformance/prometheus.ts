/** A real Prometheus beside a /metrics endpoint: what promtool says of it, and what a scrape brings in. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, freePort, requireProgram, run, start, temporaryFolder } from './harness.ts'

/** What `promtool check metrics` finds wrong with an exposition; empty when it is content. */
export async function promtoolProblems(exposition: string): Promise<string> {
  requireProgram('promtool')
  const { code, stdout, stderr } = await run('promtool', ['check', 'metrics'], {
    input: exposition,
  })
  const said = `${stdout}${stderr}`.trim()
  return code === 0 || said !== '' ? said : `promtool ended with ${code}`
}

/** One sample of an instant query. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A running Prometheus that scrapes one target. */
export interface ScrapingPrometheus {
  /** The samples of an instant query, PromQL. */
  query(promql: string): Promise<readonly Sample[]>
  /** The samples as soon as there are any; rejects after `timeoutMs` (default 20 s). */
  queryEventually(promql: string, timeoutMs?: number): Promise<readonly Sample[]>
  stop(): Promise<void>
}

/** Starts Prometheus in a temporary folder, on a free loopback port, scraping `metricsUrl` every second as job `fairlead`. */
export async function startPrometheus(metricsUrl: string): Promise<ScrapingPrometheus> {
  requireProgram('prometheus')
  const { host, pathname } = new URL(metricsUrl)
  const folder = temporaryFolder()
  const config = join(folder.path, 'prometheus.yml')
  const job = {
    job_name: 'fairlead',
    metrics_path: pathname,
    static_configs: [{ targets: [host] }],
  }
  // JSON is YAML.
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [job],
    }),
  )
  const port = await freePort()
  const prometheus = start('prometheus', [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder.path, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ])
  const stop = async () => {
    await prometheus.stop()
    folder.remove()
  }
  const query = async (promql: string): Promise<readonly Sample[]> => {
    const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(promql)}`
    const answer = (await (await fetch(url)).json()) as QueryAnswer
    if (answer.status !== 'success')
      throw new Error(`Prometheus refuses ${promql}: ${answer.error}`)
    return (answer.data?.result ?? []).map(({ metric, value }) => ({
      labels: metric,
      value: Number(value[1]),
    }))
  }
  try {
    await eventually('Prometheus is ready', async () => {
      if (prometheus.exitCode() !== undefined) {
        throw new Error(`Prometheus ended: ${prometheus.said()}`)
      }
      const ready = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined)
      return ready?.ok || undefined
    })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    query,
    queryEventually: (promql, timeoutMs = 20_000) =>
      eventually(
        `samples of ${promql}`,
        async () => {
          const samples = await query(promql)
          return samples.length > 0 ? samples : undefined
        },
        { timeoutMs },
      ),
    stop,
  }
}

interface QueryAnswer {
  readonly status: string
  readonly error?: string
  readonly data?: {
    readonly result: readonly {
      readonly metric: Record<string, string>
      readonly value: readonly [number, string]
    }[]
  }
}
