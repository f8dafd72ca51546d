/** Policy documents are compared by what they mean: equal ones never differ, others always do. */
import { describe, expect, test } from 'vitest'
import { canonicalise, compare } from '../../src/diff.ts'
import { canonicalDocument, documentField, documentText } from '../../src/kit/policy-document.ts'

const fields = { document: documentField }
const differs = (want: unknown, live: unknown) =>
  compare(
    canonicalise({ document: want }, fields),
    canonicalise({ document: live }, fields),
    fields,
  ).map(({ path }) => path)

const one = (statement: object, more: object = {}) => ({
  Version: '2012-10-17',
  ...more,
  Statement: [{ Effect: 'Allow', Action: 'ecr:*', Resource: '*', ...statement }],
})

const equal: [string, unknown, unknown][] = [
  ['text and data', JSON.stringify(one({})), one({})],
  [
    'URL-encoded text',
    encodeURIComponent(JSON.stringify(one({}, { Id: 'a b' }))),
    one({}, { Id: 'a b' }),
  ],
  ['one item and a list of it', one({ Action: 'ecr:Get' }), one({ Action: ['ecr:Get'] })],
  [
    'one statement and a list of it',
    { Statement: one({}).Statement[0] },
    { Statement: one({}).Statement },
  ],
  ['actions in another case', one({ Action: 'ECR:getimage' }), one({ Action: 'ecr:GetImage' })],
  ['lists in another order', one({ Resource: ['a', 'b', 'a'] }), one({ Resource: ['b', 'a'] })],
  ['anyone, said in two ways', one({ Principal: '*' }), one({ Principal: { AWS: '*' } })],
  [
    'an account and its root',
    one({ Principal: { AWS: '123456789012' } }),
    one({ Principal: { AWS: ['arn:aws-cn:iam::123456789012:root'] } }),
  ],
  [
    'conditions in another order and type',
    one({
      Condition: { Bool: { 'aws:SecureTransport': true }, StringLike: { 's3:prefix': ['b', 'a'] } },
    }),
    one({
      Condition: {
        StringLike: { 'S3:Prefix': ['a', 'b'] },
        Bool: { 'aws:securetransport': ['true'] },
      },
    }),
  ],
  ['no version and the old one', { Statement: [] }, { Version: '2008-10-17', Statement: [] }],
  ['an empty Sid and none', one({ Sid: '' }), one({})],
]

test.each(equal)('the same: %s', (_, want, live) => {
  expect(differs(want, live)).toEqual([])
})

const unequal: [string, unknown, unknown, string][] = [
  ['another action', one({ Action: 'ecr:Get' }), one({}), 'document.Statement[Allow ecr:*]'],
  ['another effect', one({ Effect: 'Deny' }), one({}), 'document.Statement[Allow ecr:*]'],
  ['another resource', one({ Resource: 'a' }), one({}), 'document.Statement[Allow ecr:*].Resource'],
  [
    'a resource in another case',
    one({ Resource: 'A' }),
    one({ Resource: 'a' }),
    'document.Statement[Allow ecr:*].Resource',
  ],
  [
    'not the action but all others',
    one({ Action: undefined, NotAction: 'ecr:*' }),
    one({}),
    'document.Statement[Allow ecr:*].Action',
  ],
  [
    'another type of principal',
    one({ Principal: { Service: 'x' } }),
    one({ Principal: { AWS: 'x' } }),
    'document.Statement[Allow ecr:*].Principal.AWS',
  ],
  [
    'a tag key in another case',
    one({ Condition: { StringEquals: { 'aws:ResourceTag/Team': 'a' } } }),
    one({ Condition: { StringEquals: { 'aws:ResourceTag/team': 'a' } } }),
    'document.Statement[Allow ecr:*].Condition.StringEquals',
  ],
  ['another Sid', one({ Sid: 'a' }), one({ Sid: 'b' }), 'document.Statement[a]'],
  ['the new version', one({}), { Statement: one({}).Statement }, 'document.Version'],
  [
    'another statement',
    { Statement: [] },
    { Statement: one({}).Statement },
    'document.Statement[Allow ecr:*]',
  ],
]

test.each(unequal)('not the same: %s', (_, want, live, path) => {
  expect(differs(want, live)).toContain(path)
})

describe('the canonical form', () => {
  test('is its own canonical form', () => {
    for (const [, want, live] of [...equal, ...unequal]) {
      for (const document of [want, live]) {
        const canonical = canonicalDocument(document)
        expect(canonicalDocument(canonical)).toEqual(canonical)
      }
    }
  })

  test('changes nothing of what it is made from', () => {
    const document = one({ Resource: ['b', 'a'], Principal: { AWS: ['2', '1'] } })
    const before = JSON.stringify(document)
    canonicalDocument(document)
    expect(JSON.stringify(document)).toBe(before)
  })

  test('leaves what is no document, and no text is none', () => {
    expect(canonicalDocument('{ not json')).toBe('{ not json')
    expect(canonicalDocument('100%')).toBe('100%')
    expect(canonicalDocument('')).toBeUndefined()
  })
})

test('what is sent is what Git says, without the blanks', () => {
  expect(documentText('{ "Statement": { "Action": "ECR:*" } }')).toBe(
    '{"Statement":{"Action":"ECR:*"}}',
  )
  expect(documentText({ Statement: [] })).toBe('{"Statement":[]}')
})
