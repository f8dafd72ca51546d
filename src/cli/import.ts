/** `fairlead import`: what is live becomes manifests, so that fairlead keeps it as it is. Only files are written. */

import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AwsFailure, UserError } from '../errors.ts'
import { composites, kinds } from '../kinds/index.ts'
import { namespaceExpected, namespacePattern } from '../reconcile/manifest/envelope.ts'
import { defaultEnvironment } from '../reconcile/manifest/environment.ts'
import { quietLog, systemClock } from '../runtime.ts'
import { connector } from './connect.ts'
import { type Imported, importAccount } from './import/account.ts'
import { prompts } from './init/prompts.ts'
import type { Io } from './io.ts'
import { styleFor } from './style.ts'

export interface ImportOptions {
  readonly out: string
  readonly yes: boolean
  readonly owner: string
  readonly cluster?: readonly string[]
  readonly namespace?: string
  readonly apiShare?: number
}

/** Exit code 0: a plan of what was written is empty, but for the tags that take over. */
export async function importLive(options: ImportOptions, io: Io): Promise<number> {
  const { out, owner, cluster, namespace, apiShare } = options
  if (namespace !== undefined && !namespacePattern.test(namespace)) {
    throw new UserError(`--namespace ${namespace}: ${namespaceExpected}`)
  }
  const connect = connector({
    io,
    runtime: { clock: systemClock, random: () => 0.5, log: quietLog },
    readOnly: true,
    ...(apiShare === undefined ? {} : { apiShare }),
  })
  let imported: Imported
  try {
    imported = await importAccount({
      aws: connect(defaultEnvironment),
      kinds,
      composites,
      owner,
      ...(cluster?.length ? { clusters: cluster } : {}),
      ...(namespace === undefined ? {} : { namespace }),
      now: systemClock.now(),
    })
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    io.stderr(`${error.operation}: ${error.code}: ${error.message}\n`)
    return 1
  }
  const { files, remarks, clean } = imported
  for (const line of remarks) io.stderr(`${line}\n`)
  if (!(await mayWrite(Object.keys(files), options, io))) {
    io.stderr('nothing was written\n')
    return 1
  }
  for (const [name, text] of Object.entries(files)) {
    const path = join(out, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    io.stdout(`${path}\n`)
  }
  const { dim } = styleFor(io)
  io.stderr(dim(`${summaryOf(imported)}\nnext: fairlead plan ${out}\n`))
  return clean ? 0 : 1
}

function summaryOf({ resources, toAdopt, clean }: Imported): string {
  const many = (count: number) => (count === 1 ? '1 resource' : `${count} resources`)
  const taking =
    toAdopt === 0
      ? 'all of them are kept by fairlead already'
      : `fairlead takes over ${toAdopt} of them by tags, and changes nothing else`
  return clean
    ? `${many(resources)}: ${taking}`
    : `${many(resources)}, but not all is as in AWS: see above`
}

/** A person is asked about files that exist, once; without one, they stay. */
async function mayWrite(
  names: readonly string[],
  { out, yes }: ImportOptions,
  io: Io,
): Promise<boolean> {
  const taken = names.map((name) => join(out, name)).filter((file) => existsSync(file))
  if (taken.length === 0 || yes) return true
  const some = taken.length > 3 ? `${taken.slice(0, 3).join(', ')} and more` : taken.join(', ')
  if (!io.terminal) {
    throw new UserError(`${some} exists already`, {
      hint: 'choose another folder with --out, or overwrite with --yes',
    })
  }
  const asker = await prompts(io)
  return asker.more(`${some} exists already. Overwrite what is in ${out}?`).catch((error) => {
    // Ctrl-C at a prompt: nothing was written, and nothing is wrong.
    if (/^(ExitPromptError|AbortPromptError)$/.test((error as Error).name)) return false
    throw error
  })
}
