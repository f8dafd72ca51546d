/** Who else may keep a live resource, as its tags say: other tools leave their marks there. Pure. */

type Tags = Readonly<Record<string, string>>

/** Tags that a tool sets by itself, and the tool. */
const marks: readonly (readonly [key: string, tool: string])[] = [
  ['aws:cloudformation:stack-name', 'the CloudFormation stack'],
  ['copilot-application', 'the Copilot application'],
  ['pulumi:project', 'the Pulumi project'],
  ['sst:app', 'the SST app'],
]

const tools: readonly (readonly [RegExp, string])[] = [
  [/terraform|\btf\b/i, 'Terraform'],
  [/opentofu|\btofu\b/i, 'OpenTofu'],
  [/pulumi/i, 'Pulumi'],
  [/cloudformation/i, 'CloudFormation'],
  [/\bcdk\b/i, 'the CDK'],
  [/ansible/i, 'Ansible'],
  [/crossplane/i, 'Crossplane'],
]

/** `Terraform`, where a text (a tag, a user agent) names a tool that keeps resources. */
export const toolNamed = (text: string): string | undefined =>
  tools.find(([pattern]) => pattern.test(text))?.[1]

/** Where people write by hand what keeps a thing: ManagedBy, created-by, tool. */
const telling =
  /^(managed|created|provisioned|deployed|maintained)[-_: ]?(by|with)$|^(tool|iac|provisioner)$/i

/** `Terraform (tag ManagedBy: terraform)`; undefined where no tag says so. */
export function rivalIn(tags: Tags): string | undefined {
  for (const [key, tool] of marks) {
    if (tags[key]) return `${tool} ${tags[key]} (tag ${key})`
  }
  for (const [key, value] of Object.entries(tags).sort()) {
    if (key.startsWith('fairlead:')) continue
    const text = telling.test(key) ? value : key
    const tool = toolNamed(text)
    if (tool) return `${tool} (tag ${key}: ${value})`
  }
  return undefined
}
