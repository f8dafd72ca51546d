/**
 * What a launch template needs, as calls. Pure. Versions are immutable and the default one counts: what differs becomes
 * a new version, made the default in the same plan. A default that someone set by hand is put back; a newer version
 * that is not the default is only remarked upon.
 */
import { createHash } from 'node:crypto'
import { canonicalise, compare, holesIn, type LeftOut, overlay, stableJson } from '../../diff.ts'
import type { Draft, PlanInput } from '../../kind.ts'
import { stalls, waitsFor, withTags } from '../../kit/planning.ts'
import type { DraftCall, FieldChange, Live } from '../../model.ts'
import { missingTags, tagChanges, toAwsTags } from '../../tags.ts'
import { contentOf, descriptionOf, isOurs, toRequest } from './content.ts'
import type { LaunchTemplateState, Version } from './observe.ts'
import { fields } from './policy.ts'
import type { LaunchTemplateSpec } from './spec.ts'

type Members = Record<string, unknown>
type Input = PlanInput<LaunchTemplateSpec, LaunchTemplateState>
type LiveTemplate = Live<LaunchTemplateState>

export function plan(input: Input): Draft {
  const { want, live } = input
  if (!want) return live ? removal(live) : { verdict: 'keep' }
  // The hash is made of what is known.
  const [hole] = holesIn(want.spec.launchTemplateData)
  if (hole) return waitsFor(hole)
  const content = contentOf(want.spec.launchTemplateData)
  return live ? update(input, content, live) : create(input, want.identity.name, content)
}

function removal({ attributes }: LiveTemplate): Draft {
  const call: DraftCall = {
    operation: 'ec2:DeleteLaunchTemplate',
    input: { LaunchTemplateId: attributes.id },
  }
  return { verdict: 'delete', effect: 'in place', calls: [call] }
}

function create({ tags }: Input, LaunchTemplateName: string, content: Members): Draft {
  const call: DraftCall = {
    operation: 'ec2:CreateLaunchTemplate',
    input: {
      LaunchTemplateName,
      VersionDescription: descriptionOf(content),
      LaunchTemplateData: toRequest(content),
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: toAwsTags(tags) }],
    },
    yields: {
      id: 'LaunchTemplate.LaunchTemplateId',
      version: 'LaunchTemplate.LatestVersionNumber',
    },
  }
  return { verdict: 'create', calls: [call] }
}

function update(input: Input, content: Members, live: LiveTemplate): Draft {
  const { current, newest } = live.state
  const adopting =
    input.ownership === 'adopt-overwrite' ||
    input.want?.manifest.annotations['fairlead.dev/adopt'] === 'overwrite'
  const { whole, changes, alone } = compareTo(current, content, adopting)
  if (changes.length > 0 && input.ownership === 'adopt-unchanged') {
    const names = changes.map(({ path }) => path).join(', ')
    const message = `adopting it unchanged is not possible, these differ: ${names}`
    return stalls('AdoptWouldChange', message, changes)
  }
  const tags = tagChanges(live.tags, input.tags)
  const calls = withTags(
    input.ownership,
    changes.length > 0 ? versionCalls(input, content, whole, live, adopting) : [],
    tags.length > 0 ? [tagCall(live, missingTags(live.tags, input.tags))] : [],
  )
  const notes = alone.map(([path, value]) => `${path} is left as it is: ${JSON.stringify(value)}`)
  if (newest && changes.length === 0) {
    notes.push(
      `version ${newest.number} is newer than the default, ${current.number}, and is not from Git: what launches $Latest gets it`,
    )
  }
  if (calls.length === 0) return { verdict: 'keep', notes }
  return { verdict: 'update', fields: [...changes, ...tags], effect: 'none', calls, notes }
}

interface Compared {
  /** The data that the version should hold. */
  readonly whole: Members
  readonly changes: readonly FieldChange[]
  readonly alone: LeftOut['alone']
}

/**
 * A version of ours for other content is yesterday's: what Git leaves out now is gone. In any other version, it was
 * put there by someone else, and is left alone.
 */
function compareTo({ description, data }: Version, content: Members, adopting: boolean): Compared {
  const leftOut: LeftOut = { alone: [], reset: new Set() }
  const outdated = isOurs(description) && description !== descriptionOf(content) && !adopting
  const want = { launchTemplateData: content }
  const there = { launchTemplateData: data }
  const whole = outdated ? want : overlay(want, there, { fields, merge: true }, leftOut)
  const changes = compare(canonicalise(whole, fields), canonicalise(there, fields), fields)
  return { whole: whole.launchTemplateData as Members, changes, alone: leftOut.alone }
}

function versionCalls(
  { key }: Input,
  content: Members,
  whole: Members,
  live: LiveTemplate,
  adopting: boolean,
): DraftCall[] {
  const { newest, current } = live.state
  const LaunchTemplateId = live.attributes.id
  const description = descriptionOf(content)
  // Made, and not yet the default: an answer was lost in between, or someone set another one.
  const there =
    newest?.description === description && compareTo(newest, content, adopting).changes.length === 0
  if (there) return [makeDefault(LaunchTemplateId, String(newest.number))]
  const request = {
    LaunchTemplateId,
    VersionDescription: description,
    LaunchTemplateData: toRequest(whole),
  }
  const before = (newest ?? current).number
  const ClientToken = createHash('sha256')
    .update([key, before, stableJson(request)].join('\n'))
    .digest('hex')
    .slice(0, 32)
  const made: DraftCall = {
    operation: 'ec2:CreateLaunchTemplateVersion',
    input: { ...request, ClientToken },
    yields: { version: 'LaunchTemplateVersion.VersionNumber' },
  }
  return [made, makeDefault(LaunchTemplateId, { $hole: { key, attribute: 'version' } })]
}

const makeDefault = (LaunchTemplateId: string | undefined, version: unknown): DraftCall => ({
  operation: 'ec2:ModifyLaunchTemplate',
  input: { LaunchTemplateId, DefaultVersion: version },
  yields: { version: 'LaunchTemplate.DefaultVersionNumber' },
})

const tagCall = ({ attributes }: LiveTemplate, tags: Record<string, string>): DraftCall => ({
  operation: 'ec2:CreateTags',
  input: { Resources: [attributes.id], Tags: toAwsTags(tags) },
})
