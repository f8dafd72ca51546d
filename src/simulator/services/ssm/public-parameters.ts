/** The public parameters that AWS keeps in every account: which machine image is the newest of its kind. */
import { ecsImages, type Image, plainImages } from '../../machines/images.ts'
import type { ParameterRecord } from './state.ts'

function parameter(image: Image, name: string, value: string): [string, ParameterRecord] {
  const modified = new Date(image.creationDate)
  const common = { tier: 'Standard', dataType: 'text', version: 1, modified }
  return [name, { name, type: 'String', value, ...common }]
}

/** The description of an image that Amazon Linux's parameters have as their value. */
function description(image: Image): string {
  return JSON.stringify({
    ecs_agent_version: image.agentVersion,
    ecs_runtime_version: `Docker version ${image.dockerVersion}`,
    image_id: image.imageId,
    image_name: image.name,
    image_version: /(\d{8})/.exec(image.name)?.[1],
    os: image.os,
    schema_version: 1,
    source_image_name: image.sourceImageName,
  })
}

function parametersOf(image: Image): [string, ParameterRecord][] {
  if (image.platform === 'amazon-linux' && image.agentVersion !== undefined) {
    return [
      parameter(image, image.parameter, description(image)),
      parameter(image, `${image.parameter}/image_id`, image.imageId),
      parameter(image, `${image.parameter}/image_name`, image.name),
    ]
  }
  if (image.agentVersion === undefined) return [parameter(image, image.parameter, image.imageId)]
  const id = parameter(image, `${image.parameter}/image_id`, image.imageId)
  const version = /v(\d+\.\d+\.\d+)/.exec(image.name)?.[1]
  if (version === undefined) return [id]
  return [id, parameter(image, `${image.parameter}/image_version`, version)]
}

/** By name. */
export const publicParameters: ReadonlyMap<string, ParameterRecord> = new Map(
  [...ecsImages, ...plainImages].flatMap(parametersOf),
)
