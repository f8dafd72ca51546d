/** Rules of clusters beyond the schema. They rest on CreateCluster in the Amazon ECS API reference. */
import type { CreateClusterRequest } from '@aws-sdk/client-ecs'
import {
  checkCount,
  checkName,
  checkStrategy,
  checkTags,
  type Findings,
  isFargateProvider,
} from '../../kit/field-rules.ts'
import { itemLabels } from '../../paths.ts'

export function checkCluster(spec: CreateClusterRequest, found: Findings): void {
  const { say } = found
  checkName(spec.clusterName, 'spec.clusterName', found)
  checkTags(spec.tags, 'spec.tags', found)
  checkCount(spec.capacityProviders, 'spec.capacityProviders', [0, 20], 'capacity providers', found)
  checkStrategy(spec.defaultCapacityProviderStrategy, 'spec.defaultCapacityProviderStrategy', found)
  spec.defaultCapacityProviderStrategy?.forEach(({ capacityProvider }, index) => {
    // Others may be attached by their own manifests; Fargate's can only be named here.
    if (
      !isFargateProvider(capacityProvider) ||
      spec.capacityProviders?.includes(String(capacityProvider))
    )
      return
    say(
      `spec.defaultCapacityProviderStrategy[${index}].capacityProvider`,
      'ProviderNotAttached',
      `${capacityProvider} is not among the cluster's capacity providers`,
      `add it to spec.capacityProviders`,
    )
  })
  const labels = itemLabels(spec.settings ?? [])
  spec.settings?.forEach(({ name, value }, index) => {
    if (name !== 'containerInsights' || /^(enabled|disabled|enhanced)$/.test(value ?? '')) return
    const message = 'containerInsights is enabled, disabled or enhanced'
    say(`spec.settings[${labels[index]}].value`, 'NotAllowed', message)
  })
  const execute = spec.configuration?.executeCommandConfiguration
  if (execute?.logging === 'OVERRIDE' && execute.logConfiguration === undefined) {
    const path = 'spec.configuration.executeCommandConfiguration'
    say(`${path}.logConfiguration`, 'Required', 'logging OVERRIDE needs a logConfiguration')
  }
}
