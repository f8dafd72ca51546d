/** The Prometheus helper itself, on an endpoint of a few lines: it reports what is wrong and brings in what is right. */
import { createServer } from 'node:http'
import { Counter, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { skipped } from './harness.ts'
import { promtoolProblems, startPrometheus } from './prometheus.ts'

describe.skipIf(skipped('prometheus'))('prometheus', () => {
  it('finds fault with metrics that break the conventions, and none with others', async () => {
    expect(await promtoolProblems('# HELP calls calls\n# TYPE calls counter\ncalls 1\n')).toContain(
      '_total',
    )
    expect(
      await promtoolProblems(
        '# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total 1\n',
      ),
    ).toBe('')
  })

  it('is scraped by a real Prometheus', async () => {
    const register = new Registry()
    const help = 'Calls.'
    new Counter({ name: 'fairlead_test_total', help, labelNames: ['kind'], registers: [register] })
      .labels('Service')
      .inc(7)
    const server = createServer(async (_, response) => {
      response.setHeader('content-type', register.contentType).end(await register.metrics())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const prometheus = await startPrometheus(`http://127.0.0.1:${port}/metrics`)
    try {
      expect(await prometheus.queryEventually('up{job="fairlead"} == 1')).toHaveLength(1)
      expect(await prometheus.query('fairlead_test_total{kind="Service"}')).toMatchObject([
        { value: 7, labels: { job: 'fairlead' } },
      ])
    } finally {
      await prometheus.stop()
      server.closeAllConnections()
      server.close()
    }
  })
})
