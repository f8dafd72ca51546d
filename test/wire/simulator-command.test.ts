/** `fairlead simulator`: what it prints, that time is scaled, and that its state outlives it. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type SimulatorCommandOptions, simulator } from '../../src/cli/simulator.ts'
import { UserError } from '../../src/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'fairlead-simulator-'))
const file = join(folder, 'state.json')
afterEach(() => rmSync(file, { force: true }))

/** The command on a clock that the test moves; `stop` ends it. */
async function start(options: Partial<SimulatorCommandOptions> = {}) {
  const stopping = new AbortController()
  const clock = { ms: Date.UTC(2026, 2, 1), now: () => clock.ms, sleep: async () => {} }
  let said = ''
  let ended: Promise<number> | undefined
  const url = await new Promise<string>((resolve, reject) => {
    const io = {
      stdout(text: string) {
        said += text
        resolve(/http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '')
      },
      stderr() {},
      signal: stopping.signal,
    }
    const all = { port: 0, timeScale: 1, throttle: false, containerInstances: [], ...options }
    ended = simulator(all, io, clock)
    ended.catch(reject)
  })
  const ask = async (operation: string, input: object) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}` },
      body: JSON.stringify(input),
    })
    return (await answer.json()) as Record<string, never>
  }
  const stop = () => {
    stopping.abort()
    return ended
  }
  return { url, clock, ask, stop, said: () => said }
}

describe('fairlead simulator', () => {
  it('says in one line where it is and how to use it', async () => {
    const { url, said, stop } = await start()
    expect(said()).toBe(
      `simulated AWS on ${url}; try: AWS_ENDPOINT_URL=${url} aws ecs list-clusters (any region and credentials do)\n`,
    )
    expect(await stop()).toBe(0)
    expect(existsSync(file)).toBe(false)
  })

  it('registers the container instances that were asked for, on scaled time', async () => {
    const { ask, clock, stop } = await start({
      timeScale: 1000,
      containerInstances: [{ cluster: 'shop', count: 2 }],
    })
    await ask('CreateCluster', { clusterName: 'shop' })
    clock.ms += 1000
    const { containerInstanceArns } = await ask('ListContainerInstances', { cluster: 'shop' })
    expect(containerInstanceArns).toHaveLength(2)
    await stop()
  })

  it('keeps its state in a file, and goes on from there', async () => {
    const containerInstances = [{ cluster: 'shop', count: 1 }]
    const first = await start({ snapshot: file, timeScale: 1000, containerInstances })
    first.clock.ms += 60_000
    await first.ask('CreateCluster', { clusterName: 'shop' })
    const before = await first.ask('DescribeClusters', { clusters: ['shop'] })
    await first.stop()
    const second = await start({ snapshot: file })
    expect(await second.ask('DescribeClusters', { clusters: ['shop'] })).toEqual(before)
    // The clock is behind the simulated time now, which must not stand still for that.
    second.clock.ms += 300_000
    const { containerInstanceArns } = await second.ask('ListContainerInstances', {
      cluster: 'shop',
    })
    expect(containerInstanceArns).toHaveLength(1)
    await second.stop()
  })

  it('writes the file on SIGUSR2, too', async () => {
    const { ask, stop } = await start({ snapshot: file })
    await ask('CreateCluster', { clusterName: 'shop' })
    process.emit('SIGUSR2')
    expect(existsSync(file)).toBe(true)
    await stop()
    expect(process.listenerCount('SIGUSR2')).toBe(0)
  })

  it('injects the faults that were asked for', async () => {
    for (const [faults, error] of [
      ['throttle=1', 'ThrottlingException'],
      ['error=1', 'ServerException'],
    ] as const) {
      const { ask, stop } = await start({ faults })
      expect(await ask('ListClusters', {})).toMatchObject({ __type: error })
      await stop()
    }
  })

  it('refuses a taken port, an unknown instance type and a broken file in words', async () => {
    const { url, stop } = await start()
    await expect(start({ port: Number(new URL(url).port) })).rejects.toThrow(UserError)
    await stop()
    const containerInstances = [{ cluster: 'a', count: 1, type: 'z9.huge' }]
    await expect(start({ containerInstances })).rejects.toThrow(/z9\.huge/)
    writeFileSync(file, '{')
    await expect(start({ snapshot: file })).rejects.toThrow(/cannot use .*not JSON/)
    await expect(start({ faults: 'boom' })).rejects.toThrow(UserError)
    rmSync(file)
  })
})
