/** What is kept of a live task definition between observing and planning. */
import type { Digests } from '../../kit/ecr-images.ts'

export interface TaskDefinitionState {
  /** The active revision that runs what Git asks for; `unkept` names what this endpoint did not keep of it. */
  readonly match?: { readonly arn: string; readonly unkept?: readonly string[] }
  /** Without a match: the newest active revision, and its content in canonical form. */
  readonly base?: { readonly arn: string; readonly definition: Readonly<Record<string, unknown>> }
  /** Where digests are asked for: what its images are now. */
  readonly digests?: Digests
  /** Where fields are left to others: the content of the newest revision, canonical, which says what they are. */
  readonly newest?: Readonly<Record<string, unknown>>
  /** In a teardown: the ARNs of all revisions that are to go. */
  readonly registered?: readonly string[]
}
