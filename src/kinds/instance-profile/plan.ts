/** What an instance profile needs, as calls. Pure. */
import type { PlanInput } from '../../kind.ts'
import { type Comparison, planner } from '../../kit/planning.ts'
import type { DraftCall, Live } from '../../model.ts'
import { toAwsTags } from '../../tags.ts'
import type { InstanceProfileState } from './observe.ts'
import { fields } from './policy.ts'
import type { InstanceProfileSpec } from './spec.ts'

type Members = Record<string, unknown>

export const plan = planner<InstanceProfileSpec, InstanceProfileState>({
  fields,
  desired: ({ instanceProfileName: _, roleName, ...spec }) =>
    roleName === undefined ? spec : { ...spec, roles: [roleName] },
  create,
  update,
  // Instances that run get the other role's credentials.
  effect: ({ changed }) => (changed.has('roles') ? 'in place' : 'none'),
  tag: (live, tags) => [
    {
      operation: 'iam:TagInstanceProfile',
      input: { InstanceProfileName: live.identity.name, Tags: toAwsTags(tags) },
    },
  ],
  remove: (live) => [
    ...live.state.roles.map((role) => take(live, role)),
    {
      operation: 'iam:DeleteInstanceProfile',
      input: { InstanceProfileName: live.identity.name },
    },
  ],
})

function create(
  { path, roles = [] }: Members,
  { want, tags }: PlanInput<InstanceProfileSpec, InstanceProfileState>,
): DraftCall[] {
  const InstanceProfileName = want!.identity.name
  return [
    {
      operation: 'iam:CreateInstanceProfile',
      input: {
        InstanceProfileName,
        ...(path === undefined ? {} : { Path: path }),
        Tags: toAwsTags(tags),
      },
      yields: { arn: 'InstanceProfile.Arn', id: 'InstanceProfile.InstanceProfileId' },
    },
    ...(roles as string[]).map((role) => give(InstanceProfileName, role)),
  ]
}

/** There is room for one role, so the old one goes first. */
function update({ live, whole }: Comparison<InstanceProfileState>): DraftCall[] {
  const wanted = (whole.roles ?? []) as string[]
  const gone = live.state.roles.filter((role) => !wanted.includes(role))
  const news = wanted.filter((role) => !live.state.roles.includes(role))
  return [
    ...gone.map((role) => take(live, role)),
    ...news.map((role) => give(live.identity.name, role)),
  ]
}

const give = (InstanceProfileName: string, RoleName: string): DraftCall => ({
  operation: 'iam:AddRoleToInstanceProfile',
  input: { InstanceProfileName, RoleName },
})

const take = ({ identity }: Pick<Live, 'identity'>, RoleName: string): DraftCall => ({
  operation: 'iam:RemoveRoleFromInstanceProfile',
  input: { InstanceProfileName: identity.name, RoleName },
})
