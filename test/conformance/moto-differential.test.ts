/** The same calls, through the same SDK clients, to moto and to the simulator: equal wherever moto is right. */
import * as ecs from '@aws-sdk/client-ecs'
import * as tag from '@aws-sdk/client-resource-groups-tagging-api'
import * as sts from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSimulator } from '../../src/simulator/index.ts'
import { createWire } from '../../src/simulator/wire/handle.ts'
import { sdkHandler } from '../../src/simulator/wire/sdk-handler.ts'
import { clusterRows } from './moto/clusters.ts'
import {
  differences,
  isAt,
  normalised,
  type Outcome,
  type Row,
  valueAt,
  withToken,
} from './moto/row.ts'
import { type Moto, startMoto, withoutMoto } from './moto/server.ts'
import { serviceRows } from './moto/services.ts'
import { tagRows } from './moto/tags.ts'
import { refusedDefinitionRows, taskDefinitionRows } from './moto/task-definitions.ts'

const STORIES: Record<string, readonly Row[]> = {
  clusters: clusterRows,
  'task definitions': taskDefinitionRows,
  'task definitions that are refused': refusedDefinitionRows,
  services: serviceRows,
  'tags, the tagging API and STS': tagRows,
}

// biome-ignore lint/suspicious/noExplicitAny: clients and commands of three packages, told apart by name at run time
type Loose = any
type Send = (operation: string, input: object) => Promise<Outcome>

function sender(configuration: object): Send {
  const common = {
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
    maxAttempts: 1,
    ...configuration,
  }
  const clients: Record<string, readonly [Loose, Loose]> = {
    ecs: [new ecs.ECSClient(common), ecs],
    tag: [new tag.ResourceGroupsTaggingAPIClient(common), tag],
    sts: [new sts.STSClient(common), sts],
  }
  let token: string | undefined
  return async (operation, given) => {
    const [service = '', name = ''] = operation.split(':')
    const [client, commands] = clients[service] ?? []
    const input = withToken(given, token)
    try {
      const answer = await client.send(new commands[`${name}Command`](input))
      token = answer.nextToken ?? answer.PaginationToken
      return normalised(answer) as Outcome
    } catch (thrown) {
      const { name: code, message } = thrown as Error
      return { error: true, code, message: normalised(message) }
    }
  }
}

describe.skipIf(withoutMoto)('moto and the simulator', () => {
  let moto: Moto
  let toMoto: Send
  let toSimulator: Send

  beforeAll(async () => {
    moto = await startMoto()
    toMoto = sender({ endpoint: moto.url })
  }, 60_000)

  afterAll(async () => {
    await moto?.stop()
  })

  describe.each(Object.entries(STORIES))('%s', (_story, rows) => {
    beforeAll(async () => {
      await moto.reset()
      // Time passes ten seconds a call, so that what takes a moment on AWS is over at the next one.
      let now = Date.UTC(2026, 0, 1)
      const simulator = createSimulator({ now: () => (now += 10_000), tagIndexLagMs: 0 })
      toSimulator = sender({ requestHandler: sdkHandler(createWire(simulator.call)) })
    })

    it.each(rows)('$does', async ({ operation, input = {}, gaps = {}, ours, absent = [] }) => {
      const [theirs, answer] = await Promise.all([
        toMoto(operation, input),
        toSimulator(operation, input),
      ])
      const found = differences(theirs, answer)
      const known = Object.keys(gaps)
      const unexpected = found.filter((path) => !known.some((gap) => isAt(path, gap)))
      expect({ unexpected, theirs, answer }).toMatchObject({ unexpected: [] })
      const closed = known.filter((gap) => !found.some((path) => isAt(path, gap)))
      expect(closed, 'gaps of moto that are closed').toEqual([])
      // A row with gaps says what the simulator answers there.
      if (known.length > 0) expect(ours).toBeDefined()
      if (ours) expect(answer).toMatchObject(ours)
      for (const path of absent) expect(valueAt(answer, path), path).toBeUndefined()
    })
  })

  it('has at least sixty rows', () => {
    expect(Object.values(STORIES).flat().length).toBeGreaterThanOrEqual(60)
  })
})
