/** Folders that kustomize builds: which ones, with which program, how often, and what a failure says. */
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createSourceCache, readSnapshot, type SourceOptions } from '../../src/reconcile/source.ts'
import { systemClock } from '../../src/runtime.ts'
import {
  codes,
  commitAll,
  git,
  paths,
  pathWithKustomize,
  repository,
  temporaryFolder,
  texts,
  write,
} from './source-folder.ts'

// Says what it was asked, where, and what lies there.
const script =
  'echo "$@ in $(basename "$PWD"): $(cat ../../../base/deep/x.yaml x.yaml 2>/dev/null | tr "\\n" " ")"'
const settled = { now: () => systemClock.now() + 10_000, sleep: systemClock.sleep }

function withPath(path: string): SourceOptions {
  return { clock: settled, env: { PATH: path } }
}

test('each application folder is built, and nothing in it is read besides', async () => {
  const folder = temporaryFolder()
  write(folder, {
    'base/kustomization.yaml': 'resources: [x.yaml]',
    'base/x.yaml': 'x',
    'components/tls/kustomization.yaml': 'kind: Component',
    'live/prod/web/kustomization.yml': 'resources: [../../../base]',
    'live/prod/web/patch.yaml': 'p',
    'live/prod/web/below/kustomization.yaml': 'resources: []',
    'live/prod/api/Kustomization': 'resources: [../../../base]',
    'live/prod/plain.yaml': 'plain',
  })
  const options = withPath(pathWithKustomize(script))
  expect(texts(await readSnapshot(join(folder, 'live'), options))).toEqual({
    'prod/api/kustomization.yaml': 'build . in api: \n',
    'prod/plain.yaml': 'plain',
    'prod/web/kustomization.yaml': 'build . in web: \n',
  })
  // Seen from the top: a base that others refer to and a component are no roots of their own.
  expect(paths(await readSnapshot(folder, options))).toEqual([
    'live/prod/api/kustomization.yaml',
    'live/prod/plain.yaml',
    'live/prod/web/kustomization.yaml',
  ])
  expect(paths(await readSnapshot(join(folder, 'base', 'kustomization.yaml'), options))).toEqual([
    'kustomization.yaml',
  ])
})

test('only components is an empty source', async () => {
  const folder = temporaryFolder()
  write(folder, { 'tls/kustomization.yaml': 'kind: Component', 'tls/patch.yaml': 'p' })
  expect(codes(await readSnapshot(folder, withPath(pathWithKustomize(script))))).toEqual([
    'EmptySource',
  ])
})

test('kubectl stands in for kustomize; without either the problem says so', async () => {
  const folder = temporaryFolder()
  write(folder, { 'kustomization.yaml': 'resources: []' })
  const kubectl = pathWithKustomize('echo "$@"', 'kubectl').split(delimiter)[0] ?? ''
  expect(texts(await readSnapshot(folder, withPath(kubectl)))).toEqual({
    'kustomization.yaml': 'kustomize .\n',
  })
  const none = await readSnapshot(folder, withPath(temporaryFolder()))
  expect(none.problems).toMatchObject([
    { code: 'KustomizeMissing', severity: 'error', file: 'kustomization.yaml' },
  ])
  expect(none.files).toEqual([])
})

test('a failed build is a problem at the place that the tool names, without the path of this machine', async () => {
  const folder = temporaryFolder()
  write(folder, {
    'good.yaml': 'good',
    'app/kustomization.yaml': 'resources: [a.yaml]',
    'app/a.yaml': 'a: [',
  })
  const fail = (text: string) => withPath(pathWithKustomize(`echo '${text}' >&2; exit 1`))
  const yaml = await readSnapshot(
    folder,
    fail(
      'E0101 00:00:00.1 1 run.go:72] "command failed" err="accumulating resources: MalformedYAMLError: yaml: line 5: did not find expected node content in File: a.yaml"',
    ),
  )
  expect(yaml.problems).toMatchObject([{ code: 'KustomizeFailed', file: 'app/a.yaml', line: 5 }])
  const gone = await readSnapshot(
    folder,
    fail(`Error: lstat ${folder}/app/nope.yaml: no such file or directory`),
  )
  expect(gone.problems).toMatchObject([
    { code: 'KustomizeFailed', file: 'app/kustomization.yaml', line: 1 },
  ])
  expect(gone.problems[0]?.message).toBe(
    'kustomize cannot build it: lstat app/nope.yaml: no such file or directory',
  )
})

