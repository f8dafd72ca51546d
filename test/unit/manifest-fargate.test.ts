/** Every size that Fargate has, and no other ("Task size" in the Amazon ECS developer guide). */
import { expect, test } from 'vitest'
import { validate } from '../../src/kinds/task-definition/manifest.ts'
import type { TaskDefinitionSpec } from '../../src/kinds/task-definition/spec.ts'
import type { Manifest, Problem } from '../../src/model.ts'

function problemsOf(
  cpu: number,
  memory: number,
  family?: 'WINDOWS_SERVER_2022_CORE',
): readonly Problem[] {
  const spec: TaskDefinitionSpec = {
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: String(cpu),
    memory: String(memory),
    containerDefinitions: [{ name: 'nginx', image: 'nginx' }],
    ...(family ? { runtimePlatform: { operatingSystemFamily: family } } : {}),
  }
  const manifest = { spec } as Manifest<TaskDefinitionSpec>
  return validate(manifest, (path, code, message, hint = '') => {
    return { file: '', line: 1, column: 1, severity: 'error', path, code, message, hint }
  })
}

const units = [128, 256, 512, 1024, 2048, 3072, 4096, 8192, 16_384, 32_768]
const sizes = Array.from({ length: 256 }, (_, n) => (n + 1) * 512)
const allowed = (family?: 'WINDOWS_SERVER_2022_CORE') =>
  units.flatMap((cpu) => {
    const fitting = sizes.filter((memory) => problemsOf(cpu, memory, family).length === 0)
    return fitting.length === 0 ? [] : [[cpu, fitting.length, fitting[0], fitting.at(-1)]]
  })

test('Linux has 74 sizes', () => {
  const table = allowed()
  expect(table).toEqual([
    [256, 3, 512, 2048],
    [512, 4, 1024, 4096],
    [1024, 7, 2048, 8192],
    [2048, 13, 4096, 16_384],
    [4096, 23, 8192, 30_720],
    [8192, 12, 16_384, 61_440],
    [16_384, 12, 32_768, 122_880],
  ])
  expect(problemsOf(256, 1536).map(({ hint }) => hint)).toEqual(['nearest: 1024 or 2048'])
})

test('Windows has those of 1 to 4 vCPU', () => {
  expect(allowed('WINDOWS_SERVER_2022_CORE').map(([cpu]) => cpu)).toEqual([1024, 2048, 4096])
})
