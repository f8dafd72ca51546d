/** What is wrong with the annotations of a document that are fairlead's. Pure. */
import type { Problem } from '../../model.ts'
import { suspendAnnotation, untilAnnotation } from '../../suspension.ts'
import { annotationPrefix, annotationRules } from './envelope.ts'
import type { At } from './environment.ts'
import { didYouMean } from './suggest.ts'

/** `kind`: whose annotations they are; undefined for an Environment. */
export function wrongAnnotations(
  annotations: Readonly<Record<string, string>>,
  kind: string | undefined,
  at: At,
): Problem[] {
  const problems = Object.entries(annotations).flatMap(([key, value]) =>
    key.startsWith(annotationPrefix) ? wrongAnnotation(key, value, kind, at) : [],
  )
  // Whoever wrote it takes the resource for suspended, and it is not.
  if (untilAnnotation in annotations && !(suspendAnnotation in annotations)) {
    const message = `suspends nothing without ${suspendAnnotation} and a reason`
    const path = `metadata.annotations.${untilAnnotation}`
    problems.push(at(path, 'BadAnnotation', message))
  }
  return problems
}

function wrongAnnotation(key: string, value: string, kind: string | undefined, at: At): Problem[] {
  const path = `metadata.annotations.${key}`
  const name = key.slice(annotationPrefix.length)
  const rule = Object.hasOwn(annotationRules, name) ? annotationRules[name]! : undefined
  if (rule === undefined) {
    const known = Object.keys(annotationRules).map((other) => annotationPrefix + other)
    const hint =
      name === 'simulate' ? 'that is a docker label of a container' : didYouMean(key, known)
    return [at(path, 'UnknownAnnotation', 'unknown annotation', hint)]
  }
  const { values, pattern, expected, kinds } = rule
  if (values !== undefined && !values.includes(value)) {
    const message = `"${value}" is not allowed: expected ${values.join(' or ')}`
    return [at(path, 'NotAllowed', message, didYouMean(value, values))]
  }
  if (pattern !== undefined && !pattern.test(value)) {
    return [at(path, 'BadAnnotation', `"${value}" is not ${expected}`)]
  }
  if (value.trim() === '') return [at(path, 'BadAnnotation', 'must not be empty')]
  if (kinds === undefined || (kind !== undefined && kinds.includes(kind))) return []
  // Tools such as kustomize put the same annotations on all that they build.
  const message = `does nothing on a ${kind ?? 'Environment'}: it is for ${kinds.join(' and ')}`
  return [{ ...at(path, 'AnnotationOfOtherKind', message), severity: 'notice' }]
}
