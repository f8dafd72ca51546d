/**
 * `npm run bench [-- N]`: fairlead beside Terraform on the same emulator, in one run: time, calls and memory of an
 * apply, of a plan with nothing to do, of one changed image; then what starting and idling cost.
 * Needs python3 with moto, terraform with the AWS provider, and the baseline's scripts (FAIRLEAD_BASELINE,
 * default ../shared/baseline). Without Terraform (FAIRLEAD_BENCH_TERRAFORM=no) fairlead is measured alone.
 */
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import Table from 'cli-table3'
import { pluginMirror } from '../conformance/terraform.ts'
import { fleet } from './fleet.ts'
import { type Measured, measure, rssMb } from './measure.ts'

const n = Number(process.argv[2] ?? 200)
const baseline = resolve(process.env.FAIRLEAD_BASELINE ?? '../shared/baseline')
const fairlead = resolve('dist/fairlead.js')
const say = (line: string) => process.stdout.write(`${line}\n`)

interface Row extends Measured {
  readonly calls: number
}

const freePort = () =>
  new Promise<number>((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })

async function until(check: () => Promise<boolean>, what: string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await check().catch(() => false)) return
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error(`${what} did not come up`)
}

/** moto, with the corrections that Terraform needs, behind the counting proxy. */
async function emulator() {
  const motoPort = await freePort()
  const proxyPort = await freePort()
  const moto = spawn(
    'python3',
    [join(baseline, 'moto_shim.py'), '-H', '127.0.0.1', '-p', `${motoPort}`],
    {
      stdio: 'ignore',
    },
  )
  const target = `http://127.0.0.1:${motoPort}`
  await until(async () => (await fetch(`${target}/moto-api/`)).ok, 'moto')
  const proxy = spawn(
    'node',
    [join(baseline, 'counting_proxy.mjs'), '--target', target, '--port', `${proxyPort}`],
    {
      stdio: 'ignore',
    },
  )
  const url = `http://127.0.0.1:${proxyPort}`
  await until(async () => (await fetch(`${url}/__counts`)).ok, 'the proxy')
  return {
    url,
    reset: () => fetch(`${url}/__reset?label=step`, { method: 'POST' }),
    calls: async () => ((await (await fetch(`${url}/__counts`)).json()) as { total: number }).total,
    end: () => {
      proxy.kill()
      moto.kill()
    },
  }
}

/** fairlead's rows, by step. */
async function measureFairlead(): Promise<Map<string, Row>> {
  const aws = await emulator()
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-bench-'))
  const rows = new Map<string, Row>()
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }
  const write = (one: string) => writeFile(join(folder, 'fleet.yaml'), fleet(n, one))
  const step = async (name: string, args: readonly string[], expected: number) => {
    await aws.reset()
    const run = await measure(process.execPath, [fairlead, ...args, folder], env)
    if (run.code !== expected)
      throw new Error(`${name}: exit ${run.code}\n${run.output.slice(-2_000)}`)
    rows.set(name, { ...run, calls: await aws.calls() })
  }
  try {
    await write('v1')
    await step('apply', ['apply', '--wait=false'], 0)
    await step('plan-noop', ['plan', '--detailed-exitcode'], 0)
    await write('v2')
    await step('plan-image', ['plan', '--detailed-exitcode'], 2)
    await step('apply-image', ['apply', '--wait=false'], 0)
    await step('plan-again', ['plan', '--detailed-exitcode'], 0)
  } finally {
    aws.end()
    await rm(folder, { recursive: true, force: true })
  }
  return rows
}

/** Terraform's rows from the baseline's own script. */
async function measureTerraform(): Promise<Map<string, Row>> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-bench-'))
  const out = join(folder, 'rows.jsonl')
  try {
    await promisify(execFile)('python3', [join(baseline, 'measure.py'), `${n}`, '--out', out], {
      maxBuffer: 64 << 20,
      env: { ...process.env, TF_PLUGIN_DIR: pluginMirror() },
    })
    const lines = (await readFile(out, 'utf8')).trim().split('\n')
    return new Map(
      lines.map((line) => {
        const row = JSON.parse(line) as {
          step: string
          wall_s: number
          calls: number
          peak_rss_mb: number
        }
        return [
          row.step,
          { seconds: row.wall_s, peakMb: row.peak_rss_mb, calls: row.calls, code: 0, output: '' },
        ]
      }),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const ratio = (theirs: number | undefined, ours: number) =>
  theirs === undefined ? '' : `1/${(theirs / ours).toFixed(1)}`

async function compare(): Promise<void> {
  say(`N = ${n} services and task definitions in one cluster, on moto.`)
  const ours = await measureFairlead()
  const theirs =
    process.env.FAIRLEAD_BENCH_TERRAFORM === 'no'
      ? new Map<string, Row>()
      : await measureTerraform()
  if (theirs.size > 0)
    say('Terraform keeps 17 resources more (network, roles, capacity): 85, 29 and 36 of its calls.')
  const table = new Table({
    head: [
      'step',
      'fairlead s',
      'terraform s',
      'ratio',
      'calls',
      'terraform',
      'ratio',
      'MB',
      'terraform',
      'ratio',
    ],
    style: { head: [], border: [] },
  })
  for (const [name, row] of ours) {
    const other = theirs.get(name)
    table.push([
      name,
      row.seconds.toFixed(2),
      other?.seconds.toFixed(2) ?? '',
      ratio(other?.seconds, row.seconds),
      row.calls,
      other?.calls ?? '',
      ratio(other?.calls, row.calls),
      row.peakMb.toFixed(0),
      other?.peakMb.toFixed(0) ?? '',
      ratio(other?.peakMb, row.peakMb),
    ])
  }
  say(table.toString())
}

/** The middle of five starts of `validate` on one file. */
async function startUp(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-bench-'))
  try {
    const file = join(folder, 'one.yaml')
    await writeFile(file, fleet(1, 'v1'))
    const times: number[] = []
    for (let i = 0; i < 5; i++) {
      const run = await measure(process.execPath, [fairlead, 'validate', file], process.env)
      if (run.code !== 0) throw new Error(run.output)
      times.push(run.seconds)
    }
    say(
      `fairlead validate on one file: ${times.sort((a, b) => a - b)[2]?.toFixed(2)} s (middle of five)`,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Resident memory of `fairlead run` half a minute after its first sweep, with N services on moto. */
async function idle(): Promise<void> {
  const aws = await emulator()
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-bench-'))
  const port = await freePort()
  await writeFile(join(folder, 'fleet.yaml'), fleet(n, 'v1'))
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }
  const child = spawn(process.execPath, [fairlead, 'run', folder, '--http-port', `${port}`], {
    env,
    stdio: 'ignore',
  })
  try {
    await until(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, 'fairlead run')
    await new Promise((done) => setTimeout(done, 30_000))
    say(`fairlead run, idle, ${n} services: ${(await rssMb(child.pid ?? 0)).toFixed(0)} MB`)
  } finally {
    child.kill()
    aws.end()
    await rm(folder, { recursive: true, force: true })
  }
}

await startUp()
await idle()
await compare()
