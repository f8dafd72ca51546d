/** Promise: an ignored field takes its live value, wherever it stands, and nothing else of the spec changes. */
import { describe, expect, test } from 'vitest'
import type { Fields } from '../../src/diff.ts'
import { ignoredPaths, ignoresTag, withoutIgnored } from '../../src/ignored.ts'
import { composites, kinds } from '../../src/kinds/index.ts'
import { parsePath } from '../../src/paths.ts'
import { createManifestCache, readManifests } from '../../src/reconcile/manifest.ts'
import { snapshotOf } from '../rig.ts'
import { document, files, shop } from '../scenario/shop.ts'

const fields: Fields = {
  count: { default: 1 },
  containers: {
    key: ({ name }) => String(name),
    fields: {
      image: {},
      environment: {
        key: ({ name }) => String(name),
        value: 'value',
        fields: { name: {}, value: {} },
      },
      labels: { map: true },
    },
  },
  network: { fields: { subnets: { list: 'set' }, open: {} } },
}

const git = {
  count: 2,
  containers: [
    { name: 'web', image: 'a:1', labels: { 'a.b': 'x', c: 'd' } },
    { name: 'log', image: 'l:1' },
  ],
  network: { subnets: ['s1'] },
}
const live = {
  count: 3,
  containers: [
    { name: 'log', image: 'l:2' },
    {
      name: 'web',
      image: 'a:9',
      environment: [{ name: 'PASSWORD', value: 'x' }],
      labels: { 'a.b': 'y', c: 'e' },
    },
    { name: 'xray', image: 'x:1' },
  ],
  network: { subnets: ['s2'], open: true },
}

const ignoring = (list: string, want: object = git, there: Record<string, unknown> = live) =>
  withoutIgnored(want as typeof git, there, fields, { 'fairlead.dev/ignore': list })

describe('paths', () => {
  test('with or without spec., commas in brackets left alone', () => {
    expect(
      ignoredPaths({
        'fairlead.dev/ignore': ' spec.count,containers[web].labels["a,b"] , x[y].z,',
      }),
    ).toEqual(['count', 'containers[web].labels["a,b"]', 'x[y].z'])
    expect(parsePath('containers[web].labels["a.\\"b"]')).toEqual([
      { member: 'containers' },
      { label: 'web' },
      { member: 'labels' },
      { label: 'a."b' },
    ])
    for (const wrong of ['', '.a', 'a..b', 'a[', 'a[]', 'a]b', 'a b', '[x', 'a.[x]']) {
      expect(parsePath(wrong)).toBeUndefined()
    }
  })

  test('tags: all, or one', () => {
    const annotations = (list: string) => ({ 'fairlead.dev/ignore': list })
    expect(ignoresTag(annotations('spec.tags'), 'team')).toBe(true)
    expect(ignoresTag(annotations('tags.team'), 'team')).toBe(true)
    expect(ignoresTag(annotations('tags["a:b"]'), 'a:b')).toBe(true)
    expect(ignoresTag(annotations('tags.team, count'), 'a:b')).toBe(false)
  })
})

describe('values', () => {
  test.each([
    ['count', { ...git, count: 3 }, 'count is ignored: 3 (Git says 2)'],
    [
      'containers[web].image',
      { ...git, containers: [{ ...git.containers[0], image: 'a:9' }, git.containers[1]] },
      'containers[web].image is ignored: a:9 (Git says a:1)',
    ],
    [
      'containers[web].labels["a.b"]',
      {
        ...git,
        containers: [
          { name: 'web', image: 'a:1', labels: { 'a.b': 'y', c: 'd' } },
          git.containers[1],
        ],
      },
      'containers[web].labels["a.b"] is ignored: y (Git says x)',
    ],
    [
      'containers[web].environment[PASSWORD]',
      {
        ...git,
        containers: [
          { ...git.containers[0], environment: [{ name: 'PASSWORD', value: 'x' }] },
          git.containers[1],
        ],
      },
      'containers[web].environment[PASSWORD] is ignored: (hidden) (Git says nothing)',
    ],
    [
      'containers[xray]',
      { ...git, containers: [...git.containers, { name: 'xray', image: 'x:1' }] },
      'containers[xray] is ignored: {"name":"xray","image":"x:1"} (Git says nothing)',
    ],
    [
      'network.open',
      { ...git, network: { subnets: ['s1'], open: true } },
      'network.open is ignored: true (Git says nothing)',
    ],
  ])('%s', (path, spec, note) => {
    expect(ignoring(path)).toEqual({ spec, notes: [note] })
  })

  test('what live leaves to its default is left out', () => {
    const { spec, notes } = ignoring('count', git, { ...live, count: undefined })
    expect(spec).not.toHaveProperty('count')
    expect(notes).toEqual(['count is ignored: (none) (Git says 2)'])
    expect(ignoring('count', { ...git, count: 1 }, {}).notes).toEqual([])
  })

  test('what has no place on the other side keeps Git’s value, and is no note', () => {
    for (const [path, there] of [
      ['containers[new].image', live],
      ['containers[web].image', { containers: [{ name: 'log' }] }],
      ['network.open', { count: 1 }],
    ] as const) {
      expect(ignoring(path, git, there)).toEqual({ spec: git, notes: [] })
    }
  })

  test('equal is no note, and nothing is written into what was given', () => {
    const frozen = structuredClone(git)
    expect(ignoring('count', git, { ...live, count: 2 }).notes).toEqual([])
    ignoring('containers[web].image, network, containers[log]')
    expect(git).toEqual(frozen)
  })
})

