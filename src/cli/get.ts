/** `fairlead get`, `describe` and `events`: tables and pages for people, JSON and YAML for the rest. */
import Table from 'cli-table3'
import { stringify } from 'yaml'
import { UserError } from '../errors.ts'
import { systemClock } from '../runtime.ts'
import type { EventObject, ResourceObject } from '../server/api.ts'
import { type AskOptions, askEvents, askResources, kindNamed } from './ask.ts'
import { describeText, paintWord, revisionIn } from './description.ts'
import {
  type InstanceObject,
  instanceHead,
  instanceRow,
  instancesOf,
  isInstances,
} from './instances.ts'
import type { Io } from './io.ts'
import { masked } from './mask.ts'
import { type Style, styleFor } from './style.ts'

export type OutputFormat = 'table' | 'wide' | 'json' | 'yaml'

export interface GetOptions extends AskOptions {
  readonly output: OutputFormat
  readonly watch: boolean
}

const borderless = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((part) => [part, part === 'middle' ? '  ' : '']),
)

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const made = new Table({
    head: head.map((cell) => style.bold(cell)),
    chars: borderless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  made.push(...rows.map((row) => [...row]))
  return `${made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`
}

export function renderResources(
  items: readonly ResourceObject[],
  wide: boolean,
  style: Style,
): string {
  const many = items.some(({ metadata }) => metadata.namespace !== 'default')
  const head = [
    ...(many ? ['NAMESPACE'] : []),
    'KIND',
    'NAME',
    'SYNC',
    'HEALTH',
    'REASON',
    ...(wide ? ['MESSAGE', 'AWS', 'SOURCE'] : []),
  ]
  const rows = items.map(({ kind, metadata, status }) => {
    const ready = status.conditions.find(({ type }) => type === 'Ready')
    return [
      ...(many ? [metadata.namespace] : []),
      kind,
      metadata.name,
      paintWord(status.sync, style),
      paintWord(status.health, style),
      ready?.reason ?? '',
      ...(wide ? [ready?.message ?? '', status.aws.arn ?? '', status.source] : []),
    ]
  })
  return table(head, rows, style)
}

function renderItems(
  items: readonly ResourceObject[] | readonly InstanceObject[],
  wide: boolean,
  style: Style,
): string {
  const instances = items.filter(
    (item): item is InstanceObject => item.kind === 'ContainerInstance',
  )
  if (instances.length === 0)
    return renderResources(items as readonly ResourceObject[], wide, style)
  const rows = instances.map((instance) => instanceRow(instance, wide))
  return table(instanceHead(wide), rows, style)
}

function structured(value: unknown, output: OutputFormat): string {
  const safe = masked(value)
  return output === 'yaml' ? stringify(safe) : `${JSON.stringify(safe, null, 2)}\n`
}

/** What is not valid is not in the table, and stops its environment. */
function tell(problems: readonly string[], io: Io) {
  for (const problem of problems) io.stderr(`${problem}\n`)
  if (problems.length > 0)
    io.stderr('nothing is written to that environment until this is mended\n')
}

export async function get(
  kind: string | undefined,
  name: string | undefined,
  options: GetOptions,
  io: Io,
): Promise<number> {
  const instances = isInstances(kind)
  const selection = instances
    ? { kind: 'Cluster' }
    : { ...(kind ? { kind: kindNamed(kind) } : {}), ...(name ? { name } : {}) }
  const style = styleFor(io)
  let last = ''
  for (;;) {
    const { from, items: resources, problems } = await askResources(selection, options, io)
    const items = instances ? instancesOf(resources, name) : resources
    if (name && items.length === 0) {
      tell(problems, io)
      throw new UserError(
        `${instances ? 'instance' : selection.kind} ${name} is not known to ${from}`,
      )
    }
    const one = name !== undefined && items.length === 1
    const text =
      options.output === 'json' || options.output === 'yaml'
        ? structured(one ? items[0] : { apiVersion: 'v1', kind: 'List', items }, options.output)
        : renderItems(items, options.output === 'wide', style)
    if (text !== last) {
      if (last === '' || options.output === 'table' || options.output === 'wide') {
        io.stderr(style.dim(`from ${from}\n`))
        tell(problems, io)
      }
      io.stdout(text)
      last = text
    }
    if (!options.watch || io.signal.aborted) return 0
    await systemClock.sleep(1_000, io.signal)
    if (io.signal.aborted) return 0
  }
}

function eventRows(events: readonly EventObject[]) {
  return events.map((event) => [
    event.lastTimestamp.slice(11, 19),
    event.type,
    event.reason,
    event.message,
  ])
}

export async function describe(
  kind: string,
  name: string,
  options: AskOptions & Pick<GetOptions, 'output'>,
  io: Io,
): Promise<number> {
  const style = styleFor(io)
  const { from, items, problems } = await askResources({ kind: kindNamed(kind), name }, options, io)
  tell(problems, io)
  const [item] = items
  if (!item) throw new UserError(`${kindNamed(kind)} ${name} is not known to ${from}`)
  if (items.length > 1) {
    const places = items.map(({ metadata: { namespace } }) => namespace).join(', ')
    throw new UserError(`there is a ${item.kind} ${name} in ${places}`, {
      hint: 'say which with -n NAMESPACE',
    })
  }
  io.stderr(style.dim(`from ${from}\n`))
  const { metadata } = item
  const about =
    options.live === undefined
      ? (await askEvents(options)).filter(
          ({ involvedObject }) =>
            involvedObject.kind === item.kind &&
            involvedObject.name === metadata.name &&
            involvedObject.namespace === metadata.namespace,
        )
      : undefined
  if (options.output === 'json' || options.output === 'yaml') {
    io.stdout(structured(about ? { ...item, events: about } : item, options.output))
    return 0
  }
  io.stdout(describeText(item, style, systemClock.now(), revisionIn(about ?? [])))
  if (about) {
    io.stdout(`\n${style.bold('Events')}\n${table([], eventRows(about.slice(-15)), style)}`)
  }
  return 0
}

export async function events(
  options: AskOptions & { readonly output: OutputFormat; readonly watch: boolean },
  io: Io,
): Promise<number> {
  const style = styleFor(io)
  io.stderr(style.dim(`from the controller at ${options.server}\n`))
  let seen = 0
  for (;;) {
    const all = (await askEvents(options)).filter(
      ({ metadata }) => !options.namespace || metadata.namespace === options.namespace,
    )
    const fresh = all.slice(seen)
    seen = all.length
    if (options.output === 'json' || options.output === 'yaml') {
      io.stdout(structured({ apiVersion: 'v1', kind: 'EventList', items: fresh }, options.output))
    } else if (fresh.length > 0) io.stdout(table([], eventRows(fresh), style))
    if (!options.watch) return 0
    await systemClock.sleep(1_000, io.signal)
    if (io.signal.aborted) return 0
  }
}
