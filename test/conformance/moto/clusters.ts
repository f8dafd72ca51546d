/** Clusters, capacity providers and account settings, against moto. */
import type { Row } from './row.ts'

const ARN = 'arn:aws:ecs:eu-central-1:123456789012:cluster'

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
    does: 'answers an existing cluster to a second creation',
    operation: 'ecs:CreateCluster',
    input: { clusterName: 'shop', settings: [{ name: 'containerInsights', value: 'disabled' }] },
  },
  {
    does: 'refuses a name with a space',
    operation: 'ecs:CreateCluster',
    input: { clusterName: 'a b' },
  },
  {
    does: 'describes without include',
    operation: 'ecs:DescribeClusters',
    input: { clusters: ['shop'] },
  },
  {
    does: 'describes by ARN with settings and tags',
    operation: 'ecs:DescribeClusters',
    input: { clusters: [`${ARN}/shop`], include: ['SETTINGS', 'TAGS'] },
  },
  { does: 'describes default when none is named', operation: 'ecs:DescribeClusters' },
  {
    does: 'describes unknown clusters as failures',
    operation: 'ecs:DescribeClusters',
    input: { clusters: ['none', 'shop'] },
  },
  { does: 'lists clusters', operation: 'ecs:ListClusters' },
  { does: 'lists one cluster a page', operation: 'ecs:ListClusters', input: { maxResults: 1 } },
  {
    does: 'lists the next page',
    operation: 'ecs:ListClusters',
    input: { maxResults: 1, nextToken: '<token>' },
  },
  {
    does: 'updates settings',
    operation: 'ecs:UpdateClusterSettings',
    input: { cluster: 'shop', settings: [{ name: 'containerInsights', value: 'disabled' }] },
  },
  {
    does: 'updates configuration',
    operation: 'ecs:UpdateCluster',
    input: { cluster: 'shop', configuration: { executeCommandConfiguration: { logging: 'NONE' } } },
  },
  {
    does: 'describes the configuration',
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
    does: 'refuses an unknown capacity provider',
    operation: 'ecs:PutClusterCapacityProviders',
    input: { cluster: 'shop', capacityProviders: ['none'], defaultCapacityProviderStrategy: [] },
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
  },
  {
    does: 'describes an unknown capacity provider',
    operation: 'ecs:DescribeCapacityProviders',
    input: { capacityProviders: ['none'] },
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
    input: { clusters: ['shop'] },
  },
  { does: 'does not list a deleted cluster', operation: 'ecs:ListClusters' },
  {
    does: 'creates a deleted cluster afresh',
    operation: 'ecs:CreateCluster',
    input: { clusterName: 'shop' },
  },
]
