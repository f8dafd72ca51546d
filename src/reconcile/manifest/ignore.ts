/** What the annotation `ignore` may say: fields that the kind has, in plan notation. Pure. */
import { ignoreAnnotation, ignoredPaths } from '../../ignored.ts'
import type { JsonSchema } from '../../kind.ts'
import type { Problem } from '../../model.ts'
import { type PathStep, parsePath } from '../../paths.ts'
import type { At } from './environment.ts'
import { didYouMean } from './suggest.ts'

const where = `metadata.annotations.${ignoreAnnotation}`

/** `spec` is the manifest's, `schema` that of its kind's spec. */
export function ignoreProblems(
  annotations: Readonly<Record<string, string>>,
  spec: unknown,
  schema: JsonSchema,
  at: At,
): readonly Problem[] {
  return ignoredPaths(annotations).flatMap((path) => {
    const steps = parsePath(path)
    if (!steps) {
      const message = `"${path}" is no field: expected plan's notation, such as spec.containerDefinitions[web].image`
      return [at(where, 'BadAnnotation', message)]
    }
    // Tags are a list in manifests, and read as a map in plans.
    if (/^tags([.[].*)?$/.test(path) && steps.length <= 2) return []
    const wrong = wrongStep(steps, schema, spec, 'spec')
    if (!wrong) return []
    return [at(where, 'UnknownField', `${wrong.message} (in "${path}")`, wrong.hint)]
  })
}

interface Wrong {
  readonly message: string
  readonly hint?: string | undefined
}

function wrongStep(
  [step, ...rest]: readonly PathStep[],
  schema: JsonSchema,
  value: unknown,
  path: string,
): Wrong | undefined {
  if (!step) return undefined
  const items = schema.items as JsonSchema | undefined
  if ('label' in step && items) {
    const among = Array.isArray(value) ? value : []
    return (
      wrongLabel(step.label, rest, among, path) ??
      wrongStep(rest, items, itemOf(among, step.label), `${path}[${step.label}]`)
    )
  }
  const name = 'label' in step ? step.label : step.member
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>
  const names = Object.keys(properties)
  const inner = (value as Record<string, unknown> | undefined)?.[name]
  if (Object.hasOwn(properties, name)) {
    return wrongStep(rest, properties[name]!, inner, `${path}.${name}`)
  }
  const free = schema.additionalProperties
  if (isFree(schema) && names.length === 0) {
    const further = typeof free === 'object' ? (free as JsonSchema) : {}
    return wrongStep(rest, further, inner, `${path}.${name}`)
  }
  if (items) {
    const [first] = Array.isArray(value) ? value.map(nameOf) : []
    return {
      message: `${path} is a list: say which item`,
      hint: `${path}[${first ?? 'name'}].${name}`,
    }
  }
  if (names.length === 0) return { message: `${path} has no fields of its own` }
  const near = didYouMean(name, names)
  return { message: `${path} has no field "${name}"`, hint: near }
}

/** A map of the user's own keys, or a document of another language. */
const isFree = ({ additionalProperties, type, 'x-encoding': encoding }: JsonSchema) =>
  (additionalProperties !== undefined && additionalProperties !== false) ||
  !type ||
  encoding === 'json'

const nameOf = (item: unknown) => (item as { name?: unknown } | undefined)?.name

const itemOf = (items: readonly unknown[], label: string) =>
  items.find((item, index) => nameOf(item) === label || String(index) === label)

/** An item that Git does not describe has no fields that Git could leave to others; whole, it may be ignored. */
function wrongLabel(
  label: string,
  rest: readonly PathStep[],
  items: readonly unknown[],
  path: string,
): Wrong | undefined {
  const names = items.map(nameOf).filter((name) => typeof name === 'string')
  if (rest.length === 0 || names.length === 0 || names.includes(label)) return undefined
  const hint = didYouMean(label, names) ?? `there are ${names.join(', ')}`
  return { message: `${path} has no item "${label}"`, hint }
}
