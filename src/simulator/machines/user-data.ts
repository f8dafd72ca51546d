/** What an instance's user data tells its ECS agent: ecs.config as scripts and cloud-init write it, or Bottlerocket's settings. */
import { gunzipSync } from 'node:zlib'
import type { EcsImage } from './images.ts'
import { configWritten } from './shell.ts'

/** The agent's configuration, as far as it is modelled. */
export interface AgentConfig {
  readonly cluster: string
  readonly attributes: Readonly<Record<string, string>>
  /** MiB. */
  readonly reservedMemory: number
  readonly tags: Readonly<Record<string, string>>
  readonly tagsFromHost: boolean
  readonly spotDraining: boolean
}

const configPath = '/etc/ecs/ecs.config'

/** What the agent of an image reads from the user data (base64, as EC2 keeps it). */
export function agentConfig(
  userData: string | undefined,
  platform: EcsImage['platform'],
): AgentConfig {
  const text = decode(userData)
  if (platform === 'bottlerocket') return fromToml(text)
  const lines = platform === 'windows' ? powershell(text) : documents(text).flatMap(configLines)
  return fromLines(lines)
}

function decode(userData: string | undefined): string {
  const bytes = Buffer.from(userData ?? '', 'base64')
  try {
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString()
  } catch {
    return ''
  }
}

/** The parts of a MIME message, or the text itself. */
function documents(text: string): string[] {
  const boundary = /^content-type:\s*multipart\/[^;]+;\s*boundary="?([^"\s;]+)"?/im.exec(text)?.[1]
  if (!boundary) return [text]
  return text.split(`--${boundary}`).flatMap((part) => {
    const blank = part.search(/\r?\n\r?\n/)
    if (blank < 0) return []
    const body = part.slice(blank).trim()
    const encoded = /^content-transfer-encoding:\s*base64/im.test(part.slice(0, blank))
    return [encoded ? Buffer.from(body, 'base64').toString() : body]
  })
}

/** Lines that a shell script or a cloud-config brings into ecs.config. */
function configLines(document: string): string[] {
  if (document.startsWith('#cloud-config')) {
    return [...filesWritten(document), ...configWritten(commandsOf(document), configPath)]
  }
  return document.startsWith('#!') ? configWritten(document, configPath) : []
}

