/** What a version of a launch template holds, and the hash by which it is known again. */
import * as ec2 from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import type { JsonSchema } from '../../../src/kind.ts'
import {
  contentOf,
  descriptionOf,
  isOurs,
  toRequest,
} from '../../../src/kinds/launch-template/content.ts'
import generated from '../../../src/kinds/launch-template/schema.generated.json' with {
  type: 'json',
}
import { decodeUserData, encodeUserData } from '../../../src/kinds/launch-template/user-data.ts'
import { upperLeading } from '../../../src/kit/casing.ts'

const script = '#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n'
const base64 = (text: string) => Buffer.from(text).toString('base64')

test.each([
  ['text', script],
  ['base64', base64(script)],
  ['base64 over several lines', base64(script).replace(/.{20}/g, '$&\n')],
  ['parts', ['#!/bin/bash\necho ECS_CLUSTER=', 'shop', ' >> /etc/ecs/ecs.config\n']],
])('user data as %s is the same', (_, given) => {
  expect(encodeUserData(given)).toBe(base64(script))
  expect(decodeUserData(encodeUserData(given))).toBe(script)
})

test.each([
  '#cloud-config\nruncmd: []\n',
  '[settings.ecs]\ncluster = "shop"\n',
  '<powershell>\n',
  'Content-Type: multipart/mixed\n\n',
  'Ä€',
])('text is never taken for base64: %j', (text) => {
  expect(Buffer.from(encodeUserData(text), 'base64').toString()).toBe(text)
})

test('what is compressed stays as it is', () => {
  const gzip = Buffer.from([0x1f, 0x8b, 8, 0, 0xff, 0xfe]).toString('base64')
  expect(encodeUserData(gzip)).toBe(gzip)
  expect(decodeUserData(gzip)).toBe(gzip)
})

const data = {
  imageId: 'ami-0123456789abcdef0',
  instanceType: 't3.medium',
  securityGroupIds: ['sg-2', 'sg-1'],
  userData: script,
  tagSpecifications: [
    {
      resourceType: 'volume',
      tags: [
        { key: 'b', value: '2' },
        { key: 'a', value: '1' },
      ],
    },
    { resourceType: 'instance', tags: [] },
  ],
}

/** Raise `v1` where these change: every launch template in the world gets a new version otherwise. */
test('the hashes of yesterday are those of today', () => {
  expect(descriptionOf(contentOf({ imageId: 'ami-0123456789abcdef0' }))).toMatchInlineSnapshot(
    `"fairlead:v1:13a7f55f424ceeaee2b5913c3de06ac9"`,
  )
  expect(descriptionOf(contentOf(data))).toMatchInlineSnapshot(
    `"fairlead:v1:fbe52414e876f59265ec0f5a5557daa0"`,
  )
})

test('the same content has the same hash, in whatever order and spelling', () => {
  const other = {
    userData: ['#!/bin/bash\n', 'echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n'],
    tagSpecifications: [
      { tags: [], resourceType: 'instance' },
      {
        resourceType: 'volume',
        tags: [
          { value: '1', key: 'a' },
          { key: 'b', value: '2' },
        ],
      },
    ],
    securityGroupIds: ['sg-1', 'sg-2'],
    instanceType: 't3.medium',
    imageId: 'ami-0123456789abcdef0',
  }
  expect(descriptionOf(contentOf(other))).toBe(descriptionOf(contentOf(data)))
  const byArn = { arn: 'arn:aws:iam::123456789012:instance-profile/team/web' }
  expect(descriptionOf(contentOf({ ...data, iamInstanceProfile: byArn }))).toBe(
    descriptionOf(contentOf({ ...data, iamInstanceProfile: { name: 'web' } })),
  )
})

test.each(Object.keys(data))('other content has another hash: %s', (member) => {
  const { [member as 'imageId']: _, ...rest } = data
  expect(descriptionOf(contentOf(rest))).not.toBe(descriptionOf(contentOf(data)))
})

test('versions of other fairleads are known for what they are', () => {
  expect(isOurs('fairlead:v0:00')).toBe(true)
  expect(isOurs('by hand')).toBe(false)
  expect(isOurs(undefined)).toBe(false)
})

test('a time goes to EC2 as one', () => {
  const options = (validUntil: unknown) => ({
    instanceMarketOptions: { marketType: 'spot', spotOptions: { validUntil } },
  })
  const request = toRequest(contentOf(options('2026-12-01T00:00:00Z'))) as {
    InstanceMarketOptions: { SpotOptions: { ValidUntil: Date } }
  }
  expect(request.InstanceMarketOptions.SpotOptions.ValidUntil).toEqual(
    new Date('2026-12-01T00:00:00Z'),
  )
  expect(descriptionOf(contentOf(options('2026-12-01T01:00:00+01:00')))).toBe(
    descriptionOf(contentOf(options(new Date('2026-12-01T00:00:00Z')))),
  )
})

test("every member of the schema is one of EC2's once it is capitalised", () => {
  const known = new Set(
    Object.entries(ec2 as Record<string, unknown>).flatMap(([name, schema]) =>
      name.endsWith('$') && Array.isArray(schema) && Array.isArray(schema[4]) ? schema[4] : [],
    ),
  )
  const names = new Set<string>()
  const walk = ({ properties = {}, items }: JsonSchema): void => {
    if (items) walk(items as JsonSchema)
    for (const [name, inner] of Object.entries(properties as Record<string, JsonSchema>)) {
      if (name !== 'ref' && name !== 'append') names.add(name)
      walk(inner)
    }
  }
  walk(generated.properties.launchTemplateData as JsonSchema)
  expect(names.size).toBeGreaterThan(150)
  expect([...names].filter((name) => !known.has(upperLeading(name)))).toEqual([])
})
