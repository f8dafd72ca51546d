/** `fairlead init`: questions, or their flags and defaults, become manifests. */

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { composites, kinds } from '../kinds/index.ts'
import { createManifestCache, readManifests } from '../reconcile/manifest.ts'
import { collect, type Given } from './init/collect.ts'
import { filesOf } from './init/files.ts'
import { prompts } from './init/prompts.ts'
import type { Io } from './io.ts'
import { errorsOf, renderProblem } from './load.ts'
import { styleFor } from './style.ts'

export interface InitOptions {
  readonly out: string
  readonly force: boolean
  readonly yes: boolean
  /** Answers that came by flags. */
  readonly given: Given
}

/** Writes nothing unless all of it is valid. */
export async function init(options: InitOptions, io: Io): Promise<number> {
  const { out, force, yes, given } = options
  if (!yes && !io.terminal) {
    throw new UserError('there is no terminal to ask on', {
      hint: 'say --yes to take the defaults for all that no flag answers',
    })
  }
  const asker = yes ? undefined : await prompts(io)
  const { dim } = styleFor(io)
  if (asker) {
    const how = 'Enter takes what stands in brackets, Ctrl-C ends it'
    io.stderr(
      dim(`Answers become manifests in ${out}. ${how}; nothing is written before the end.\n`),
    )
  }
  const region = io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION
  const known = { ...(region ? { region } : {}), ...given }
  const work = async () => {
    if (!(await mayWrite(['cluster.yaml']))) return undefined
    const collected = await collect(known, asker)
    const files = filesOf(collected, await textOf(collected.said['user-data']))
    const others = Object.keys(files).filter((name) => name !== 'cluster.yaml')
    return (await mayWrite(others)) ? files : undefined
  }
  let agreed = force
  /** A person is asked about files that exist, once; without one, they stay. */
  const mayWrite = async (names: readonly string[]): Promise<boolean> => {
    const taken = names.map((name) => join(out, name)).filter((file) => existsSync(file))
    if (taken.length === 0 || agreed) return true
    if (asker) {
      agreed = await asker.more(`${taken.join(', ')} exists already. Overwrite what is in ${out}?`)
      return agreed
    }
    throw new UserError(`${taken.join(', ')} exists already`, {
      hint: 'choose another folder with --out, or overwrite with --force',
    })
  }
  const files = await work().catch((error) => {
    // Ctrl-C at a prompt: nothing was written, and nothing is wrong.
    if (/^(ExitPromptError|AbortPromptError)$/.test((error as Error).name)) return undefined
    throw error
  })
  if (!files) {
    io.stderr('nothing was written\n')
    return 1
  }
  const problems = await problemsOf(files)
  for (const problem of problems) io.stderr(`${renderProblem(problem)}\n`)
  if (errorsOf(problems).length > 0) {
    io.stderr('nothing was written: the answers do not fit together\n')
    return 1
  }
  await mkdir(out, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(out, name), text)
    io.stdout(`${join(out, name)}\n`)
  }
  io.stderr(dim(`next: fairlead plan ${out}, fairlead apply ${out}\n`))
  return 0
}

async function textOf(file: unknown): Promise<string | undefined> {
  if (!file) return undefined
  return readFile(String(file), 'utf8').catch((cause) => {
    throw new UserError(`--user-data: ${file} cannot be read`, { cause })
  })
}

async function problemsOf(files: Readonly<Record<string, string>>) {
  const list = Object.entries(files).map(([path, text]) => ({
    path,
    bytes: new TextEncoder().encode(text),
    digest: createHash('sha256').update(text).digest('hex'),
  }))
  const snapshot = { revision: 'init', files: list, problems: [] }
  const { problems } = await readManifests(snapshot, kinds, createManifestCache(), composites)
  return problems
}