/** `write_files` entries for ecs.config: a block scalar, or a text on one line. */
function filesWritten(document: string): string[] {
  const lines = document.split(/\r?\n/)
  return lines.flatMap((line, i) => {
    if (!/^\s*(-\s+)?path:\s*["']?\/etc\/ecs\/ecs\.config["']?\s*$/.test(line)) return []
    const [from, to] = [itemStart(lines, i), itemEnd(lines, i)]
    const item = lines.slice(from, to)
    const at = item.findIndex((one) => /^\s*(-\s+)?content:/.test(one))
    const head = /content:\s*(.*)$/.exec(item[at] ?? '')?.[1] ?? ''
    const encoded = item.some((one) => /^\s*(-\s+)?encoding:\s*["']?(b64|base64)/.test(one))
    const indent = indentOf((item[at] ?? '').replace('-', ' '))
    const block: string[] = []
    for (const one of item.slice(at + 1)) {
      if (one.trim() !== '' && indentOf(one.replace(/^(\s*)-/, '$1 ')) <= indent) break
      block.push(one.trim())
    }
    const content = /^[|>]/.test(head) ? block.join('\n') : unquoted(head)
    return (encoded ? Buffer.from(content, 'base64').toString() : content).split('\n')
  })
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

function unquoted(text: string): string {
  if (text.startsWith('"')) return text.slice(1, -1).replaceAll('\\n', '\n').replaceAll('\\"', '"')
  return text.startsWith("'") ? text.slice(1, -1) : text
}

/** The list item of YAML around a line: from its dash to the next one, or to what is indented less. */
function itemStart(lines: readonly string[], at: number): number {
  let i = at
  while (i > 0 && !/^\s*-\s/.test(lines[i] ?? '')) i--
  return i
}

function itemEnd(lines: readonly string[], at: number): number {
  const dash = indentOf(lines[itemStart(lines, at)] ?? '')
  let i = at + 1
  while (i < lines.length && ((lines[i] ?? '').trim() === '' || indentOf(lines[i] ?? '') > dash))
    i++
  return i
}

/** `runcmd` and `bootcmd` of a cloud-config as a script. */
function commandsOf(document: string): string {
  let inside = false
  const commands: string[] = []
  for (const line of document.split(/\r?\n/)) {
    if (/^\S/.test(line) && !line.startsWith('-')) inside = /^(runcmd|bootcmd):/.test(line)
    if (!inside) continue
    const item = /^\s*-\s+(.*)$/.exec(line)?.[1] ?? ''
    const list = /^\[\s*["']?(?:\/bin\/)?(?:ba)?sh["']?\s*,\s*["']?-c["']?\s*,\s*(.*?)\s*\]$/.exec(
      item,
    )
    commands.push(unquoted(list?.[1] ?? item))
  }
  return commands.join('\n')
}

/** Environment variables that a Windows instance's script gives to the agent. */
function powershell(text: string): string[] {
  const cluster = /Initialize-ECSAgent\b[^\n]*-Cluster\s+['"]?([\w-]+)/i.exec(text)?.[1]
  const variable = /SetEnvironmentVariable\(\s*["'](ECS_\w+)["']\s*,\s*["']?([^"',)]*)["']?/gi
  return [
    ...[...text.matchAll(variable)].map(([, name, value]) => `${name}=${value}`),
    ...(cluster ? [`ECS_CLUSTER=${cluster}`] : []),
  ]
}

function fromLines(lines: readonly string[]): AgentConfig {
  const values = new Map<string, string>()
  for (const line of lines) {
    const match = /^\s*(ECS_\w+)\s*=\s*(.*?)\s*$/.exec(line)
    if (match) values.set(match[1] ?? '', unquoted(match[2] ?? ''))
  }
  const yes = (name: string) => /^(true|1|t)$/i.test(values.get(name) ?? '')
  return {
    cluster: values.get('ECS_CLUSTER') || 'default',
    attributes: textMap(values.get('ECS_INSTANCE_ATTRIBUTES')),
    reservedMemory: Number.parseInt(values.get('ECS_RESERVED_MEMORY') ?? '0', 10) || 0,
    tags: textMap(values.get('ECS_CONTAINER_INSTANCE_TAGS')),
    tagsFromHost: values.get('ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM') === 'ec2_instance',
    spotDraining: yes('ECS_ENABLE_SPOT_INSTANCE_DRAINING'),
  }
}

/** A JSON object of texts; anything else means nothing to the agent. */
function textMap(json: string | undefined): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(json ?? '{}')
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return {}
    return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, String(value)]))
  } catch {
    return {}
  }
}

/** `[settings.ecs]` and `[settings.ecs.instance-attributes]`, or the same as dotted keys. */
function fromToml(text: string): AgentConfig {
  const values = new Map<string, string>()
  let table = ''
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[\s*([^\]]+?)\s*\]\s*(#.*)?$/.exec(line)?.[1]
    if (header !== undefined) table = header.replaceAll(/["'\s]/g, '')
    const pair = /^\s*([\w."'-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))/.exec(line)
    if (!pair || header !== undefined) continue
    const key = (pair[1] ?? '').replaceAll(/["']/g, '')
    values.set(table ? `${table}.${key}` : key, pair[2] ?? pair[3] ?? pair[4] ?? '')
  }
  const prefix = 'settings.ecs.instance-attributes.'
  const attributes = [...values].filter(([key]) => key.startsWith(prefix))
  return {
    cluster: values.get('settings.ecs.cluster') || 'default',
    attributes: Object.fromEntries(attributes.map(([k, v]) => [k.slice(prefix.length), v])),
    reservedMemory: Number.parseInt(values.get('settings.ecs.reserved-memory') ?? '0', 10) || 0,
    tags: {},
    tagsFromHost: false,
    spotDraining: values.get('settings.ecs.enable-spot-instance-draining') === 'true',
  }
}
