/** Fault injection as one more layer around the AWS function, and the scenario that it is let loose on. */
import type { Layer } from '../../src/aws/aws.ts'
import { AwsFailure } from '../../src/errors.ts'

/** Fails calls at random: refused before the effect (throttled, 5xx), or the answer lost after it. */
export function faulty(random: () => number, probability: number, on: () => boolean): Layer {
  return (next) => async (operation, input, options) => {
    if (!on() || random() >= probability) return next(operation, input, options)
    const kind = random()
    if (kind < 0.4) {
      throw new AwsFailure(operation, 'throttled', 'ThrottlingException', 'Rate exceeded')
    }
    if (kind < 0.7) {
      throw new AwsFailure(operation, 'transient', 'ServerException', 'Service Unavailable', {
        effectUnknown: true,
      })
    }
    await next(operation, input, options).catch(() => {})
    throw new AwsFailure(operation, 'transient', 'TimeoutError', 'socket hang up', {
      effectUnknown: true,
    })
  }
}

/** A cluster, nine task definitions and ten services: twenty resources. */
export function twentyResources(tag: string): Record<string, string> {
  const documents = [
    'apiVersion: fairlead.dev/v1alpha1\nkind: Cluster\nmetadata: { name: harbour }\nspec: {}\n',
  ]
  for (let n = 0; n < 9; n++) {
    documents.push(`apiVersion: fairlead.dev/v1alpha1
kind: TaskDefinition
metadata: { name: berth-${n} }
spec:
  requiresCompatibilities: [FARGATE]
  networkMode: awsvpc
  cpu: "256"
  memory: "512"
  containerDefinitions:
    - name: app
      image: public.ecr.aws/docker/library/nginx:${tag}
      environment: [{ name: BERTH, value: "${n}" }]
`)
  }
  for (let n = 0; n < 10; n++) {
    documents.push(`apiVersion: fairlead.dev/v1alpha1
kind: Service
metadata: { name: crane-${n} }
spec:
  cluster: { ref: harbour }
  taskDefinition: { ref: berth-${n % 9} }
  launchType: FARGATE
  desiredCount: ${1 + (n % 3)}
  networkConfiguration:
    awsvpcConfiguration:
      subnets: [subnet-0defa00000000000a, subnet-0defa00000000000b]
      assignPublicIp: ENABLED
`)
  }
  return { 'harbour.yaml': documents.join('---\n') }
}
