/** restJson1 byte by byte: paths, queries, statuses and errors, as EventBridge Scheduler's API reference prints them. */
import { request as httpRequest } from 'node:http'
import { describe, expect, it } from 'vitest'
import { AwsError } from '../../src/simulator/api.ts'
import { serve } from '../../src/simulator/server.ts'
import type { WireService } from '../../src/simulator/wire/services.ts'
import { sendRaw, type Table, tableWire } from './client.ts'

const signed =
  'Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/scheduler/aws4_request, SignedHeaders=host, Signature=0'

function listening(operation: string, answer: object = {}) {
  const seen: { input?: unknown; region?: string } = {}
  const wire = tableWire({
    [operation]: (input, { region }) => {
      Object.assign(seen, { input, region })
      return answer
    },
  })
  return { wire, seen }
}

describe('a request', () => {
  it('has its input in the path and the body', async () => {
    const { wire, seen } = listening('scheduler:CreateSchedule', { ScheduleArn: 'arn' })
    const answer = await sendRaw(
      wire,
      `POST /schedules/my%2Djob HTTP/1.1
Host: scheduler.eu-west-1.amazonaws.com
Content-Type: application/json
${signed}

{"ScheduleExpression": "rate(1 hour)", "EndDate": 1767225600, "Name": "ignored", "Colour": "red",
 "Target": {"Arn": "a", "RoleArn": "r", "Input": null}, "FlexibleTimeWindow": {"Mode": "OFF"}}`,
    )
    expect(seen).toEqual({
      region: 'eu-west-1',
      input: {
        Name: 'my-job',
        ScheduleExpression: 'rate(1 hour)',
        EndDate: new Date(1767225600000),
        Target: { Arn: 'a', RoleArn: 'r' },
        FlexibleTimeWindow: { Mode: 'OFF' },
      },
    })
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"ScheduleArn":"arn"}',
    })
  })

  it('has its input in the query, under names of its own, and lists in repeated keys', async () => {
    const list = listening('scheduler:ListSchedules', { Schedules: [] })
    const query = 'ScheduleGroup=night%20shift&MaxResults=5&Colour=red'
    await sendRaw(list.wire, `GET /schedules?${query} HTTP/1.1\n${signed}`)
    expect(list.seen.input).toEqual({ GroupName: 'night shift', MaxResults: 5 })
    const untag = listening('scheduler:UntagResource')
    const arn = 'arn:aws:scheduler:eu-west-1:123456789012:schedule-group/night'
    const path = `/tags/${encodeURIComponent(arn)}?TagKeys=a&TagKeys=b%26c`
    const answer = await sendRaw(untag.wire, `DELETE ${path} HTTP/1.1\n${signed}`)
    expect(untag.seen.input).toEqual({ ResourceArn: arn, TagKeys: ['a', 'b&c'] })
    expect([answer.status, answer.body]).toEqual([200, '{}'])
  })

  it('needs no signature', async () => {
    const { wire, seen } = listening('scheduler:GetScheduleGroup')
    await sendRaw(wire, 'GET /schedule-groups/default HTTP/1.1\nHost: x')
    expect(seen).toEqual({ input: { Name: 'default' }, region: 'us-east-1' })
  })
})

describe('an error', () => {
  const refusing = tableWire({
    'scheduler:GetSchedule': () => {
      throw new AwsError('ResourceNotFoundException', 'Schedule x does not exist.', 404)
    },
  })

  it('has its status, its name in a header, and its text under the model’s name', async () => {
    const answer = await sendRaw(refusing, `GET /schedules/x HTTP/1.1\n${signed}`)
    expect(answer.status).toBe(404)
    expect(answer.headers['x-amzn-errortype']).toBe('ResourceNotFoundException')
    expect(JSON.parse(answer.body)).toEqual({ Message: 'Schedule x does not exist.' })
  })

  // biome-ignore format: a table reads best with a row on a line
  it.each([
    ['POST /schedules/x', '{', 400, 'SerializationException'],
    ['POST /schedules/x', '{"Target": "a"}', 400, 'SerializationException'],
    ['POST /schedules/x', '{"ScheduleExpression": "rate(1 hour)"}', 400, 'ValidationException'],
    ['GET /schedules?MaxResults=many', '', 400, 'SerializationException'],
    ['GET /nowhere', '', 404, 'UnknownOperationException'],
    ['PATCH /schedules/x', '', 404, 'UnknownOperationException'],
    ['GET /schedules/%ZZ', '', 404, 'UnknownOperationException'],
  ])('%s %s', async (line, body, status, code) => {
    const answer = await sendRaw(refusing, `${line} HTTP/1.1\n${signed}\n\n${body}`)
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([status, code])
  })
})

