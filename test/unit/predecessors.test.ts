/** What stands beside what is described, since that has another name in AWS by now: told from tags, then from what AWS shows. */
import { describe, expect, test } from 'vitest'
import type { IndexEntry } from '../../src/kind.ts'
import { kinds } from '../../src/kinds/index.ts'
import type { Desired, Environment, Live, Manifest, Observation } from '../../src/model.ts'
import { orphansOf } from '../../src/reconcile/orphans.ts'
import { mentionOf } from '../../src/reconcile/plan/mentions.ts'
import { sorted } from '../../src/reconcile/predecessors.ts'

const live: Environment = { name: 'live', namePrefix: '', tags: {}, mode: 'apply' }
const key = 'live/Service/web'

const manifestOf = (name: string, annotations: Record<string, string> = {}): Manifest => ({
  key: name,
  namespace: 'live',
  kind: name.split('/')[1]!,
  name: name.split('/')[2]!,
  annotations,
  labels: {},
  spec: {},
  position: { file: '', line: 0, column: 0 },
  positions: {},
  digest: '',
})

const entry = (resource: string, arn: string, more: Record<string, string> = {}): IndexEntry => ({
  arn,
  tags: { 'fairlead:owner': 'default', 'fairlead:resource': resource, ...more },
})

const web = entry(key, 'arn:aws:ecs:eu-central-1:123456789012:service/shop/web')

function predecessors(
  identities: Record<string, string>,
  environments: Environment[] = [live],
  manifest = manifestOf(key),
  index: IndexEntry[] = [web],
) {
  const desired: Desired = {
    revision: 'r',
    environments,
    manifests: [manifest],
    composites: [],
    problems: [],
    stopped: [],
    identities: Object.fromEntries(
      Object.entries(identities).map(([each, name]) => [each, { name, parts: {} }]),
    ),
    references: {},
  }
  return orphansOf(index, desired, live, [manifest], kinds).predecessors
}

const other = (region: string): Environment => ({ ...live, name: 'other', region })

describe('by tags', () => {
  test('another name: it stands under a key of its own', () => {
    const [one] = predecessors({ [key]: 'shop/web2' })
    expect([one?.manifest.key, one?.identity.name, one?.heir.key, one?.adopted]).toEqual([
      'live/Service/web (web)',
      'shop/web',
      key,
      false,
    ])
  })

  test.each([
    ['the same name', { [key]: 'shop/web' }, [live]],
    ['not described at all', {}, [live]],
    ['meant by another manifest', { [key]: 'shop/web2', 'live/Service/heir': 'shop/web' }, [live]],
    [
      'meant in another environment of the same region',
      { [key]: 'shop/web2', 'other/Service/heir': 'shop/web' },
      [live, other('eu-central-1')],
    ],
  ])('%s: none', (_, identities, environments) => {
    expect(predecessors(identities as Record<string, string>, environments)).toEqual([])
  })

  test('the same name in another region is another one', () => {
    const identities = { [key]: 'shop/web2', 'other/Service/heir': 'shop/web' }
    expect(predecessors(identities, [live, other('us-east-1')])).toHaveLength(1)
  })

  test('a manifest that only looks has none', () => {
    const observed = manifestOf(key, { 'fairlead.dev/mode': 'observe' })
    expect(predecessors({ [key]: 'shop/web2' }, [live], observed)).toEqual([])
  })

  test('protected or adopted, by its tags or by its manifest', () => {
    const by = (annotations: Record<string, string>, tags: Record<string, string>) => {
      const index = [entry(key, web.arn, tags)]
      const [one] = predecessors(
        { [key]: 'shop/web2' },
        [live],
        manifestOf(key, annotations),
        index,
      )
      return [one?.stays !== undefined, one?.adopted]
    }
    expect(by({}, { 'fairlead:prune': 'disabled' })).toEqual([true, false])
    expect(by({ 'fairlead.dev/prune': 'disabled' }, {})).toEqual([true, false])
    expect(by({}, { 'fairlead:adopted': 'true' })).toEqual([false, true])
    expect(by({ 'fairlead.dev/adopt': 'unchanged' }, {})).toEqual([false, true])
  })
})

const template = 'live/LaunchTemplate/host'
const found = (attributes: Record<string, string>, state: Record<string, unknown> = {}) => ({
  found: 'yes' as const,
  live: { key: '', identity: { name: 'x', parts: {} }, attributes, tags: {}, state },
})

test('where the ARN holds no name, what AWS shows decides; unseen, it is not known', () => {
  const index = [entry(template, 'arn:aws:ec2:eu-central-1:123456789012:launch-template/lt-1')]
  const all = predecessors({ [template]: 'host' }, [live], manifestOf(template), index)
  const of = (seen: Observation | undefined) => {
    const { standing, unsure } = sorted(all, new Map(seen ? [[template, seen]] : []))
    return [standing.length, unsure.length]
  }
  expect(of(found({ id: 'lt-1' }))).toEqual([0, 0])
  expect(of(found({ id: 'lt-2' }))).toEqual([1, 0])
  expect(of({ found: 'no' })).toEqual([1, 0])
  expect(of({ found: 'unknown', reason: 'transient', message: '' })).toEqual([0, 1])
  expect(of(undefined)).toEqual([0, 1])
})

describe('who still uses it', () => {
  const arn = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/1'
  const ask = (
    kindName: string,
    attributes: Record<string, string>,
    user: string,
    state: Record<string, unknown>,
    described = true,
  ) =>
    mentionOf(
      `live/${kindName}/web (web)`,
      kinds.find(({ name }) => name === kindName)!,
      { attributes, identity: { name: 'web', parts: {} } } as unknown as Live,
      {
        desired: { identities: described ? { [user]: { name: '', parts: {} } } : {} },
        observations: new Map([[user, found({}, state)]]),
        kinds,
      },
    )?.path

  test.each([
    [
      { members: { loadBalancers: [{ targetGroupArn: arn }] } },
      'members.loadBalancers[].targetGroupArn',
    ],
    [{ members: { loadBalancers: [{ targetGroupArn: `${arn}2` }] } }, undefined],
    [{ text: `{"x":"${arn}"}` }, 'text'],
    [{ events: [`registered 1 targets in (target-group ${arn})`] }, undefined],
  ])('by its ARN: %j', (state, path) => {
    expect(ask('TargetGroup', { arn }, key, state)).toBe(path)
  })

  test.each([
    [
      'CapacityProvider',
      { members: { capacityProviderStrategy: [{ capacityProvider: 'web' }] } },
      true,
    ],
    ['CapacityProvider', { members: { serviceName: 'web' } }, false],
    ['Cluster', { members: { cluster: 'web' } }, true],
  ])('%s by its name, only where one could stand: %j', (kindName, state, uses) => {
    expect(ask(kindName, {}, key, state) !== undefined).toBe(uses)
  })

  test('what runs a revision that nobody describes may have its role', () => {
    expect(ask('Role', {}, key, {}, false)).toBe('by its task definition')
    expect(ask('Role', {}, key, {}, true)).toBeUndefined()
    expect(ask('TargetGroup', { arn }, key, {}, false)).toBeUndefined()
  })
})
