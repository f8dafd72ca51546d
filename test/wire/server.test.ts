/** The simulator's socket: what HTTP adds to the wire. */
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs'
import { afterEach, describe, expect, it } from 'vitest'
import type { ServedSimulator } from '../../src/simulator/server.ts'
import { serve } from '../../src/simulator/server.ts'

const target = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters' }
const open: ServedSimulator[] = []

async function start(call: (operation: string) => unknown = () => ({ clusterArns: [] })) {
  const server = await serve({ call }, { port: 0 })
  open.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

describe('serve', () => {
  it('answers an SDK client over a socket', async () => {
    const { url } = await start(() => ({ clusterArns: ['arn:x'] }))
    const client = new ECSClient({
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    })
    const answer = await client.send(new ListClustersCommand({}))
    client.destroy()
    expect(answer.clusterArns).toEqual(['arn:x'])
  })

  it('keeps a connection for many requests', async () => {
    const { port } = await start()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const localPort = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const sent = request({ agent, port, method: 'POST', headers: target }, (response) => {
          const { localPort } = response.socket
          response.resume().on('end', () => resolve(localPort))
        })
        sent.on('error', reject).end('{}')
      })
    const first = await localPort()
    expect(await localPort()).toBe(first)
    agent.destroy()
  })

  it('listens on 127.0.0.1 and nowhere else', async () => {
    const { port } = await start()
    const reached = (host: string) =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, host)
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
        socket.once('connect', () => socket.destroy())
      })
    // Another address of this machine, which a server bound to every address would answer on.
    expect([await reached('127.0.0.1'), await reached('127.0.0.2')]).toEqual([true, false])
  })

  it('takes chunked bodies', async () => {
    const inputs: unknown[] = []
    const server = await serve(
      { call: (_, input) => inputs.push(input) && {} },
      { port: 0, host: '127.0.0.1' },
    )
    open.push(server)
    await new Promise<void>((resolve, reject) => {
      const sent = request({ port: server.port, method: 'POST', headers: target }, (response) =>
        response.resume().on('end', resolve),
      )
      sent.on('error', reject)
      sent.write('{"maxRes')
      sent.end('ults":7}')
    })
    expect(inputs).toEqual([{ maxResults: 7 }])
  })

  it('refuses a body over 1 MiB with 413', async () => {
    const { url } = await start()
    const body = JSON.stringify({ nextToken: 'a'.repeat(1024 * 1024) })
    const answer = await fetch(url, { method: 'POST', headers: target, body })
    expect(answer.status).toBe(413)
  })

  it('answers GET and HEAD of / for people and health checks', async () => {
    const { url } = await start()
    const answer = await fetch(url)
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('ready')])
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('breaks the connection where an answer is to be lost', async () => {
    const { url } = await start(() => {
      throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
    })
    await expect(fetch(url, { method: 'POST', headers: target, body: '{}' })).rejects.toThrow()
  })

  it('closes though a client keeps its connection open', async () => {
    const { port, close } = await start()
    const socket = connect(port, '127.0.0.1')
    await new Promise((resolve) => socket.once('connect', resolve))
    const ended = new Promise((resolve) => socket.once('close', resolve))
    await close()
    await ended
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow()
  })

  it('says so when the port is taken', async () => {
    const { port } = await start()
    await expect(serve({ call: () => ({}) }, { port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
  })
})