describe('manifests', () => {
  const problems = async (annotations: Record<string, string>, more: readonly object[] = []) =>
    (
      await readManifests(
        snapshotOf(shop({ annotations, more })),
        kinds,
        createManifestCache(),
        composites,
      )
    ).problems.map(({ path, message, hint }) => `${path}: ${message}${hint ? ` (${hint})` : ''}`)

  test('fields that the kind has are taken', async () => {
    const list =
      'spec.desiredCount, taskDefinition, spec.networkConfiguration.awsvpcConfiguration.subnets, spec.tags, spec.tags.team, loadBalancers[0].containerPort'
    expect(await problems({ ignore: list })).toEqual([])
  })

  test.each([
    [
      'spec.desiredCuont',
      'spec has no field "desiredCuont" (in "desiredCuont") (did you mean desiredCount?)',
    ],
    ['spec.desiredCount.x', 'spec.desiredCount has no fields of its own (in "desiredCount.x")'],
    ['spec.loadBalancers.containerPort', 'spec.loadBalancers is a list: say which item'],
    ['spec..x', '".x" is no field'],
    ['metadata.name', 'spec has no field "metadata"'],
  ])('%s is refused', async (list, message) => {
    const [problem = '', ...more] = await problems({ ignore: list })
    expect(problem).toContain(`metadata.annotations.fairlead.dev/ignore: ${message}`)
    expect(more).toEqual([])
  })

  test('an item that is not there is refused, with the nearest', async () => {
    const definition = (ignore: string) => [
      document(
        'TaskDefinition',
        'api',
        {
          containerDefinitions: [
            { name: 'web', image: 'x:1', memory: 64, dockerLabels: { 'a.b': 'c' } },
          ],
        },
        { ignore },
      ),
    ]
    const taken =
      'containerDefinitions[web].image, containerDefinitions[web].dockerLabels["a.b"], containerDefinitions[web].portMappings[80/tcp].name, containerDefinitions[xray]'
    expect(await problems({}, definition(taken))).toEqual([])
    expect(await problems({}, definition('containerDefinitions[wib].image'))).toEqual([
      'metadata.annotations.fairlead.dev/ignore: spec.containerDefinitions has no item "wib" (in "containerDefinitions[wib].image") (did you mean web?)',
    ])
  })

  test('of a composite, its parts ignore what comes from there', async () => {
    const group = (ignore: string) =>
      files(
        document('Cluster', 'shop'),
        document('Network', 'net', { cidrBlock: '10.0.0.0/16', availabilityZones: 2 }),
        document(
          'InstanceGroup',
          'main',
          {
            cluster: { ref: 'shop' },
            network: { ref: 'net' },
            instanceTypes: ['t3.medium'],
            size: { min: 0, max: 2 },
          },
          { ignore },
        ),
      )
    const read = (ignore: string) =>
      readManifests(snapshotOf(group(ignore)), kinds, createManifestCache(), composites)
    const { manifests, problems: none } = await read('spec.size.max, managedScaling.targetCapacity')
    expect(none.filter(({ severity }) => severity === 'error')).toEqual([])
    const ignored = Object.fromEntries(
      manifests.flatMap(({ kind, annotations }) =>
        annotations['fairlead.dev/ignore'] ? [[kind, annotations['fairlead.dev/ignore']]] : [],
      ),
    )
    expect(ignored).toEqual({
      AutoScalingGroup: 'spec.maxSize',
      CapacityProvider: 'spec.autoScalingGroupProvider.managedScaling.targetCapacity',
    })
    const { problems: some } = await read('spec.volume.size')
    expect(some.map(({ code }) => code)).toContain('NotIgnorable')
  })
})
