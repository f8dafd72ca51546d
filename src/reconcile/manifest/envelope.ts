/** What every document has around its spec: apiVersion, kind, metadata; and what an Environment may say. */
import type { JsonSchema } from '../../kind.ts'

export const apiVersion = 'fairlead.dev/v1alpha1'
export const apiGroup = 'fairlead.dev'
export const annotationPrefix = 'fairlead.dev/'

export const namespacePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
export const namespaceExpected =
  'must be 1 to 63 lower-case letters, digits and -, and begin and end with a letter or digit'

/** A number or a share above 0. None at all would be a freeze, which a budget is not. */
export const aboveZero = /^([1-9]\d*|(?!0+(\.0+)? ?%)\d+(\.\d+)? ?%)$/

interface AnnotationRule {
  readonly description: string
  /** The values allowed; absent: any text that is not empty. */
  readonly values?: readonly string[]
  readonly pattern?: RegExp
  readonly expected?: string
  /** The only ones on which it does anything; absent: all. */
  readonly kinds?: readonly string[]
}

/** Every annotation that means something to fairlead, without its prefix. */
export const annotationRules: Readonly<Record<string, AnnotationRule>> = {
  mode: {
    description: 'Only looked up and referred to; never written or tagged.',
    values: ['observe'],
  },
  adopt: {
    description:
      'Takes over a resource that nobody owns: while nothing but tags would be written (unchanged), or as Git says (overwrite).',
    values: ['unchanged', 'overwrite'],
  },
  prune: {
    description:
      'Never delete this resource (disabled), or delete it now though its manifest is still here (confirmed).',
    values: ['disabled', 'confirmed'],
  },
  replace: {
    description: 'A field that can only be set at creation may change by replacing the resource.',
    values: ['allowed'],
  },
  ignore: {
    description:
      "Fields that are left to others, in plan's own notation, separated by commas: spec.containerDefinitions[web].image.",
  },
  suspend: {
    description:
      'Leave this resource alone, for the reason given: fairlead suspend writes it, fairlead resume takes it away.',
  },
  'suspend-until': {
    description: 'When the suspension ends, as an ISO date and time.',
    pattern: /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/,
    expected: 'a date such as 2030-01-31T18:00:00Z',
  },
  retry: {
    description:
      'A new value lets a rejected revision be tried again, a Task that failed run again, and an instance refresh that failed begin anew.',
  },
  'depends-on': {
    description:
      'Further resources that must be ready first: [namespace/]Kind/name, separated by commas.',
    pattern: /^\s*([a-z0-9-]+\/)?[A-Z]\w*\/[\w-]+(\s*,\s*([a-z0-9-]+\/)?[A-Z]\w*\/[\w-]+)*\s*$/,
    expected: '[namespace/]Kind/name, separated by commas',
  },
  'agent-update': {
    kinds: ['Cluster'],
    description: 'On a Cluster: container agents that are outdated are updated, one at a time.',
    values: ['enabled', 'disabled'],
  },
  'agent-replace-after': {
    kinds: ['Cluster'],
    description:
      'On a Cluster: an instance whose agent stays disconnected for so long is replaced, one at a time: 15m, 1h.',
    pattern: /^(\d+(s|m|h|d))+$/,
    expected: 'a duration such as 15m or 1h',
  },
  'resolve-digests': {
    kinds: ['TaskDefinition'],
    description:
      "A TaskDefinition is registered with the digests that its images' tags have in ECR; a tag that moves becomes a new revision.",
    values: ['true'],
  },
  'keep-revisions': {
    kinds: ['TaskDefinition'],
    description:
      "On a TaskDefinition: how many old revisions are kept beyond those that something needs; before the Environment's keepRevisions. Default 5.",
    pattern: /^\d{1,5}$/,
    expected: 'a number such as 5',
  },
  'max-rollouts': {
    kinds: ['Cluster'],
    description:
      "On a Cluster: how many of its services may roll out at once, a number or a share such as 10%; beside the Environment's maxRollouts.",
    pattern: aboveZero,
    expected: 'a number or a share above 0, such as 10%',
  },
  urgent: {
    description:
      'Goes out now, for the reason given: no maintenance window, roll-out budget or failed first wave holds it.',
  },
  'release-group': {
    kinds: ['Service'],
    description:
      'On Services: a name. When one of the group is rolled back, the others go back with it.',
    pattern: /^[A-Za-z0-9_-]{1,63}$/,
    expected: '1 to 63 letters, digits, - and _',
  },
  'restart-on': {
    kinds: ['Service'],
    description:
      "On a Service: its tasks start anew when a secret or parameter of theirs changes (secrets), or an image's tag moves in ECR (images).",
    pattern: /^(secrets|images)(\s*,\s*(secrets|images))?$/,
    expected: 'secrets, images, or both with a comma',
  },
  'stop-after': {
    kinds: ['Service'],
    description:
      'On a Service: a roll-out is stopped and rolled back once one container has failed so often for one reason. Default 3; off leaves it to the circuit breaker.',
    pattern: /^([1-9]\d{0,3}|off)$/,
    expected: 'a number above 0, or off',
  },
  timeout: {
    description:
      'How long a change may take before it counts as stalled: 10m, 1h30m. A Task that runs longer is stopped.',
    pattern: /^(\d+(ms|s|m|h|d))+$/,
    expected: 'a duration such as 10m or 1h30m',
  },
}

