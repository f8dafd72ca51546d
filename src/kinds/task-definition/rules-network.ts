/** Rules of networking in a task: ports, names and links under each network mode. */
import type { PortMapping } from '@aws-sdk/client-ecs'
import { checkCount, checkGiven, checkRange, type Findings } from '../../kit/field-rules.ts'
import { itemLabels } from '../../paths.ts'
import type { Placed, TaskDefinitionSpec } from './spec.ts'

export function checkNetwork(
  spec: TaskDefinitionSpec,
  containers: readonly Placed[],
  found: Findings,
): void {
  const mode = spec.networkMode ?? 'bridge'
  const taken = new Map<string, string>()
  const names = new Map<string, string>()
  for (const { path, container } of containers) {
    const mappings = container.portMappings ?? []
    if (mode === 'none' && mappings.length > 0) {
      found.say(`${path}.portMappings`, 'NoPorts', 'networkMode none takes no port mappings')
    }
    const labels = itemLabels(mappings)
    mappings.forEach((mapping, index) => {
      const at = `${path}.portMappings[${labels[index]}]`
      checkMapping(mapping, at, found)
      if (mode === 'awsvpc' || mode === 'host') checkSamePort(mapping, mode, at, found)
      checkTaken(mapping, mode, at, taken, found)
      checkPortName(mapping.name, at, names, found)
    })
    const ranges = mappings.filter((mapping) => mapping.containerPortRange !== undefined)
    checkCount(ranges, `${path}.portMappings`, [0, 100], 'port ranges', found)
    checkLinks(spec, { path, container }, containers, found)
    if (mode !== 'awsvpc') continue
    for (const field of ['hostname', 'extraHosts', 'dnsServers', 'dnsSearchDomains'] as const) {
      const value = container[field]
      if (value === undefined || value.length === 0) continue
      found.say(`${path}.${field}`, 'NotWithAwsvpc', `networkMode awsvpc takes no ${field}`)
    }
  }
  const proxy = spec.proxyConfiguration
  if (proxy === undefined) return
  if (mode !== 'awsvpc') {
    found.say('spec.proxyConfiguration', 'OnlyWithAwsvpc', 'a proxy needs networkMode awsvpc')
  }
  if (!containers.some(({ container }) => container.name === proxy.containerName)) {
    const message = `there is no container "${proxy.containerName}"`
    found.say('spec.proxyConfiguration.containerName', 'UnknownContainer', message)
  }
}

function checkMapping(mapping: PortMapping, path: string, found: Findings): void {
  const { containerPort, hostPort, containerPortRange } = mapping
  checkRange(containerPort, `${path}.containerPort`, [1, 65_535], found)
  checkRange(hostPort, `${path}.hostPort`, [0, 65_535], found)
  if (containerPort === undefined && containerPortRange === undefined) {
    checkGiven(containerPort, `${path}.containerPort`, found, 'or containerPortRange')
  }
  if (containerPortRange === undefined) return
  const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(containerPortRange) ?? []
  if (
    from === undefined ||
    !(1 <= Number(from) && Number(from) < Number(to) && Number(to) <= 65_535)
  ) {
    found.say(
      `${path}.containerPortRange`,
      'BadPortRange',
      'must be two ports from 1 to 65535 such as "8000-8010"',
    )
  }
  if (containerPort !== undefined || hostPort) {
    const field = containerPort === undefined ? 'hostPort' : 'containerPort'
    found.say(`${path}.${field}`, 'NotTogether', `containerPortRange takes no ${field}`)
  }
}

function checkSamePort(
  { containerPort, hostPort }: PortMapping,
  mode: string,
  path: string,
  found: Findings,
): void {
  if (!hostPort || containerPort === undefined || hostPort === containerPort) return
  const message = `with networkMode ${mode} the host port is the container port (${containerPort}), not ${hostPort}`
  found.say(`${path}.hostPort`, 'PortsDiffer', message, 'leave hostPort out')
}

/** Two containers of a task share the host, so each port of it can be taken once. */
function checkTaken(
  mapping: PortMapping,
  mode: string,
  path: string,
  taken: Map<string, string>,
  found: Findings,
): void {
  const shared = mode === 'awsvpc' || mode === 'host'
  const port = mapping.hostPort || (shared ? mapping.containerPort : undefined)
  if (!port) return
  const key = `${port}/${mapping.protocol ?? 'tcp'}`
  const first = taken.get(key)
  if (first === undefined) taken.set(key, path)
  else {
    const field = mapping.hostPort ? 'hostPort' : 'containerPort'
    found.say(`${path}.${field}`, 'PortTaken', `the port ${key} is taken by ${first}`)
  }
}

function checkPortName(
  name: string | undefined,
  path: string,
  names: Map<string, string>,
  found: Findings,
): void {
  if (name === undefined) return
  if (!/^[a-z0-9_][a-z0-9_-]{0,63}$/.test(name)) {
    const message = `"${name.slice(0, 70)}" is not a port name: 1 to 64 lower-case letters, digits, _ and -, not beginning with -`
    found.say(`${path}.name`, 'BadName', message)
  }
  const first = names.get(name)
  if (first === undefined) names.set(name, path)
  else
    found.say(`${path}.name`, 'DuplicatePortName', `the port name "${name}" is taken by ${first}`)
}

function checkLinks(
  spec: TaskDefinitionSpec,
  { path, container }: Placed,
  containers: readonly Placed[],
  found: Findings,
): void {
  if (!container.links || container.links.length === 0) return
  if (spec.networkMode !== undefined && spec.networkMode !== 'bridge') {
    found.say(
      `${path}.links`,
      'OnlyInBridge',
      `links need networkMode bridge, not ${spec.networkMode}`,
    )
  }
  container.links.forEach((link, index) => {
    const name = link.split(':')[0]
    if (containers.some((other) => other.container.name === name && name !== container.name)) return
    found.say(
      `${path}.links[${index}]`,
      'UnknownContainer',
      `there is no other container "${name}"`,
    )
  })
}
