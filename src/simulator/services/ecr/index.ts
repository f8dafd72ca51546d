/** The private image registry: repositories, what is set on them, and their images. */
import type { ServiceHandlers } from '../../api.ts'
import { imageHandlers } from './images.ts'
import { repositoryHandlers } from './repositories.ts'

export const ecrHandlers: ServiceHandlers = { ...imageHandlers, ...repositoryHandlers }
