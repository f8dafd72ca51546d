/** What must never be printed: plain values under names such as PASSWORD, and URLs with a password in them. Pure. */

const telling = /pass(word|wd|phrase)?|secret|token|credential|private|key/i
const urlWithPassword = /:\/\/[^/\s:@]*:[^/\s@]+@/
const hidden = '(hidden)'

/** Places where people put plain values of their own naming: environment, labels, driver options. */
const freeForm = /(^|\.)(environment|dockerLabels|options|driverOpts|labels)[.[]/

/** A copy of a field's value that may be shown. `path` is in plan notation; holes and other values pass through. */
export function conceal(path: string, value: unknown): unknown {
  if (freeForm.test(path)) {
    const name = path.slice(path.search(freeForm))
    if (telling.test(name)) return hidden
  }
  return concealInside(value, false)
}

function concealInside(value: unknown, free: boolean): unknown {
  if (typeof value === 'string') return urlWithPassword.test(value) ? hidden : value
  if (Array.isArray(value)) return value.map((item) => concealInside(item, free))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const name = (value as { name?: unknown }).name
  return Object.fromEntries(
    entries.map(([key, inner]) => {
      const secret = free && telling.test(key === 'value' && typeof name === 'string' ? name : key)
      if (secret && typeof inner === 'string' && key !== 'name') return [key, hidden]
      return [key, concealInside(inner, free || freeForm.test(`${key}.`))]
    }),
  )
}
