/** Reads launch templates, two hundred a call. Versions never change: each is read once in a process's life. */
import type {
  DescribeLaunchTemplatesResult,
  DescribeLaunchTemplateVersionsResult,
  LaunchTemplate,
  LaunchTemplateVersion,
} from '@aws-sdk/client-ec2'
import type { ObserveContext, Read, Wanted } from '../../kind.ts'
import { fromAws } from '../../kit/casing.ts'
import { allPages, describeEach, observeInBatches } from '../../kit/finding.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import { fromAwsTags } from '../../tags.ts'
import { type Image, imagesOf } from './images.ts'
import type { LaunchTemplateSpec } from './spec.ts'

export interface Version {
  readonly number: number
  readonly description?: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface LaunchTemplateState {
  /** The default version: what instances are launched from. */
  readonly current: Version
  /** The newest one, where it is not the default. */
  readonly newest?: Version
  readonly image: Image
}

type Template = Wanted<LaunchTemplateSpec>
type Context = Pick<ObserveContext, 'read' | 'memory'>

/** The most values of a filter of EC2. */
const batch = 200

/** Beyond this, one look at the whole account's versions is cheaper than one at each template's. */
const fewTemplates = 3

export function observe(
  context: ObserveContext,
  wanted: readonly Wanted<LaunchTemplateSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<LaunchTemplateState>>> {
  return observeInBatches(wanted, batch, async (part) => {
    const templates = await find(part, context.read)
    const meant = new Map<ObjectKey, LaunchTemplate>()
    for (const { manifest, identity } of part) {
      const { id } = identity.parts
      const found = templates.find(({ LaunchTemplateId, LaunchTemplateName }) =>
        id ? LaunchTemplateId === id : LaunchTemplateName === identity.name,
      )
      if (found) meant.set(manifest.key, found)
    }
    await readVersions([...meant.values()], context)
    const currents = [...meant.values()].flatMap((one) => version(one, 'default', context) ?? [])
    const imageOf = await imagesOf(
      currents.map(({ data }) => data.imageId),
      context,
    )
    const answers = new Map<ObjectKey, Observation<LaunchTemplateState>>()
    for (const want of part) {
      const template = meant.get(want.manifest.key)
      if (template) answers.set(want.manifest.key, answer(want, template, imageOf, context))
    }
    return answers
  })
}

async function find(part: readonly Template[], read: Read): Promise<LaunchTemplate[]> {
  const describe = (input: Record<string, unknown>) =>
    allPages(async (NextToken) => {
      const page = await read<DescribeLaunchTemplatesResult>('ec2:DescribeLaunchTemplates', {
        ...input,
        ...(NextToken ? { NextToken } : {}),
      })
      return { items: page.LaunchTemplates ?? [], next: page.NextToken }
    })
  const ids = part.flatMap(({ identity }) => identity.parts.id ?? [])
  const names = part.flatMap(({ identity }) => (identity.parts.id ? [] : [identity.name]))
  const [byId, byName] = await Promise.all([
    describeEach(ids, batch, (some) => describe({ LaunchTemplateIds: some })),
    // By a filter, since a name that does not exist would be an error.
    names.length > 0
      ? describe({ Filters: [{ Name: 'launch-template-name', Values: [...new Set(names)] }] })
      : [],
  ])
  return [...byId, ...byName]
}

const cell = (id: string | undefined, number: number | undefined) => `version ${id} ${number}`

/** Reads those versions that nobody remembers. */
async function readVersions(
  templates: readonly LaunchTemplate[],
  { read, memory }: Context,
): Promise<void> {
  const unknown = () =>
    templates.flatMap((template) => {
      const { LaunchTemplateId: id, DefaultVersionNumber, LatestVersionNumber } = template
      const numbers = [...new Set([DefaultVersionNumber, LatestVersionNumber])]
      const open = numbers.filter((number) => !memory.has(cell(id, number)))
      return open.length > 0 ? [{ id, numbers: open.map(String) }] : []
    })
  const page = (input: Record<string, unknown>) =>
    allPages(async (NextToken) => {
      const answer = await read<DescribeLaunchTemplateVersionsResult>(
        'ec2:DescribeLaunchTemplateVersions',
        { ...input, ...(NextToken ? { NextToken } : {}) },
      )
      return { items: answer.LaunchTemplateVersions ?? [], next: answer.NextToken }
    })
  const keep = (versions: readonly LaunchTemplateVersion[]) => {
    for (const each of versions) {
      const { LaunchTemplateId: id, VersionNumber: number = 0, VersionDescription } = each
      if (!templates.some(({ LaunchTemplateId }) => LaunchTemplateId === id)) continue
      memory.set(cell(id, number), {
        number,
        ...(VersionDescription ? { description: VersionDescription } : {}),
        data: requested(each.LaunchTemplateData),
      } satisfies Version)
    }
  }
  if (unknown().length > fewTemplates) {
    keep(await page({ Versions: ['$Default', '$Latest'], MaxResults: batch }))
  }
  await Promise.all(
    unknown().map(async ({ id, numbers }) => {
      // One that does not show yet fails the call for all of them.
      const versions = await describeEach(numbers, batch, (Versions) =>
        page({ LaunchTemplateId: id, Versions }),
      )
      keep(versions)
    }),
  )
}

/** The data as it can be asked for again: EC2 also says how far it is with the metadata options. */
function requested(data: LaunchTemplateVersion['LaunchTemplateData'] = {}): Version['data'] {
  const { MetadataOptions: options, Operator: _, ...rest } = data
  const { State: __, ...metadata } = options ?? {}
  return fromAws({ ...rest, ...(options ? { MetadataOptions: metadata } : {}) })
}

function version(template: LaunchTemplate, which: 'default' | 'latest', { memory }: Context) {
  const { LaunchTemplateId: id, DefaultVersionNumber, LatestVersionNumber } = template
  const number = which === 'default' ? DefaultVersionNumber : LatestVersionNumber
  return memory.get(cell(id, number)) as Version | undefined
}

function answer(
  { manifest, identity }: Template,
  template: LaunchTemplate,
  imageOf: (imageId: unknown) => Image,
  context: ObserveContext,
): Observation<LaunchTemplateState> {
  const { LaunchTemplateId: id = '', LaunchTemplateName: name = '' } = template
  const current = version(template, 'default', context)
  const newest = version(template, 'latest', context)
  if (!current || !newest) {
    const message = `AWS does not show the newest version of ${name} yet`
    return { found: 'unknown', reason: 'transient', message }
  }
  const arn = context.index.find((entry) => entry.arn.endsWith(`:launch-template/${id}`))?.arn
  const image = imageOf(current.data.imageId)
  return {
    found: 'yes',
    live: {
      key: manifest.key,
      identity,
      attributes: {
        id,
        name,
        version: String(current.number),
        ...(arn ? { arn } : {}),
        ...(image.id ? { image: image.id } : {}),
        ...(image.agentVersion ? { agentVersion: image.agentVersion } : {}),
      },
      tags: fromAwsTags(template.Tags),
      state: { current, image, ...(newest.number === current.number ? {} : { newest }) },
    },
  }
}
