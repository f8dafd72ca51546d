/** Writes annotations into the file of a manifest, or prints the patch where that file is made by a build. */
import { readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { UserError } from '../../errors.ts'
import type { Manifest } from '../../model.ts'
import { renderKey } from '../../render-value.ts'
import type { Io } from '../io.ts'
import { editAnnotation } from './edit.ts'
import type { Target } from './target.ts'

/** By name; undefined: taken away. */
export type Annotations = Readonly<Record<string, string | undefined>>

/** Answers whether anything had to change. */
export async function annotate(target: Target, annotations: Annotations, io: Io): Promise<boolean> {
  const { manifest, file } = target
  const wanted = Object.entries(annotations).filter(
    ([name, value]) => manifest.annotations[name] !== value,
  )
  if (wanted.length === 0) return false
  if (file === undefined) {
    printPatch(manifest, wanted, io)
    return true
  }
  const before = await readFile(file, 'utf8')
  let text = before
  const said: string[] = []
  for (const [name, value] of wanted) {
    const edited = editAnnotation(text, manifest.position, name, value)
    if (!edited) {
      throw new UserError(`${file}: ${name} comes by an alias or a merge key`, {
        hint: 'edit the file by hand',
      })
    }
    text = edited.text
    const what = value === undefined ? 'taken away' : JSON.stringify(value)
    said.push(`${file}:${edited.line}: ${name}: ${what}`)
  }
  await replaceFile(file, text)
  io.stdout(`${said.join('\n')}\n`)
  io.stderr('commit it, so that Git says so\n')
  return true
}

/** At once, so that a controller that watches never reads half of it. */
async function replaceFile(file: string, text: string): Promise<void> {
  const real = await realpath(file)
  const { mode } = await stat(real)
  const next = `${real}.fairlead`
  await writeFile(next, text, { mode })
  await rename(next, real)
}

function printPatch(
  { kind, name, namespace, position }: Manifest,
  annotations: readonly (readonly [string, string | undefined])[],
  io: Io,
): void {
  const metadata = {
    name,
    ...(namespace === 'default' ? {} : { namespace }),
    annotations: Object.fromEntries(annotations.map(([key, value]) => [key, value ?? null])),
  }
  const where =
    position.file === '-'
      ? 'came on standard input'
      : `is built by the kustomization ${position.file}`
  io.stderr(
    `${renderKey(`${namespace}/${kind}/${name}`)} ${where}: put this patch where it is made\n`,
  )
  io.stdout(stringify({ apiVersion: 'fairlead.dev/v1alpha1', kind, metadata }))
}
