// Where something lies in JSON that is not ours.

/** What a JSON pointer leads to, through own properties alone. */
export function pointed(body, pointer) {
  let value = body
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}
