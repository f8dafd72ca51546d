/** Policy documents: as few as IAM's limit of size allows. Pure. */
import type { Statement } from './statements.ts'

export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/** Characters of a managed policy without white space. */
export const sizeLimit = 6_144

export function documentOf(statements: readonly Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements }
}

export const sizeOf = (document: PolicyDocument): number => JSON.stringify(document).length

/** The statements in documents that each stay within the limit; their order is kept. */
export function packed(statements: readonly Statement[], limit = sizeLimit): PolicyDocument[] {
  const documents: Statement[][] = [[]]
  for (const statement of statements) {
    const last = documents.at(-1)!
    if (last.length > 0 && sizeOf(documentOf([...last, statement])) > limit) {
      documents.push([statement])
    } else last.push(statement)
  }
  return documents.map(documentOf)
}
