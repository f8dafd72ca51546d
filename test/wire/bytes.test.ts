/** Requests and answers byte by byte, as the API references print them: what an SDK client, being lenient, would not show. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { AwsError } from '../../src/simulator/api.ts'
import type { Wire } from '../../src/simulator/wire/handle.ts'
import { wireServices } from '../../src/simulator/wire/services.ts'
import { sendRaw, tableWire } from './client.ts'

const ecs = 'AmazonEC2ContainerServiceV20141113'

/** A request to ECS with a body, unsigned. */
function post(wire: Wire, operation: string, body: string, headers = '') {
  return sendRaw(wire, `POST / HTTP/1.1\nX-Amz-Target: ${ecs}.${operation}\n${headers}\n\n${body}`)
}

/** A wire that answers every operation named with `{}` and keeps the last input. */
function listening(...operations: string[]) {
  const seen: { input?: unknown; region?: string } = {}
  const handlers = operations.map((operation) => [
    operation,
    (input: unknown, { region }: { region: string }) => {
      Object.assign(seen, { input, region })
      return {}
    },
  ])
  return { wire: tableWire(Object.fromEntries(handlers)), seen }
}

describe('awsJson1.1', () => {
  it("serves the ECS API Reference's example of CreateCluster", async () => {
    const cluster = {
      clusterArn: 'arn:aws:ecs:us-east-1:012345678910:cluster/My-cluster',
      clusterName: 'My-cluster',
      status: 'ACTIVE',
      registeredContainerInstancesCount: 0,
      runningTasksCount: 0,
      pendingTasksCount: 0,
      activeServicesCount: 0,
    }
    let seen: unknown
    const wire = tableWire({
      'ecs:CreateCluster': (input, { region }) => {
        seen = { input, region }
        return { cluster }
      },
    })
    const answer = await sendRaw(
      wire,
      `POST / HTTP/1.1
Host: ecs.us-east-1.amazonaws.com
Accept-Encoding: identity
Content-Length: 28
X-Amz-Target: AmazonEC2ContainerServiceV20141113.CreateCluster
X-Amz-Date: 20150429T163840Z
Content-Type: application/x-amz-json-1.1
Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150429/ap-southeast-2/ecs/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0

{
  "clusterName": "My-cluster"
}`,
    )
    expect(seen).toEqual({ input: { clusterName: 'My-cluster' }, region: 'ap-southeast-2' })
    expect(answer.status).toBe(200)
    expect(answer.headers).toEqual({
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': '00000000-0000-4000-8000-000000000001',
    })
    expect(answer.body).toBe(JSON.stringify({ cluster }))
  })

  it('knows CloudTrail with and without the name space that botocore puts before it', async () => {
    const { wire, seen } = listening('cloudtrail:LookupEvents')
    for (const prefix of ['', 'com.amazonaws.cloudtrail.v20131101.']) {
      seen.input = undefined
      const target = `${prefix}CloudTrail_20131101.LookupEvents`
      const body = '{"MaxResults":1}'
      await sendRaw(wire, `POST / HTTP/1.1\nX-Amz-Target: ${target}\n\n${body}`)
      expect(seen.input).toEqual({ MaxResults: 1 })
    }
  })

  it('writes timestamps as epoch seconds', async () => {
    const wire = tableWire({
      'ecs:DescribeServices': () => ({ services: [{ createdAt: new Date(1_479_412_494_737) }] }),
    })
    const answer = await post(wire, 'DescribeServices', '{"services":["web"]}')
    expect(answer.body).toBe('{"services":[{"createdAt":1479412494.737}]}')
  })

  it('names an error in the body and in a header', async () => {
    const wire = tableWire({
      'ecs:ListServices': () => {
        throw new AwsError('ClusterNotFoundException', 'Cluster not found.')
      },
    })
    const answer = await post(wire, 'ListServices', '{}')
    expect(answer.status).toBe(400)
    expect(answer.headers['x-amzn-errortype']).toBe('ClusterNotFoundException')
    expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
    expect(JSON.parse(answer.body)).toEqual({
      __type: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    })
  })

  it('ignores what the model does not name, and nulls', async () => {
    const { wire, seen } = listening('ecs:CreateCluster')
    await post(
      wire,
      'CreateCluster',
      '{"clusterName":"a","newField":{"x":[1]},"tags":null,"settings":[null,{"name":"n","y":1}],"__proto__":{"z":1}}',
    )
    expect(seen.input).toEqual({ clusterName: 'a', settings: [{ name: 'n' }] })
  })

  it('takes an empty body as an empty input, and an unsigned request to us-east-1', async () => {
    const { wire, seen } = listening('ecs:ListClusters')
    expect((await post(wire, 'ListClusters', '')).status).toBe(200)
    expect(seen).toEqual({ input: {}, region: 'us-east-1' })
  })

  it.each([
    ['not json', '{"clusterName":', 'Unable to parse the request body as JSON.'],
    ['a list', '[]', 'Start of list found where not expected'],
    ['a number', '7', 'Unexpected field type'],
    ['number for string', '{"clusterName":5}', 'NUMBER_VALUE can not be converted to a String'],
    ['boolean for string', '{"clusterName":true}', 'TRUE_VALUE can not be converted to a String'],
    ['list for string', '{"clusterName":["a"]}', 'Start of list found where not expected'],
    [
      'structure for string',
      '{"clusterName":{}}',
      'Start of structure or map found where not expected.',
    ],
    ['string for list', '{"settings":"a"}', 'Expected list or null'],
    ['string for structure', '{"settings":["a"]}', 'Unexpected field type'],
  ])('refuses a wrong body with SerializationException: %s', async (_, body, message) => {
    const { wire, seen } = listening('ecs:CreateCluster')
    const answer = await post(wire, 'CreateCluster', body)
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body)).toEqual({ __type: 'SerializationException', message })
    expect(seen).toEqual({})
  })

  it('refuses wrong numbers, booleans and maps', async () => {
    const { wire } = listening('ecs:CreateService', 'ecs:RegisterTaskDefinition')
    const refusals = await Promise.all([
      post(wire, 'CreateService', '{"serviceName":"a","desiredCount":"2"}'),
      post(wire, 'CreateService', '{"serviceName":"a","enableExecuteCommand":"true"}'),
      post(wire, 'RegisterTaskDefinition', '{"containerDefinitions":[{"dockerLabels":["a"]}]}'),
    ])
    expect(refusals.map((each) => JSON.parse(each.body).message)).toEqual([
      'STRING_VALUE can not be converted to an Integer',
      'STRING_VALUE can not be converted to a Boolean',
      'Expected map or null',
    ])
  })

  it('refuses an input without a required member', async () => {
    const { wire } = listening('ecs:DescribeServices')
    const answer = await post(wire, 'DescribeServices', '{"cluster":"a"}')
    expect(JSON.parse(answer.body)).toEqual({
      __type: 'InvalidParameterException',
      message: 'services can not be blank.',
    })
  })

  it.each([
    `${ecs}.MakeCoffee`,
    `${ecs}.ECSClient`,
    `${ecs}.__proto__`,
    'NoSuchService_1.X',
    'nonsense',
  ])('knows no operation %s', async (target) => {
    const answer = await sendRaw(
      tableWire({}),
      `POST / HTTP/1.1\nX-Amz-Target: ${target}\nContent-Type: application/x-amz-json-1.1\n\n{}`,
    )
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body).__type).toBe('UnknownOperationException')
  })

  it('unpacks gzip, and refuses what is too large either way', async () => {
    const { wire, seen } = listening('ecs:CreateCluster')
    const send = (body: Uint8Array, encoding?: string) =>
      wire({
        method: 'POST',
        path: '/',
        headers: { 'x-amz-target': `${ecs}.CreateCluster`, 'content-encoding': encoding },
        body,
      })
    await send(gzipSync('{"clusterName":"a"}'), 'gzip')
    expect(seen.input).toEqual({ clusterName: 'a' })
    const large = Buffer.from(JSON.stringify({ clusterName: 'a'.repeat(1024 * 1024) }))
    expect((await send(large)).status).toBe(413)
    expect((await send(gzipSync(large), 'gzip')).status).toBe(413)
    expect((await send(large.subarray(0, 9), 'gzip')).status).toBe(400)
  })

  it('loads the SDK client of a service when it is first called, once', async () => {
    const loaded: string[] = []
    const services = wireServices.map((each) => ({
      ...each,
      load: () => {
        loaded.push(each.name)
        return each.load()
      },
    }))
    const wire = tableWire({ 'ecs:ListClusters': () => ({}) }, { services })
    await Promise.all([post(wire, 'ListClusters', ''), post(wire, 'ListClusters', '')])
    expect(loaded).toEqual(['ecs'])
  })

  it('tells the owner of each request what became of it', async () => {
    const events: unknown[] = []
    const wire = tableWire(
      { 'ecs:ListClusters': () => ({}) },
      { onRequest: (event) => events.push(event) },
    )
    await post(wire, 'ListClusters', '{}')
    await post(wire, 'MakeCoffee', '{}')
    const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
    expect(events).toEqual([
      { operation: 'ecs:ListClusters', region: 'us-east-1', status: 200, requestId: id(1) },
      {
        operation: 'ecs:MakeCoffee',
        region: 'us-east-1',
        status: 400,
        error: 'UnknownOperationException',
        requestId: id(2),
      },
    ])
  })
})

