/** The registry as it is: rules between manifests reach the user through the real kinds. */
import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { readManifests } from '../../src/reconcile/manifest.ts'
import { snapshotOf } from '../rig.ts'

test('a service on an awsvpc task definition without networkConfiguration is refused before AWS does', async () => {
  const { problems, stopped } = await readManifests(
    snapshotOf({
      'web.yaml': `apiVersion: fairlead.dev/v1alpha1
kind: TaskDefinition
metadata: { name: web }
spec:
  networkMode: awsvpc
  containerDefinitions: [{ name: nginx, image: nginx, memory: 128 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: Service
metadata: { name: web }
spec:
  cluster: shop
  taskDefinition: { ref: web }
`,
    }),
    kinds,
  )
  expect(stopped).toEqual(['default'])
  expect(problems.map(({ line, path }) => `${line} ${path}`)).toEqual([
    '11 spec.networkConfiguration',
  ])
})
