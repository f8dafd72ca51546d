/** Which revisions of a family are ACTIVE. Source: ListTaskDefinitions; the tagging index goes on showing the others. */

import type { Read } from '../kind.ts'
import { allPages } from './finding.ts'

/** Their ARNs; an emulator may show those of longer names too. Rejects with AwsFailure. */
export const activeRevisions = (read: Read, family: string): Promise<string[]> =>
  allPages(async (nextToken) => {
    const page = await read<{ taskDefinitionArns?: string[]; nextToken?: string }>(
      'ecs:ListTaskDefinitions',
      { familyPrefix: family, status: 'ACTIVE', ...(nextToken ? { nextToken } : {}) },
    )
    return { items: page.taskDefinitionArns ?? [], next: page.nextToken }
  })