const text = (description: string): JsonSchema => ({ type: 'string', description })
const textMap = (description: string): JsonSchema => ({
  type: 'object',
  description,
  additionalProperties: { type: 'string' },
})

const metadata: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: text(
      'What the resource is called here, and in AWS unless the spec gives a name of its own.',
    ),
    namespace: text('The Environment that it lives in.'),
    labels: textMap('For people and tools; fairlead does not read them.'),
    annotations: textMap('Those under fairlead.dev/ change how fairlead treats the resource.'),
  },
  // What kubectl prints.
  'x-response-only': {
    creationTimestamp: null,
    generation: null,
    managedFields: null,
    resourceVersion: null,
    selfLink: null,
    uid: null,
  },
}

/** The schema of a whole document around a kind's spec. */
export function documentSchema(kind: string, spec: JsonSchema): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['apiVersion', 'kind', 'metadata'],
    properties: {
      apiVersion: { type: 'string', enum: [apiVersion] },
      kind: { type: 'string', enum: [kind] },
      metadata,
      spec,
    },
    'x-response-only': { status: null },
  }
}

/** The spec of kind Environment. */
export const environmentSpec: JsonSchema = {
  type: 'object',
  description: 'Where a namespace lives: the border of passes, budgets, deletions and failures.',
  additionalProperties: false,
  properties: {
    accountId: text('The AWS account; compared with what AWS says before the first write.'),
    region: text('The AWS region, such as eu-central-1.'),
    roleArn: text('The role to assume for everything in this environment.'),
    namePrefix: text('Put before names that AWS gets from metadata.name.'),
    tags: textMap('Tags for every resource of this environment.'),
    mode: {
      type: 'string',
      enum: ['apply', 'observe'],
      description: 'observe: look and report, never write. Default apply.',
    },
    prune: { type: 'boolean', description: 'Whether what is no longer described is deleted.' },
    maxDeletes: {
      type: ['integer', 'string'],
      description: 'How many resources one plan may delete: a number, or a share such as "10%".',
    },
    keepRevisions: {
      type: 'integer',
      description:
        'How many old revisions of a task definition are kept beyond those that something needs. Default 5.',
    },
    maxRollouts: {
      type: ['integer', 'string'],
      description:
        'How many services may roll out at once: a number, or a share such as "10%". Default 10%, at least 1.',
    },
    maintenanceWindows: {
      type: 'array',
      description:
        'When changes that touch what runs may begin; what has begun goes on. Absent: always.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['schedule', 'duration'],
        properties: {
          schedule: text("When it opens, in cron's notation: 0 2 * * SAT,SUN."),
          duration: text('How long it stays open: 2h.'),
          timeZone: text('An IANA name such as Europe/Berlin. Default UTC.'),
        },
      },
    },
    rolePath: text('The only IAM path under which roles are created and passed: /team/.'),
    permissionsBoundary: text('The ARN of the policy that bounds every role created here.'),
  },
}
