// Whether a caller has what we would send (RFC 9110, section 13.1.2).

export function isMatch({ headers }, etag) {
  const tags = (headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}
