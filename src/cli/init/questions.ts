/** The questions of `fairlead init`, in their order. Data. */
import { type Question, under } from './question.ts'
import { containerQuestions as ofContainer, service, task } from './questions-app.ts'
import { instances, network, place } from './questions-place.ts'

export type { Question, Said } from './question.ts'

/** What comes before the containers, and what after. */
export const before: readonly Question[] = [
  ...under('Cluster', place),
  ...under('Instances', instances),
  ...under('Network', network),
  ...under('Task definition', task),
]
/** Asked of each container. */
export const containerQuestions = under('Container', ofContainer)
export const after: readonly Question[] = under('Service', service)
