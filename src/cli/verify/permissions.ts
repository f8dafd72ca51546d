/** Who calls: may do what the kinds in use do, and may pass the roles on that the manifests name. */
import { kinds } from '../../kinds/index.ts'
import type { Operation, Problem } from '../../model.ts'
import { scopeOf } from '../iam-policy/scopes.ts'
import { type NamedRole, namedRoles } from './roles.ts'
import { principalOf, refusals } from './simulate.ts'
import { byValue, type Check, type Found, type Subject, unchecked, wrong } from './subject.ts'

export const permissions: Check = async (subject) => {
  const first = subject.manifests[0]
  if (!first) return []
  const whole: Found = { manifest: first, path: 'kind', value: first.kind }
  const principal = await principalOf(subject.read, subject.caller)
  if (principal === undefined) return []
  if (typeof principal !== 'string') {
    return [unchecked(whole, `what ${subject.caller} may do: ${principal.failed}`)]
  }
  const writes = await mayWrite(subject, principal)
  if ('failed' in writes) {
    return [unchecked(whole, `what ${principal} may do: ${writes.failed}`)]
  }
  return [...writes.problems, ...(await mayPass(subject, principal))]
}

/** With our tags on everything, as calls have them. Actions on roles are decided on a role. */
async function mayWrite(
  subject: Subject,
  principal: string,
): Promise<{ problems: Problem[] } | { failed: string }> {
  const { owner, read, environment, account } = subject
  const problems: Problem[] = []
  for (const kind of kinds) {
    const manifest = subject.manifests.find((one) => one.kind === kind.name)
    if (!manifest) continue
    const operations = Object.keys(kind.operations) as Operation[]
    const [ofRoles, others] = [true, false].map((wanted) =>
      operations.filter((name) => (scopeOf(name).role === true) === wanted),
    )
    const role = `arn:aws:iam::${account}:role${environment.rolePath ?? '/'}x`
    const context = {
      'aws:RequestTag/fairlead:owner': owner,
      'aws:ResourceTag/fairlead:owner': owner,
      ...(environment.permissionsBoundary
        ? { 'iam:PermissionsBoundary': environment.permissionsBoundary }
        : {}),
    }
    const questions = [
      { actions: others!, resources: ['*'] },
      { actions: ofRoles!, resources: [role] },
    ]
    for (const { actions, resources } of questions) {
      if (actions.length === 0) continue
      const refused = await refusals(read, { principal, actions, resources, context })
      if ('failed' in refused) return refused
      if (refused.length === 0) continue
      const list = refused.map(({ action }) => action).join(', ')
      const place: Found = { manifest, path: 'kind', value: kind.name }
      const hint = 'fairlead iam-policy prints what is needed'
      problems.push(wrong(place, 'NotAllowed', `${principal} may not ${list}`, hint))
    }
  }
  return { problems }
}

async function mayPass(subject: Subject, principal: string): Promise<Problem[]> {
  const named = namedRoles(subject).filter(({ account }) => account === subject.account)
  const problems: Problem[] = []
  for (const service of new Set(named.map((one) => one.service))) {
    const uses = byValue(
      named.filter((one) => one.service === service),
      (value) => value,
    )
    const refused = await refusals(subject.read, {
      principal,
      actions: ['iam:PassRole'],
      resources: [...uses.keys()],
      context: { 'iam:PassedToService': service },
    })
    if ('failed' in refused) {
      const [one] = named as [NamedRole]
      problems.push(unchecked(one, `who may pass it: ${refused.failed}`))
      continue
    }
    for (const { resource } of refused) {
      for (const one of uses.get(resource) ?? []) {
        const message = `${principal} may not pass the role ${resource} to ${service}`
        problems.push(wrong(one, 'NotPassable', message, 'allow it iam:PassRole on that role'))
      }
    }
  }
  return problems
}
