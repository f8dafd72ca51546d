/** Clusters, capacity providers and account settings, against moto. */
import type { Row } from './row.ts'

const ARN = 'arn:aws:ecs:eu-central-1:123456789012:cluster'
const SETTINGS_SHOWN = 'shows settings though they were not asked for'

export const clusterRows: readonly Row[] = [
  { does: 'lists none', operation: 'ecs:ListClusters' },
  {
    does: 'creates a cluster with settings and tags',
    operation: 'ecs:CreateCluster',
    input: {
      clusterName: 'shop',
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      tags: [{ key: 'team', value: 'a' }],
    },
  },
  { does: 'creates the default cluster', operation: 'ecs:CreateCluster' },
  {
    does: 'describes by name with settings and tags',
    operation: 'ecs:DescribeClusters',
    input: { clusters: ['shop'], include: ['SETTINGS', 'TAGS'] },
  },
  {
    does: 'describes by ARN, and shows what include asks for only',
    operation: 'ecs:DescribeClusters',
    input: { clusters: [`${ARN}/shop`] },
    gaps: { 'clusters[0].settings': SETTINGS_SHOWN },
    ours: { clusters: [{ clusterName: 'shop', settings: [], tags: [] }] },
  },
  {
    does: 'describes default when none is named',
    operation: 'ecs:DescribeClusters',
    input: { include: ['SETTINGS'] },
  },
  {
    does: 'describes unknown clusters as failures',
    operation: 'ecs:DescribeClusters',
    input: { clusters: ['none', 'shop'], include: ['SETTINGS'] },
  },
  { does: 'lists clusters', operation: 'ecs:ListClusters' },
  {
    does: 'lists one cluster a page',
    operation: 'ecs:ListClusters',
    input: { maxResults: 1 },
    gaps: { clusterArns: 'knows no pages here' },
    ours: { clusterArns: [`${ARN}/default`], nextToken: '<token>' },
  },
  {
    does: 'lists the next page',
    operation: 'ecs:ListClusters',
    input: { maxResults: 1, nextToken: '<token>' },
    gaps: { clusterArns: 'knows no pages here' },
    ours: { clusterArns: [`${ARN}/shop`] },
    absent: ['nextToken'],
  },
  {
    does: 'updates configuration',
    operation: 'ecs:UpdateCluster',
    input: { cluster: 'shop', configuration: { executeCommandConfiguration: { logging: 'NONE' } } },
  },
  {
    does: 'updates settings',
    operation: 'ecs:UpdateCluster',
    input: { cluster: 'shop', settings: [{ name: 'containerInsights', value: 'enhanced' }] },
  },
  {
    does: 'updates settings by their own call',
    operation: 'ecs:UpdateClusterSettings',
    input: { cluster: 'shop', settings: [{ name: 'containerInsights', value: 'enhanced' }] },
    gaps: {
      error: 'has not this operation',
      code: 'has not this operation',
      message: 'has not this operation',
    },
    ours: {
      cluster: {
        clusterName: 'shop',
        settings: [{ name: 'containerInsights', value: 'enhanced' }],
      },
    },
  },
  {
    does: 'describes configuration and settings',
    operation: 'ecs:DescribeClusters',
    input: { clusters: ['shop'], include: ['CONFIGURATIONS', 'SETTINGS'] },
  },
  {
    does: 'refuses to update an unknown cluster',
    operation: 'ecs:UpdateCluster',
    input: { cluster: 'none', settings: [] },
  },
  {
    does: 'puts capacity providers',
    operation: 'ecs:PutClusterCapacityProviders',
    input: {
      cluster: 'shop',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }],
    },
  },
  {
    does: 'refuses capacity providers of an unknown cluster',
    operation: 'ecs:PutClusterCapacityProviders',
    input: { cluster: 'none', capacityProviders: [], defaultCapacityProviderStrategy: [] },
  },
  {
    does: 'describes FARGATE',
    operation: 'ecs:DescribeCapacityProviders',
    input: { capacityProviders: ['FARGATE'] },
    gaps: {
      capacityProviders: 'does not know the built-in ones',
      failures: 'does not know the built-in ones',
    },
    ours: { capacityProviders: [{ name: 'FARGATE', status: 'ACTIVE' }], failures: [] },
  },
  {
    does: 'describes an unknown capacity provider',
    operation: 'ecs:DescribeCapacityProviders',
    input: { capacityProviders: ['none'] },
    gaps: { 'failures[0].arn': 'writes capacity_provider' },
    ours: {
      capacityProviders: [],
      failures: [
        { arn: 'arn:aws:ecs:eu-central-1:123456789012:capacity-provider/none', reason: 'MISSING' },
      ],
    },
  },
  { does: 'lists account settings', operation: 'ecs:ListAccountSettings' },
  {
    does: 'puts an account setting',
    operation: 'ecs:PutAccountSetting',
    input: { name: 'containerInsights', value: 'enabled' },
  },
  {
    does: 'deletes an account setting',
    operation: 'ecs:DeleteAccountSetting',
    input: { name: 'containerInsights' },
  },
  {
    does: 'refuses to delete an unknown cluster',
    operation: 'ecs:DeleteCluster',
    input: { cluster: 'none' },
  },
  { does: 'deletes a cluster', operation: 'ecs:DeleteCluster', input: { cluster: 'shop' } },
  {
    does: 'describes a deleted cluster as INACTIVE',
    operation: 'ecs:DescribeClusters',
    input: { clusters: ['shop'], include: ['SETTINGS', 'CONFIGURATIONS'] },
  },
  {
    does: 'does not list a deleted cluster',
    operation: 'ecs:ListClusters',
    gaps: { clusterArns: 'lists INACTIVE clusters' },
    ours: { clusterArns: [`${ARN}/default`] },
  },
  {
    does: 'creates a deleted cluster afresh',
    operation: 'ecs:CreateCluster',
    input: { clusterName: 'shop' },
  },
  {
    does: 'answers an existing cluster to a second creation, and applies nothing',
    operation: 'ecs:CreateCluster',
    input: { clusterName: 'shop', settings: [{ name: 'containerInsights', value: 'enabled' }] },
    gaps: { 'cluster.settings[0].value': 'replaces the cluster' },
    ours: { cluster: { settings: [{ name: 'containerInsights', value: 'disabled' }] } },
  },
  {
    does: 'refuses an unknown capacity provider',
    operation: 'ecs:PutClusterCapacityProviders',
    input: { cluster: 'shop', capacityProviders: ['none'], defaultCapacityProviderStrategy: [] },
    gaps: { cluster: 'accepts anything' },
    ours: { error: true, code: 'InvalidParameterException' },
  },
  {
    does: 'refuses a name with a space',
    operation: 'ecs:CreateCluster',
    input: { clusterName: 'a b' },
    gaps: { cluster: 'accepts anything' },
    ours: { error: true, code: 'InvalidParameterException' },
  },
]
