/** The template or mixed policy that a call sends: what Git names, and what it leaves to AWS as it is. Pure. */
import { isObject } from '../../diff.ts'
import type { AutoScalingGroupSpec, Launch, TemplateSpecification } from './spec.ts'

type Members = Record<string, unknown>

/** A call takes a template by one of its names, while the whole state has both. */
function named(spec: TemplateSpecification, whole: unknown): TemplateSpecification {
  const live = (isObject(whole) ? whole : {}) as TemplateSpecification
  const version = spec.version ?? live.version
  return {
    ...(spec.launchTemplateId === undefined
      ? { launchTemplateName: spec.launchTemplateName! }
      : { launchTemplateId: spec.launchTemplateId }),
    ...(version === undefined ? {} : { version }),
  }
}

export function launchInput(spec: AutoScalingGroupSpec, whole: Members): Launch {
  const { launchTemplate, mixedInstancesPolicy } = spec
  if (launchTemplate) return { launchTemplate: named(launchTemplate, whole.launchTemplate) }
  const policy = (whole.mixedInstancesPolicy ?? {}) as NonNullable<Launch['mixedInstancesPolicy']>
  const base = mixedInstancesPolicy?.launchTemplate?.launchTemplateSpecification ?? {}
  const overrides = mixedInstancesPolicy?.launchTemplate?.overrides
  return {
    mixedInstancesPolicy: {
      ...policy,
      ...(policy.instancesDistribution
        ? { instancesDistribution: distributionOf(policy.instancesDistribution) }
        : {}),
      launchTemplate: {
        ...policy.launchTemplate,
        launchTemplateSpecification: named(
          base,
          policy.launchTemplate?.launchTemplateSpecification,
        ),
        ...(overrides ? { overrides } : {}),
      },
    },
  }
}

/** The number of pools, which AWS fills in, goes with one strategy only. */
function distributionOf({ spotInstancePools, ...distribution }: Members): Members {
  const lowest = (distribution.spotAllocationStrategy ?? 'lowest-price') === 'lowest-price'
  return lowest && spotInstancePools !== undefined
    ? { ...distribution, spotInstancePools }
    : distribution
}
