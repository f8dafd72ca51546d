/**
 * The fields of a scaling policy. PutScalingPolicy replaces its configuration as a whole. Rests on PutScalingPolicy in
 * the API reference of Application Auto Scaling.
 */
import type { Field, Fields } from '../../diff.ts'

const plain: Field = {}
const resets: Field = { resets: true }

const predefined: Field = {
  resets: true,
  fields: { predefinedMetricType: plain, resourceLabel: plain },
}

const byId: Field['key'] = (item) => String(item.id)
const dimensions: Field = {
  key: (item) => String(item.name),
  value: 'value',
  fields: { name: plain, value: plain },
}

const queries: Field = {
  key: byId,
  fields: {
    id: plain,
    expression: plain,
    label: plain,
    returnData: { default: true },
    metricStat: {
      fields: {
        metric: { fields: { metricName: plain, namespace: plain, dimensions } },
        stat: plain,
        unit: plain,
      },
    },
  },
}

const tracking: Fields = {
  targetValue: plain,
  predefinedMetricSpecification: predefined,
  customizedMetricSpecification: {
    resets: true,
    fields: {
      metricName: plain,
      namespace: plain,
      dimensions,
      statistic: plain,
      unit: plain,
      metrics: queries,
    },
  },
  scaleOutCooldown: { default: 300, resets: true },
  scaleInCooldown: { default: 300, resets: true },
  disableScaleIn: { default: false, resets: true },
}

const steps: Fields = {
  adjustmentType: plain,
  stepAdjustments: {
    list: 'set',
    fields: {
      metricIntervalLowerBound: plain,
      metricIntervalUpperBound: plain,
      scalingAdjustment: plain,
    },
  },
  minAdjustmentMagnitude: resets,
  cooldown: { default: 300, resets: true },
  metricAggregationType: { default: 'Average', resets: true },
}

const custom: Field = { resets: true, fields: { metricDataQueries: queries } }

const forecast: Fields = {
  metricSpecifications: {
    fields: {
      targetValue: plain,
      predefinedMetricPairSpecification: predefined,
      predefinedScalingMetricSpecification: predefined,
      predefinedLoadMetricSpecification: predefined,
      customizedScalingMetricSpecification: custom,
      customizedLoadMetricSpecification: custom,
      customizedCapacityMetricSpecification: custom,
    },
  },
  mode: { default: 'ForecastOnly', resets: true },
  schedulingBufferTime: { default: 300, resets: true },
  maxCapacityBreachBehavior: { default: 'HonorMaxCapacity', resets: true },
  maxCapacityBuffer: resets,
}

export const fields: Fields = {
  policyType: { createOnly: 'a policy is of one type' },
  targetTrackingScalingPolicyConfiguration: { merge: true, fields: tracking },
  stepScalingPolicyConfiguration: { merge: true, fields: steps },
  predictiveScalingPolicyConfiguration: { merge: true, fields: forecast },
}
