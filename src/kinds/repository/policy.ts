/** The fields of a repository. Rests on CreateRepository and the Put calls of the Amazon ECR API reference. */
import { type Fields, isObject, stableJson } from '../../diff.ts'
import { documentField, readDocument } from '../../kit/policy-document.ts'

/** AWS answers the text as it was sent; what it means are its rules, by their priority. */
function lifecycle(value: unknown): unknown {
  if (value === '') return undefined
  const document = readDocument(value)
  if (!document || !Array.isArray(document.rules)) return value
  const rules = document.rules.map((rule: unknown) => {
    if (!isObject(rule) || !isObject(rule.selection)) return rule
    const selection = Object.fromEntries(
      Object.entries(rule.selection).map(([name, list]) => [
        name,
        Array.isArray(list) ? [...list].sort() : list,
      ]),
    )
    return { ...rule, selection }
  })
  return { ...document, rules: [...rules].sort((a, b) => priority(a) - priority(b) || order(a, b)) }
}

const priority = (rule: unknown) => Number((rule as { rulePriority?: unknown })?.rulePriority ?? 0)
const order = (a: unknown, b: unknown) => (stableJson(a) < stableJson(b) ? -1 : 1)

export const fields: Fields = {
  imageTagMutability: { default: 'MUTABLE' },
  imageTagMutabilityExclusionFilters: {
    key: (item) => String(item.filter),
    fields: { filter: {}, filterType: { default: 'WILDCARD' } },
  },
  imageScanningConfiguration: { merge: true, fields: { scanOnPush: { default: false } } },
  encryptionConfiguration: {
    createOnly: 'images are encrypted as the repository was made',
    merge: true,
    fields: { encryptionType: { default: 'AES256' }, kmsKey: {} },
  },
  lifecyclePolicyText: {
    whole: true,
    normalise: lifecycle,
    fields: { rules: { key: (rule) => String(rule.rulePriority) } },
  },
  policyText: documentField,
}