it('any service of the protocol is spoken: headers, payload and status by the model’s traits', async () => {
  const n = 'example'
  const members = ['key', 'tag', 'meta', 'rest', 'data']
  const Put$ = [9, n, 'Put', { http: ['PUT', '/box/{key+}', 200] }, () => In, () => Out]
  const List$ = [9, n, 'List', { http: ['GET', '/box', 204] }, () => Any, () => Any]
  const text = [1, n, 'Texts', 0, 0]
  const map = [2, n, 'Map', 0, 0, 0]
  const Any = [3, n, 'Any', 0, ['all'], [[() => map, { httpQueryParams: 1 }]]]
  const Data = [3, n, 'Data', 0, ['a'], [() => text]]
  const In = [
    3,
    n,
    'In',
    0,
    members,
    [
      [0, { httpLabel: 1 }],
      [0, { httpHeader: 'X-Tag' }],
      [() => map, { httpPrefixHeaders: 'x-meta-' }],
      [1, { httpQuery: 'rest' }],
      [() => Data, { httpPayload: 1 }],
    ],
  ]
  const Out = [
    3,
    n,
    'Out',
    0,
    ['code', 'etag', 'data'],
    [
      [1, { httpResponseCode: 1 }],
      [0, { httpHeader: 'ETag' }],
      [() => Data, { httpPayload: 1 }],
    ],
  ]
  const load = async () => ({ Put$, List$ })
  const services: WireService[] = [{ name: 'box', protocol: 'rest-json', id: 'box', load }]
  let seen: unknown
  const table: Table = {
    'box:Put': (input) => {
      seen = input
      return { code: 201, etag: '"x"', data: { a: ['1'] } }
    },
    'box:List': (input) => {
      seen = input
      return {}
    },
  }
  const wire = tableWire(table, { services })
  const answer = await sendRaw(
    wire,
    'PUT /box/a/b%20c?rest=3 HTTP/1.1\nX-Tag: t\nX-Meta-One: 1\n\n{"a": ["x", null]}',
  )
  expect(seen).toEqual({ key: 'a/b c', tag: 't', meta: { one: '1' }, rest: 3, data: { a: ['x'] } })
  expect(answer.status).toBe(201)
  expect(answer.headers.etag).toBe('"x"')
  expect(answer.body).toBe('{"a":["1"]}')
  const listed = await sendRaw(wire, 'GET /box?p=1&q=2 HTTP/1.1\nHost: x')
  expect(seen).toEqual({ all: { p: '1', q: '2' } })
  expect(listed.status).toBe(204)
})

it('a signed GET reaches the wire over a socket, and a plain one says that the server is up', async () => {
  const call = () => ({ ScheduleGroups: [] })
  const server = await serve({ call }, { port: 0 })
  const get = (path: string, headers: Record<string, string>) =>
    new Promise<string>((resolve, reject) => {
      httpRequest(`${server.url}${path}`, { headers }, (response) => {
        let body = ''
        response.on('data', (chunk) => {
          body += chunk
        })
        response.on('end', () => resolve(body))
      })
        .on('error', reject)
        .end()
    })
  try {
    const Authorization = signed.slice('Authorization: '.length)
    expect(await get('/schedule-groups', { Authorization })).toBe('{"ScheduleGroups":[]}')
    expect(await get('/', {})).toContain('ready')
  } finally {
    await server.close()
  }
})
