/** Manifests as a person would write them: short maps on one line, a comment where something is worth knowing. Pure. */
import { Document, isCollection, isMap, isScalar, isSeq, type Node, Scalar, visit } from 'yaml'

export interface Draft {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly spec: Readonly<Record<string, unknown>>
  /** Above the document. */
  readonly head?: string
  /** By path, what is worth knowing of it: `{ 'size.max': 'billed by the hour' }`. */
  readonly notes?: Readonly<Record<string, string>>
}

/** What readers of older YAML take for a date, for true or false, or for a number to the base 60. */
const otherwise = /^(\d{4}-\d\d-\d\d|y|n|yes|no|on|off|\d+(:[0-5]?\d)+)$/i

/** The longest map or list that stays on one line. */
const lineLength = 90

/** One file with these documents. */
export function fileOf(drafts: readonly Draft[]): string {
  return drafts.map(textOf).join('---\n')
}

function textOf({ kind, name, namespace, annotations, spec, head, notes = {} }: Draft): string {
  const document = new Document({
    apiVersion: 'fairlead.dev/v1alpha1',
    kind,
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      ...(annotations ? { annotations } : {}),
    },
    spec,
  })
  const whole = [document.contents, document.get('spec', true)] as unknown[]
  let brackets = false
  visit(document, {
    Collection(_, node) {
      if (!whole.includes(node) && isShort(node)) node.flow = true
    },
    Scalar(_, node) {
      if (typeof node.value !== 'string') return
      if (otherwise.test(node.value)) node.type = Scalar.QUOTE_DOUBLE
      brackets ||= /\[ | \]/.test(node.value)
    },
  })
  for (const [path, note] of Object.entries(notes)) {
    const steps = path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step))
    annotate(document, ['spec', ...steps], note)
  }
  const text = document.toString({ lineWidth: 0 })
  const slim = brackets ? text : text.replace(/\[ (?=\S)/g, '[').replace(/(?<=\S) \]/g, ']')
  return head ? `${head.replace(/^/gm, '# ')}\n${slim}` : slim
}

/** A map of few words, or a list of words or references. */
function isShort(node: unknown): boolean {
  if (isSeq(node) && !node.items.every((item) => isScalar(item) || isReference(item))) return false
  return depthOf(node) <= 2 && !hasBlock(node) && JSON.stringify(node).length <= lineLength
}

function isReference(node: unknown): boolean {
  return isMap(node) && node.has('ref')
}

function depthOf(node: unknown): number {
  if (isMap(node)) return 1 + Math.max(0, ...node.items.map(({ value }) => depthOf(value)))
  if (isSeq(node)) return 1 + Math.max(0, ...node.items.map(depthOf))
  return 0
}

/** Text of several lines cannot stand in one. */
function hasBlock(node: unknown): boolean {
  if (isScalar(node)) return typeof node.value === 'string' && node.value.includes('\n')
  if (isMap(node)) return node.items.some(({ value }) => hasBlock(value))
  return isSeq(node) && node.items.some(hasBlock)
}

/** Behind what stands on one line; above what takes several. */
function annotate(document: Document, path: readonly (string | number)[], note: string): void {
  const node = document.getIn(path, true) as Node | undefined
  if (!node) return
  if (!hasBlock(node) && (isScalar(node) || (isCollection(node) && node.flow))) {
    node.comment = ` ${note}`
    return
  }
  const parent = document.getIn(path.slice(0, -1), true)
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
    : undefined
  if (pair && isScalar(pair.key)) pair.key.commentBefore = ` ${note}`
}