test('a build is made again only when something that it reads changed, above its folder too', async () => {
  const folder = temporaryFolder()
  write(folder, {
    'base/kustomization.yaml': 'resources: [x.yaml]',
    'base/x.yaml': 'x',
    'live/web/kustomization.yaml':
      'resources: [../../base]\nconfigMapGenerator: [{ name: c, files: [conf=../conf.txt] }]',
    'live/conf.txt': 'c',
    'live/plain.yaml': 'p',
  })
  const log = join(temporaryFolder(), 'log')
  const cache = createSourceCache()
  const builds = async () => {
    await readSnapshot(join(folder, 'live'), {
      ...withPath(pathWithKustomize(`echo x >> ${log}; echo built`)),
      cache,
    })
    return readFileSync(log, 'utf8').trim().split('\n').length
  }
  expect(await builds()).toBe(1)
  expect(cache.inputs).toContain(join(folder, 'base'))
  write(folder, { 'live/plain.yaml': 'changed' })
  expect(await builds()).toBe(1)
  write(folder, { 'base/x.yaml': 'changed' })
  expect(await builds()).toBe(2)
  write(folder, { 'live/conf.txt': 'changed' })
  expect(await builds()).toBe(3)
})

describe('in Git', () => {
  test('a base above the path makes the revision dirty, and --committed builds it as of HEAD', async () => {
    const folder = temporaryFolder()
    const commit = repository(folder, {
      'base/x.yaml': 'committed',
      'base/kustomization.yaml': 'resources: [x.yaml]',
      'live/web/kustomization.yaml': 'resources: [../../base]',
      '.gitignore': 'scratch.txt',
    })
    const options = withPath(pathWithKustomize('cat ../../base/x.yaml'))
    const live = join(folder, 'live')
    write(folder, { 'scratch.txt': 'ignored' })
    expect((await readSnapshot(live, options)).revision).toBe(commit)
    write(folder, { 'base/x.yaml': 'edited' })
    const dirty = await readSnapshot(live, options)
    expect(dirty.revision).toMatch(new RegExp(`^${commit}\\+dirty-[0-9a-f]{8}$`))
    expect(texts(dirty)).toEqual({ 'web/kustomization.yaml': 'edited' })
    const committed = await readSnapshot(live, { ...options, committed: true })
    expect(committed.revision).toBe(commit)
    expect(texts(committed)).toEqual({ 'web/kustomization.yaml': 'committed' })
    const next = commitAll(folder)
    expect((await readSnapshot(live, options)).revision).toBe(next)
    expect(git(folder, 'status', '--porcelain')).toBe('')
  })
})

const real = (process.env.PATH ?? '')
  .split(delimiter)
  .some((bin) => existsSync(join(bin, 'kustomize')) || existsSync(join(bin, 'kubectl')))

test.runIf(real)('with the real tool', async () => {
  const folder = temporaryFolder()
  const cluster =
    'apiVersion: fairlead.dev/v1alpha1\nkind: Cluster\nmetadata: { name: shop }\nspec: {}\n'
  write(folder, {
    'base/kustomization.yaml': 'resources: [cluster.yaml]\n',
    'base/cluster.yaml': cluster,
    'live/kustomization.yaml': 'namePrefix: eu-\nresources: [../base]\n',
    'broken/kustomization.yaml': 'resources: [missing.yaml]\n',
  })
  const options = withPath(process.env.PATH ?? '')
  const built = await readSnapshot(join(folder, 'live'), options)
  expect(texts(built)['kustomization.yaml']).toContain('name: eu-shop')
  const broken = await readSnapshot(join(folder, 'broken'), options)
  expect(broken.problems[0]?.message).toContain('missing.yaml')
  expect(broken.problems[0]?.message).not.toContain(folder)
})
