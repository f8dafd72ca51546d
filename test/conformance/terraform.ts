/** Terraform with the AWS provider of a filesystem mirror, in a temporary folder, against one endpoint. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type RunResult, requireProgram, run, temporaryFolder } from './harness.ts'

const mirrorName = 'tf-plugins'

/**
 * The filesystem mirror that holds the provider: `TF_PLUGIN_DIR`, what Terraform's own configuration file names, or a
 * folder `tf-plugins` in a usual place or in a folder above this one. Undefined: Terraform asks the registry.
 */
export function pluginMirror(): string | undefined {
  const above: string[] = []
  for (let folder = process.cwd(); dirname(folder) !== folder; folder = dirname(folder)) {
    above.push(join(folder, mirrorName))
  }
  const usual = ['/opt', '/usr/share', '/usr/local/share', process.env.HOME ?? '/root']
  const candidates = [
    process.env.TF_PLUGIN_DIR,
    mirrorInConfig(process.env.TF_CLI_CONFIG_FILE ?? join(process.env.HOME ?? '', '.terraformrc')),
    ...above,
    ...usual.map((folder) => join(folder, mirrorName)),
  ]
  return candidates.find((path) => path !== undefined && existsSync(path))
}

/** `filesystem_mirror { path = "…" }` of a Terraform CLI configuration file. */
function mirrorInConfig(file: string): string | undefined {
  if (!existsSync(file)) return undefined
  return /filesystem_mirror\s*\{[^}]*path\s*=\s*"([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1]
}

/** A folder with a configuration that can be planned, applied and destroyed. */
export interface TerraformProject {
  /** `terraform apply`; rejects with what it said unless it exits 0. */
  apply(variables?: Record<string, string>): Promise<string>
  /** `terraform plan -detailed-exitcode`: 0 nothing to do, 1 error, 2 changes. */
  plan(variables?: Record<string, string>): Promise<RunResult>
  /** What `terraform plan` would change: `address.attribute` where it knows the new value, or `address: action`. */
  changes(variables?: Record<string, string>): Promise<readonly string[]>
  destroy(): Promise<string>
  remove(): void
}

/** Initialises a project with `configuration` (HCL), whose provider talks to the endpoint that `env` names. */
export async function terraformProject(
  configuration: string,
  env: NodeJS.ProcessEnv,
): Promise<TerraformProject> {
  requireProgram('terraform')
  const folder = temporaryFolder()
  writeFileSync(join(folder.path, 'main.tf'), configuration)
  const terraform = (timeoutMs: number, ...args: string[]) =>
    run('terraform', args, {
      cwd: folder.path,
      env: { ...env, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' },
      timeoutMs,
    })
  const must = async (timeoutMs: number, ...args: string[]) => {
    const { code, stdout, stderr } = await terraform(timeoutMs, ...args)
    if (code === 0) return stdout
    throw new Error(`terraform ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`)
  }
  const vars = (variables: Record<string, string> = {}) =>
    Object.entries(variables).map(([name, value]) => `-var=${name}=${value}`)
  const mirror = pluginMirror()
  await must(
    60_000,
    'init',
    '-no-color',
    '-input=false',
    ...(mirror ? [`-plugin-dir=${mirror}`] : []),
  )
  return {
    apply: (variables) =>
      must(240_000, 'apply', '-no-color', '-input=false', '-auto-approve', ...vars(variables)),
    plan: (variables) =>
      terraform(
        120_000,
        'plan',
        '-no-color',
        '-input=false',
        '-detailed-exitcode',
        ...vars(variables),
      ),
    async changes(variables) {
      const to = ['-input=false', '-out=planned', ...vars(variables)]
      await must(120_000, 'plan', '-no-color', ...to)
      return changesIn(JSON.parse(await must(60_000, 'show', '-json', 'planned')))
    },
    destroy: () => must(240_000, 'destroy', '-no-color', '-input=false', '-auto-approve'),
    remove: folder.remove,
  }
}

interface PlannedChanges {
  readonly resource_changes?: readonly {
    readonly address: string
    readonly change: {
      readonly actions: readonly string[]
      readonly before: Record<string, unknown> | null
      readonly after: Record<string, unknown> | null
      readonly after_unknown: Record<string, unknown>
    }
  }[]
}

function changesIn({ resource_changes = [] }: PlannedChanges): string[] {
  return resource_changes.flatMap(({ address, change }) => {
    const [action = ''] = change.actions
    if (action === 'no-op' || action === 'read') return []
    const { before, after, after_unknown } = change
    if (action !== 'update' || !before || !after) return [`${address}: ${change.actions}`]
    // To the provider an empty text and none are one.
    const text = (of: Record<string, unknown>, key: string) =>
      JSON.stringify(of[key] ?? null, (_, value) => (value === '' ? null : value))
    return Object.keys({ ...before, ...after })
      .filter((key) => text(before, key) !== text(after, key))
      .filter((key) => !text(after_unknown, key).includes('true'))
      .map((key) => `${address}.${key}`)
  })
}