describe('awsQuery', () => {
  const identity = {
    Arn: 'arn:aws:iam::123456789012:user/Alice',
    UserId: 'AIDACKCEVSQ6C2EXAMPLE',
    Account: '123456789012',
  }

  it("serves the STS API Reference's example of GetCallerIdentity", async () => {
    const answer = await sendRaw(
      tableWire({ 'sts:GetCallerIdentity': () => identity }),
      `POST / HTTP/1.1
Host: sts.amazonaws.com
Accept-Encoding: identity
Content-Length: 43
X-Amz-Date: 20160126T215751Z
Content-Type: application/x-www-form-urlencoded

Action=GetCallerIdentity&Version=2011-06-15`,
    )
    expect(answer.headers['content-type']).toBe('text/xml')
    expect(answer.body).toBe(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
        '<GetCallerIdentityResult>' +
        '<UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>123456789012</Account>' +
        '<Arn>arn:aws:iam::123456789012:user/Alice</Arn></GetCallerIdentityResult>' +
        '<ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000001</RequestId></ResponseMetadata>' +
        '</GetCallerIdentityResponse>',
    )
  })

  it('takes the same from the query string of a GET', async () => {
    const answer = await sendRaw(
      tableWire({ 'sts:GetCallerIdentity': () => identity }),
      'GET /?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=AKID%2F20260101%2Feu-west-3%2Fsts%2Faws4_request HTTP/1.1',
    )
    expect(answer.status).toBe(200)
    expect(answer.body).toContain('<Account>123456789012</Account>')
  })

  it('writes timestamps in ISO 8601', async () => {
    const Credentials = {
      AccessKeyId: 'a',
      SecretAccessKey: 'b',
      SessionToken: 'c',
      Expiration: new Date('2026-03-01T12:00:00Z'),
    }
    const answer = await sendRaw(
      tableWire({ 'sts:GetSessionToken': () => ({ Credentials }) }),
      'POST / HTTP/1.1\n\nAction=GetSessionToken&Version=2011-06-15',
    )
    expect(answer.body).toContain('<Expiration>2026-03-01T12:00:00Z</Expiration>')
  })

  it('writes errors as ErrorResponse', async () => {
    const wire = tableWire({
      'sts:GetSessionToken': () => {
        throw new AwsError('AccessDenied', 'a < b & c', 403)
      },
    })
    const answer = await sendRaw(
      wire,
      'POST / HTTP/1.1\n\nAction=GetSessionToken&Version=2011-06-15',
    )
    expect(answer.status).toBe(403)
    expect(answer.body).toBe(
      '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>' +
        '<Code>AccessDenied</Code><Message>a &lt; b &amp; c</Message></Error>' +
        '<RequestId>00000000-0000-4000-8000-000000000001</RequestId></ErrorResponse>',
    )
  })

  it.each([
    ['Action=Nonsense&Version=2011-06-15', 'InvalidAction'],
    ['Action=AssumeRole&Version=2011-06-15&RoleArn=x', 'ValidationError'],
    ['Action=GetSessionToken&Version=2011-06-15&DurationSeconds=soon', 'MalformedInput'],
  ])('refuses %s with %s', async (form, code) => {
    const answer = await sendRaw(tableWire({}), `POST / HTTP/1.1\n\n${form}`)
    expect(answer.status).toBe(400)
    expect(answer.body).toContain(`<Code>${code}</Code>`)
  })

  it('knows no service by an unknown version', async () => {
    const answer = await sendRaw(tableWire({}), 'POST / HTTP/1.1\n\nAction=X&Version=1999-01-01')
    expect(JSON.parse(answer.body).__type).toBe('UnknownOperationException')
  })
})
