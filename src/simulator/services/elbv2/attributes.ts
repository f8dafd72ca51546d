/** The attributes of load balancers, target groups and listeners: which there are, their defaults, and how they change. */
import type { LoadBalancerAttribute } from '@aws-sdk/client-elastic-load-balancing-v2'
import { invalid } from './common.ts'
import type { Attributes } from './state.ts'

type Test = (value: string) => boolean

/** Each attribute's default, and which values it may have. */
type Table = Readonly<Record<string, readonly [string, Test]>>

const flag: Test = (value) => value === 'true' || value === 'false'
const text: Test = () => true

function like(pattern: RegExp): Test {
  return (value) => pattern.test(value)
}

function count(from: number, to: number): Test {
  return (value) => /^\d+$/.test(value) && Number(value) >= from && Number(value) <= to
}

const balancer: Table = {
  'access_logs.s3.bucket': ['', text],
  'access_logs.s3.enabled': ['false', flag],
  'access_logs.s3.prefix': ['', text],
  'deletion_protection.enabled': ['false', flag],
  'ipv6.deny_all_igw_traffic': ['false', flag],
  'zonal_shift.config.enabled': ['false', flag],
}
const application: Table = {
  ...balancer,
  'client_keep_alive.seconds': ['3600', count(60, 604_800)],
  'connection_logs.s3.bucket': ['', text],
  'connection_logs.s3.enabled': ['false', flag],
  'connection_logs.s3.prefix': ['', text],
  'idle_timeout.timeout_seconds': ['60', count(1, 4000)],
  'load_balancing.cross_zone.enabled': ['true', like(/^true$/)],
  'routing.http.desync_mitigation_mode': ['defensive', like(/^(monitor|defensive|strictest)$/)],
  'routing.http.drop_invalid_header_fields.enabled': ['false', flag],
  'routing.http.preserve_host_header.enabled': ['false', flag],
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': ['false', flag],
  'routing.http.xff_client_port.enabled': ['false', flag],
  'routing.http.xff_header_processing.mode': ['append', like(/^(append|preserve|remove)$/)],
  'routing.http2.enabled': ['true', flag],
  'waf.fail_open.enabled': ['false', flag],
}
const network: Table = {
  ...balancer,
  'dns_record.client_routing_policy': [
    'any_availability_zone',
    like(/^(any_availability_zone|(partial_)?availability_zone_affinity)$/),
  ],
  'load_balancing.cross_zone.enabled': ['false', flag],
}
const countOrOff = like(/^(\d+|off)$/)
const group: Table = {
  'deregistration_delay.timeout_seconds': ['300', count(0, 3600)],
  'load_balancing.cross_zone.enabled': [
    'use_load_balancer_configuration',
    like(/^(true|false|use_load_balancer_configuration)$/),
  ],
  'stickiness.enabled': ['false', flag],
  'target_group_health.dns_failover.minimum_healthy_targets.count': ['1', countOrOff],
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': ['off', countOrOff],
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': ['1', like(/^\d+$/)],
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': [
    'off',
    countOrOff,
  ],
}
const httpGroup: Table = {
  ...group,
  'load_balancing.algorithm.anomaly_mitigation': ['off', like(/^(on|off)$/)],
  'load_balancing.algorithm.type': [
    'round_robin',
    like(/^(round_robin|least_outstanding_requests|weighted_random)$/),
  ],
  'slow_start.duration_seconds': ['0', (value) => value === '0' || count(30, 900)(value)],
  'stickiness.app_cookie.cookie_name': ['', text],
  'stickiness.app_cookie.duration_seconds': ['86400', count(1, 604_800)],
  'stickiness.lb_cookie.duration_seconds': ['86400', count(1, 604_800)],
  'stickiness.type': ['lb_cookie', like(/^(lb_cookie|app_cookie)$/)],
}
const streamGroup: Table = {
  ...group,
  'deregistration_delay.connection_termination.enabled': ['false', flag],
  'preserve_client_ip.enabled': ['true', flag],
  'proxy_protocol_v2.enabled': ['false', flag],
  'stickiness.type': ['source_ip', like(/^source_ip(_dest_ip(_proto)?)?$/)],
  'target_health_state.unhealthy.connection_termination.enabled': ['true', flag],
  'target_health_state.unhealthy.draining_interval_seconds': ['0', count(0, 360_000)],
}
const httpListener: Table = {
  'routing.http.response.server.enabled': ['true', flag],
  ...Object.fromEntries(
    [
      'access_control_allow_credentials',
      'access_control_allow_headers',
      'access_control_allow_methods',
      'access_control_allow_origin',
      'access_control_expose_headers',
      'access_control_max_age',
      'content_security_policy',
      'strict_transport_security',
      'x_content_type_options',
      'x_frame_options',
    ].map((header) => [`routing.http.response.${header}.header_value`, ['', text] as const]),
  ),
}
const streamListener: Table = { 'tcp.idle_timeout.seconds': ['350', count(60, 6000)] }

/** Which table holds for a thing, by what it is. */
const tables = { application, network, httpGroup, streamGroup, httpListener, streamListener }
export type AttributeTable = keyof typeof tables

export function defaultAttributes(table: AttributeTable): Attributes {
  return Object.fromEntries(Object.entries(tables[table]).map(([key, [value]]) => [key, value]))
}

/** Attributes with changes. Throws ValidationError for an unknown key or a value that it may not have. */
export function changeAttributes(
  table: AttributeTable,
  attributes: Attributes,
  changes: readonly LoadBalancerAttribute[] = [],
): Attributes {
  const changed: Record<string, string> = { ...attributes }
  for (const { Key: key = '', Value: value = '' } of changes) {
    const row = tables[table][key]
    if (!row) throw invalid(`The attribute key '${key}' is not recognized`)
    if (!row[1](value)) {
      throw invalid(`The value '${value}' of the attribute '${key}' is not valid`)
    }
    changed[key] = value
  }
  return changed
}

export function attributeList(attributes: Attributes) {
  return Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }))
}
