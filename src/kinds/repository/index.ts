/** The kind Repository: where images are kept. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  identify,
  named,
  type RepositorySpec,
  references,
  schema,
  source,
  validate,
  within,
} from './manifest.ts'
import { observe, type RepositoryState } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'

export const repository: Kind<RepositorySpec, RepositoryState> = {
  name: 'Repository',
  plural: 'repositories',
  summary:
    'A private repository for container images (ECR). It is never deleted with images in it unless spec.force says so.',
  schema,
  source,
  operations,
  references,
  taggable: 'ecr:repository',
  ownName: 'repositoryName',
  named,
  identify,
  validate,
  within,
  observe,
  plan,
  health,
}
