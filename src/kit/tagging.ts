/** The call that sets tags on one live resource, whatever its kind: each API has its own. Pure. */
import type { Kind } from '../kind.ts'
import type { DraftCall, Live, Operation } from '../model.ts'
import { toAwsTags, toTagList } from '../tags.ts'

type Tags = Readonly<Record<string, string>>
type Input = (live: Live, tags: Tags) => Record<string, unknown>

const ec2: Input = ({ attributes }, tags) => ({
  Resources: [attributes.id],
  Tags: toAwsTags(tags),
})

/** By operation; instances do not inherit a tag that an Auto Scaling group gets here. */
const inputs: Readonly<Record<Operation, Input>> = {
  'application-autoscaling:TagResource': ({ attributes }, tags) => ({
    ResourceARN: attributes.arn,
    Tags: tags,
  }),
  'autoscaling:CreateOrUpdateTags': ({ identity: { name } }, tags) => ({
    Tags: toAwsTags(tags).map((tag) => ({
      ...tag,
      ResourceId: name,
      ResourceType: 'auto-scaling-group',
      PropagateAtLaunch: false,
    })),
  }),
  'ec2:CreateTags': ec2,
  'ecr:TagResource': ({ attributes }, tags) => ({
    resourceArn: attributes.arn,
    tags: toAwsTags(tags),
  }),
  'ecs:TagResource': ({ attributes }, tags) => ({
    resourceArn: attributes.arn,
    tags: toTagList(tags),
  }),
  'elasticloadbalancing:AddTags': ({ attributes }, tags) => ({
    ResourceArns: [attributes.arn],
    Tags: toAwsTags(tags),
  }),
  'iam:TagInstanceProfile': ({ identity: { name } }, tags) => ({
    InstanceProfileName: name,
    Tags: toAwsTags(tags),
  }),
  'iam:TagRole': ({ identity: { name } }, tags) => ({ RoleName: name, Tags: toAwsTags(tags) }),
  'scheduler:TagResource': ({ attributes }, tags) => ({
    ResourceArn: attributes.groupArn,
    Tags: toAwsTags(tags),
  }),
}

/** Tags of a revision, or of a record, say nothing of what comes after it. */
const untold: readonly string[] = ['TaskDefinition', 'Task']

/** Undefined where a tag cannot speak for the resource. */
export function tagging(
  { name, operations }: Pick<Kind, 'name' | 'operations'>,
  live: Live,
  tags: Tags,
): DraftCall | undefined {
  const operation = (Object.keys(operations) as Operation[]).find((each) =>
    Object.hasOwn(inputs, each),
  )
  if (!operation || untold.includes(name)) return undefined
  return { operation, input: inputs[operation]!(live, tags) }
}
