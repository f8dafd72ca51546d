/** Takes ARNs apart. Pure. */

/** What stands behind the resource's type, with all its slashes: `shop/web` of `…:service/shop/web`. */
export function nameInArn(arn: string, service: string, type: string): string | undefined {
  const [, , of, , , ...rest] = arn.split(':')
  const resource = rest.join(':')
  if (of !== service || !resource.startsWith(`${type}/`)) return undefined
  return resource.slice(type.length + 1) || undefined
}

/** Where a resource is; the region is empty for what is known in all of them. */
export function placeInArn(arn: string): { readonly account: string; readonly region: string } {
  const [, , , region = '', account = ''] = arn.split(':')
  return { account, region }
}
