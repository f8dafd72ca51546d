/** awsQuery and ec2Query in the server's direction: forms in, XML out. */
import { XmlShapeSerializer } from '@aws-sdk/core/protocols'
import type { NormalizedSchema } from '@smithy/core/schema'
import { AwsError } from '../api.ts'
import type { WireService } from './services.ts'

/** A form's dotted keys as a tree: `Tags.member.1.Key=a` → Tags → member → 1 → Key → "a". */
interface Node {
  text?: string
  readonly children: Map<string, Node>
}

function growTree(form: URLSearchParams): Node {
  const root: Node = { children: new Map() }
  for (const [key, text] of form) {
    let node = root
    for (const part of key.split('.')) {
      let child = node.children.get(part)
      if (!child) {
        child = { children: new Map() }
        node.children.set(part, child)
      }
      node = child
    }
    node.text = text
  }
  return root
}

/** An operation's input from a form; what the schema does not name is dropped. Throws MalformedInput for a wrong type. */
export function readForm(
  service: WireService,
  schema: NormalizedSchema,
  form: URLSearchParams,
): Record<string, unknown> {
  return schema.isUnitSchema() ? {} : readStruct(service, schema, growTree(form))
}

function readStruct(service: WireService, schema: NormalizedSchema, node: Node) {
  const input: Record<string, unknown> = {}
  for (const [name, member] of schema.structIterator()) {
    const child = node.children.get(formName(service, name, member))
    if (child) input[name] = readNode(service, member, child)
  }
  return input
}

/** What a member is called in a form. */
function formName(service: WireService, name: string, member: NormalizedSchema): string {
  const { xmlName, ec2QueryName } = namesOf(member)
  const plain = xmlName ?? name
  if (service.protocol !== 'ec2') return plain
  if (ec2QueryName) return ec2QueryName
  return plain.charAt(0).toUpperCase() + plain.slice(1)
}

/** The names that a schema's traits give it. */
function namesOf(schema: NormalizedSchema): { xmlName?: string; ec2QueryName?: string } {
  return schema.getMergedTraits() as { xmlName?: string; ec2QueryName?: string }
}

/** Children named 1, 2, 3, … in the order of their numbers. */
function numbered(node: Node): Node[] {
  return [...node.children]
    .filter(([key]) => /^\d+$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child)
}

function readNode(service: WireService, schema: NormalizedSchema, node: Node): unknown {
  if (schema.isStructSchema()) return readStruct(service, schema, node)
  const flat = service.protocol === 'ec2' || Boolean(schema.getMergedTraits().xmlFlattened)
  if (schema.isListSchema()) {
    const item = schema.getValueSchema()
    const name = namesOf(item).xmlName ?? 'member'
    const items = flat ? node : (node.children.get(name) ?? node)
    return numbered(items).map((child) => readNode(service, item, child))
  }
  if (schema.isMapSchema()) {
    const keyName = namesOf(schema.getKeySchema()).xmlName ?? 'key'
    const value = schema.getValueSchema()
    const valueName = namesOf(value).xmlName ?? 'value'
    const entries = numbered(flat ? node : (node.children.get('entry') ?? node))
    return Object.fromEntries(
      entries.flatMap((entry) => {
        const key = entry.children.get(keyName)?.text
        const child = entry.children.get(valueName)
        return key === undefined || !child ? [] : [[key, readNode(service, value, child)]]
      }),
    )
  }
  return readText(schema, node.text ?? '')
}

function readText(schema: NormalizedSchema, text: string): unknown {
  if (schema.isBooleanSchema()) {
    if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
    throw new AwsError('MalformedInput', `${text} is not a Boolean`)
  }
  if (schema.isNumericSchema()) {
    const number = Number(text)
    if (text.trim() !== '' && !Number.isNaN(number)) return number
    throw new AwsError('MalformedInput', `${text} is not a number`)
  }
  if (schema.isTimestampSchema()) {
    const date = new Date(/^[\d.]+$/.test(text) ? Number(text) * 1000 : text)
    if (!Number.isNaN(date.getTime())) return date
    throw new AwsError('MalformedInput', `${text} is not a timestamp`)
  }
  return schema.isBlobSchema() ? Uint8Array.from(Buffer.from(text, 'base64')) : text
}

/** An answer's body: the output in the envelope that the protocol puts around it, timestamps in ISO 8601. */
export function writeXml(
  service: WireService,
  operation: string,
  schema: NormalizedSchema,
  output: unknown,
  requestId: string,
): string {
  const members = schema.isUnitSchema() ? '' : writeMembers(schema, output)
  const body =
    service.protocol === 'ec2'
      ? `<requestId>${requestId}</requestId>${members}`
      : `<${operation}Result>${members}</${operation}Result>` +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
  return `<${operation}Response xmlns="${service.xmlns}">${body}</${operation}Response>`
}

/** The members' XML without the element around them, whose name is the protocol's affair. */
function writeMembers(schema: NormalizedSchema, output: unknown): string {
  const serializer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: 5 },
    xmlNamespace: '',
    serviceNamespace: '',
  } as never)
  serializer.write(schema as never, output)
  const text = String(serializer.flush())
  const from = text.indexOf('>') + 1
  return text[from - 2] === '/' ? '' : text.slice(from, text.lastIndexOf('</'))
}

/** An error's body, as the Query API documents it; EC2 has an envelope of its own. */
export function writeXmlError(service: WireService, error: AwsError, requestId: string): string {
  const code = `<Code>${escapeXml(error.code)}</Code>`
  const message = `<Message>${escapeXml(error.message)}</Message>`
  if (service.protocol === 'ec2') {
    return `<Response><Errors><Error>${code}${message}</Error></Errors><RequestID>${requestId}</RequestID></Response>`
  }
  const type = `<Type>${error.status < 500 ? 'Sender' : 'Receiver'}</Type>`
  return (
    `<ErrorResponse xmlns="${service.xmlns}"><Error>${type}${code}${message}</Error>` +
    `<RequestId>${requestId}</RequestId></ErrorResponse>`
  )
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (each) => ({ '&': '&amp;', '<': '&lt;' })[each] ?? '&gt;')
}
