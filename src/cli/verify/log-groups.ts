/** Log groups that containers write to: they exist, unless the containers are to make them. */
import type { Problem } from '../../model.ts'
import {
  ask,
  byValue,
  type Check,
  type Found,
  unchecked,
  values,
  whyNot,
  wrong,
} from './subject.ts'

interface LogConfiguration {
  readonly logDriver?: string
  readonly options?: Readonly<Record<string, string>>
}

export const logGroups: Check = async (subject) => {
  const written = values(
    subject.manifests,
    'TaskDefinition',
    'containerDefinitions[].logConfiguration',
  ) as Found<LogConfiguration>[]
  const problems: Problem[] = []
  const groups = byValue(written, ({ logDriver, options = {} }) =>
    logDriver === 'awslogs' && options['awslogs-create-group'] !== 'true'
      ? options['awslogs-group']
      : undefined,
  )
  for (const [name, all] of groups) {
    const elsewhere = all.filter(
      ({ value }) => regionOf(value) !== undefined && regionOf(value) !== subject.region,
    )
    problems.push(
      ...elsewhere.map((use) => unchecked(place(use), `it is in ${regionOf(use.value)}`)),
    )
    const uses = all.filter((use) => !elsewhere.includes(use))
    if (uses.length === 0) continue
    const answer = await ask<{ logGroups?: { logGroupName?: string }[] }>(
      subject.read,
      'logs:DescribeLogGroups',
      { logGroupNamePrefix: name },
    )
    if (!('output' in answer)) {
      const why = whyNot(answer)
      problems.push(...uses.map((use) => unchecked(place(use), why)))
      continue
    }
    // The shortest name with that prefix comes first: it is the group itself, if there is one.
    if (answer.output.logGroups?.some(({ logGroupName }) => logGroupName === name)) continue
    const hint = 'make it, or let the containers do so with awslogs-create-group: "true"'
    problems.push(
      ...uses.map((use) =>
        wrong(place(use), 'NoSuchLogGroup', `there is no log group ${name}`, hint),
      ),
    )
  }
  return problems
}

const regionOf = ({ options }: LogConfiguration) => options?.['awslogs-region']

const place = (use: Found<LogConfiguration>): Found<unknown> => ({
  ...use,
  path: `${use.path}.options.awslogs-group`,
})
