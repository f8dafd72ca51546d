/** What is verified, and how checks look at it: values with their places, what the manifests will make, what AWS answers. */
import { AwsFailure } from '../../errors.ts'
import type { Read } from '../../kind.ts'
import type { Desired, Environment, Identity, Manifest, ObjectKey, Problem } from '../../model.ts'
import { itemLabels } from '../../paths.ts'
import { placer } from '../../reconcile/manifest/document.ts'
import { annotationPrefix } from '../../reconcile/manifest/envelope.ts'

/** One environment and its manifests. */
export interface Subject {
  readonly environment: Environment
  readonly manifests: readonly Manifest[]
  readonly identities: Desired['identities']
  readonly owner: string
  /** Whom AWS takes us for, and where: as STS says. */
  readonly account: string
  readonly caller: string
  readonly region: string
  readonly read: Read
}

/** Looks for one sort of thing that must exist; what is wrong are errors, what could not be seen are notices. */
export type Check = (subject: Subject) => Promise<readonly Problem[]>

/** A value in a manifest, and where it stands. */
export interface Found<Value = string> {
  readonly manifest: Manifest
  readonly path: string
  readonly value: Value
}

/** The texts at a path (`containerDefinitions[].image`) in all manifests of a kind; references are left out. */
export function texts({ manifests }: Subject, kind: string, path: string): Found[] {
  return values(manifests, kind, path).filter(
    (found): found is Found => typeof found.value === 'string',
  )
}

/** Values of any type; what is not there is left out. */
export function values(
  manifests: readonly Manifest[],
  kind: string,
  path: string,
): Found<unknown>[] {
  return manifests
    .filter((manifest) => manifest.kind === kind && !isObserved(manifest))
    .flatMap((manifest) =>
      valuesAt(manifest.spec, path.split('.'), 'spec').map((found) => ({ manifest, ...found })),
    )
}

function valuesAt(
  value: unknown,
  [step, ...rest]: readonly string[],
  path: string,
): { path: string; value: unknown }[] {
  if (step === undefined) return value === undefined ? [] : [{ path, value }]
  if (typeof value !== 'object' || value === null) return []
  const name = step.replace(/\[\]$/, '')
  const inner = (value as Record<string, unknown>)[name]
  const at = `${path}.${name}`
  if (name === step) return valuesAt(inner, rest, at)
  if (!Array.isArray(inner)) return []
  const labels = itemLabels(inner)
  return inner.flatMap((item, i) => valuesAt(item, rest, `${at}[${labels[i]}]`))
}

export function isObserved({ annotations }: Manifest): boolean {
  return annotations[`${annotationPrefix}mode`] === 'observe'
}

/** Whether the manifests make a thing of that kind whose identity fits: then it need not exist yet. */
export function makes(
  { manifests, identities }: Subject,
  kind: string,
  fits: (identity: Identity) => boolean,
): boolean {
  return manifests.some(
    (manifest) =>
      manifest.kind === kind &&
      !isObserved(manifest) &&
      fits(identities[manifest.key as ObjectKey]!),
  )
}

export function wrong(
  { manifest, path }: Found<unknown>,
  code: string,
  message: string,
  hint?: string,
): Problem {
  return placer(manifest.positions, manifest.position, `${manifest.kind}/${manifest.name}`)(
    path,
    code,
    message,
    hint,
  )
}

/** What could not be looked at is neither right nor wrong. */
export function unchecked(found: Found<unknown>, why: string): Problem {
  return { ...wrong(found, 'NotChecked', `could not be checked: ${why}`), severity: 'notice' }
}

/** Found values that name the same thing are looked up once. */
export function byValue<Value>(
  found: readonly Found<Value>[],
  idOf: (value: Value) => string | undefined,
): Map<string, Found<Value>[]> {
  const groups = new Map<string, Found<Value>[]>()
  for (const one of found) {
    const id = idOf(one.value)
    if (id !== undefined) groups.set(id, [...(groups.get(id) ?? []), one])
  }
  return groups
}

export type Answer<Output> =
  | { readonly output: Output }
  | { readonly missing: AwsFailure }
  /** Denied, throttled, not served: nothing is known. */
  | { readonly failed: string }

/** Asks AWS; a failure is a value, and `missing` where AWS says that there is no such thing. */
export async function ask<Output>(
  read: Read,
  operation: Parameters<Read>[0],
  input: Record<string, unknown>,
  isMissing: (failure: AwsFailure) => boolean = (failure) => failure.class === 'notFound',
): Promise<Answer<Output>> {
  try {
    return { output: await read<Output>(operation, input) }
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    if (isMissing(error)) return { missing: error }
    return { failed: `${error.operation}: ${error.code}: ${error.message}` }
  }
}

/** Why an answer has no output, for where it makes no difference. */
export function whyNot(answer: Exclude<Answer<never>, { readonly output: never }>): string {
  if ('failed' in answer) return answer.failed
  return `${answer.missing.operation}: ${answer.missing.code}: ${answer.missing.message}`
}
