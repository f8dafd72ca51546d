/** Rules of repositories beyond the schema. They rest on CreateRepository and PutLifecyclePolicy in the ECR API reference. */
import { isObject } from '../../diff.ts'
import { checkCount, checkTags, type Findings } from '../../kit/field-rules.ts'
import { readDocument } from '../../kit/policy-document.ts'
import { checkDocument } from '../../kit/policy-rules.ts'
import type { Manifest } from '../../model.ts'
import type { RepositorySpec } from './spec.ts'

const segment = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/

export function checkRepository({ spec, name }: Manifest<RepositorySpec>, found: Findings): void {
  const { say } = found
  const [given, place] =
    spec.repositoryName === undefined
      ? [name, 'metadata.name']
      : [spec.repositoryName, 'spec.repositoryName']
  if (
    given.length < 2 ||
    given.length > 256 ||
    !given.split('/').every((part) => segment.test(part))
  ) {
    const message = `"${given.slice(0, 60)}" is not a name in ECR: 2 to 256 small letters and digits, with single . _ - between, in parts divided by /`
    say(place, 'BadName', message)
  }
  checkTags(spec.tags, 'spec.tags', found)
  checkMutability(spec, found)
  const { encryptionType, kmsKey } = spec.encryptionConfiguration ?? {}
  if (kmsKey !== undefined && encryptionType === 'AES256') {
    say('spec.encryptionConfiguration.kmsKey', 'NotTogether', 'AES256 takes no key', 'write KMS')
  }
  if (spec.policyText !== '') checkDocument(spec.policyText, 'spec.policyText', 'resource', found)
  if (spec.lifecyclePolicyText !== '') checkLifecycle(spec.lifecyclePolicyText, found)
}

function checkMutability(spec: RepositorySpec, found: Findings): void {
  const { imageTagMutability: mutability, imageTagMutabilityExclusionFilters: filters } = spec
  const path = 'spec.imageTagMutabilityExclusionFilters'
  checkCount(filters, path, [0, 5], 'exclusion filters', found)
  const excluding = mutability?.endsWith('_WITH_EXCLUSION') ?? false
  if (excluding && (filters?.length ?? 0) === 0) {
    found.say(path, 'Required', `${mutability} needs exclusion filters`)
  }
  if (!excluding && (filters?.length ?? 0) > 0) {
    const message = 'exclusion filters go with a mutability of …_WITH_EXCLUSION only'
    found.say(path, 'NotTogether', message)
  }
}

const path = 'spec.lifecyclePolicyText'

function checkLifecycle(text: unknown, { say }: Findings): void {
  if (text === undefined || text === null) return
  const rules = readDocument(text)?.rules
  if (!Array.isArray(rules) || rules.length === 0) {
    const message = 'is not a lifecycle policy: expected rules, as a map or JSON text of one'
    say(path, 'BadDocument', message)
    return
  }
  const priorities = new Set<unknown>()
  rules.forEach((rule: unknown, index) => {
    const at = `${path}.rules[${index}]`
    if (!isObject(rule)) {
      say(at, 'BadDocument', 'a rule is a map with rulePriority, selection and action')
      return
    }
    for (const name of ['rulePriority', 'selection', 'action']) {
      if (rule[name] === undefined) say(`${at}.${name}`, 'Required', 'is required, and missing')
    }
    if (rule.rulePriority !== undefined && priorities.has(rule.rulePriority)) {
      const message = `the priority ${rule.rulePriority} is here a second time`
      say(`${at}.rulePriority`, 'DuplicatePriority', message)
    }
    priorities.add(rule.rulePriority)
    if (isObject(rule.selection)) checkSelection(rule.selection, `${at}.selection`, say)
  })
}

function checkSelection(
  selection: Record<string, unknown>,
  at: string,
  say: Findings['say'],
): void {
  const { tagStatus, tagPrefixList, tagPatternList, countType, countNumber, countUnit } = selection
  if (!['tagged', 'untagged', 'any'].includes(String(tagStatus))) {
    say(`${at}.tagStatus`, 'NotAllowed', 'tagStatus is tagged, untagged or any')
  }
  const lists = [tagPrefixList, tagPatternList].filter((list) => list !== undefined)
  if (tagStatus === 'tagged' && lists.length !== 1) {
    say(at, 'Required', 'tagStatus tagged needs tagPrefixList or tagPatternList, one of them')
  }
  if (tagStatus !== 'tagged' && lists.length > 0) {
    say(at, 'NotTogether', `tagStatus ${tagStatus} takes no list of tags`)
  }
  if (!(Number(countNumber) >= 1)) say(`${at}.countNumber`, 'OutOfRange', 'is at least 1')
  if (String(countType).startsWith('since') && countUnit === undefined) {
    say(`${at}.countUnit`, 'Required', `${countType} needs a countUnit, days`)
  }
  if (countType === 'imageCountMoreThan' && countUnit !== undefined) {
    say(`${at}.countUnit`, 'NotTogether', 'imageCountMoreThan takes no countUnit')
  }
}
