/** The attributes of a VPC that are read and set one a call, in an order in which AWS takes them when switched on. */

export const attributes = [
  { member: 'enableDnsSupport', parameter: 'EnableDnsSupport' },
  { member: 'enableDnsHostnames', parameter: 'EnableDnsHostnames' },
  { member: 'enableNetworkAddressUsageMetrics', parameter: 'EnableNetworkAddressUsageMetrics' },
] as const
