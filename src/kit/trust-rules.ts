/** Whether a role lets itself be assumed by the service that it is handed to. Pure. */
import { isObject } from '../diff.ts'
import type { Together } from './field-rules.ts'
import { listOf, readDocument } from './policy-document.ts'

/** Whether this trust policy, as a map or as text, lets the service assume the role. */
export function trusts(trustPolicy: unknown, service: string): boolean {
  return listOf(readDocument(trustPolicy)?.Statement).some((statement) => {
    if (!isObject(statement) || statement.Effect !== 'Allow') return false
    const { Action: action, Principal: principal } = statement
    const services = listOf(isObject(principal) ? principal.Service : principal)
    return (
      // In China some services have names of their own.
      services.some((one) => one === '*' || one === service || one === `${service}.cn`) &&
      listOf(action).some((one) => covers(String(one), 'sts:AssumeRole'))
    )
  })
}

/** Whether an action of a policy, wildcards and all, covers this one. Case does not count. */
function covers(pattern: string, action: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'i').test(action)
}

/** A rule over a manifest and the Role that it hands to this service, where Git says whom that trusts. */
export const trustedBy =
  (service: string): Together[string] =>
  (_, { name, spec }, at, path) => {
    const { assumeRolePolicyDocument: document } = spec as { assumeRolePolicyDocument?: unknown }
    if (document === undefined || saysWhoNot(document) || trusts(document, service)) return []
    const message = `Role ${name} cannot be assumed by ${service}`
    const hint = `its assumeRolePolicyDocument must allow sts:AssumeRole to { Service: ${service} }`
    return [at(path, 'NotTrusted', message, hint)]
  }

/** What is left over by a negation is AWS's to tell. */
const saysWhoNot = (document: unknown) =>
  listOf(readDocument(document)?.Statement).some(
    (statement) => isObject(statement) && ('NotPrincipal' in statement || 'NotAction' in statement),
  )
