/** The same services as the baseline's: EC2, bridge network, one container, desired count 1. */

/** A cluster with N task definitions and services; `one` is the image tag of service 0 alone. */
export function fleet(n: number, one: string): string {
  const documents = [
    'apiVersion: fairlead.dev/v1alpha1\nkind: Cluster\nmetadata: { name: base }\nspec: {}\n',
  ]
  for (let i = 0; i < n; i++) {
    const name = `svc-${String(i).padStart(3, '0')}`
    documents.push(`apiVersion: fairlead.dev/v1alpha1
kind: TaskDefinition
metadata: { name: ${name} }
spec:
  networkMode: bridge
  requiresCompatibilities: [EC2]
  containerDefinitions:
    - name: app
      image: public.ecr.aws/docker/library/nginx:${i === 0 ? one : 'v1'}
      cpu: 64
      memory: 128
      essential: true
      portMappings: [{ containerPort: 80, protocol: tcp }]
      environment: [{ name: SERVICE, value: ${name} }]
---
apiVersion: fairlead.dev/v1alpha1
kind: Service
metadata: { name: ${name} }
spec:
  cluster: { ref: base }
  taskDefinition: { ref: ${name} }
  desiredCount: 1
`)
  }
  return documents.join('---\n')
}
